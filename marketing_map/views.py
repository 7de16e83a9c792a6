"""The doors: login, first screen, language, health."""

from django.contrib.auth import views as auth_views
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language as django_set_language

from branches.access import StaffRequest, everybody, public
from branches.actions.devices import revoke_devices
from branches.device_cookie import IN_SESSION, forget_here
from branches.models import Role
from marketing_map.code_login import code_login
from marketing_map.context import FIRST_SCREEN
from marketing_map.login import LoginView, pin_login
from marketing_map.sso.views import logout_address
from trust import audit

login = public(LoginView.as_view())
login_by_pin = public(require_POST(pin_login))
login_code = public(code_login)


@public
@require_GET
def admin_login(request: HttpRequest) -> HttpResponse:
    """The admin has no door of its own: its tries would neither be recorded nor counted."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


@everybody
@require_GET
def admin_password(request: StaffRequest) -> HttpResponse:
    """Nor has it a page for one's own password: wrong tries there would not be counted."""
    return redirect("password")


@everybody
@require_POST
def logout(request: StaffRequest) -> HttpResponseBase:
    """Who says so themselves leaves no PIN behind on this device."""
    user, device = request.user, request.session.get(IN_SESSION)
    if device is not None:
        revoke_devices(staff=user, by=user, reason="logout", only=device)
    audit.record("session.logout", by=user, target=f"staff:{user.pk}", request=request)
    there_too = logout_address(request)
    response = auth_views.LogoutView.as_view()(request)
    if there_too:
        response = redirect(there_too)
    forget_here(response)
    return response


@everybody
@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """To the screen that shows this role what to do."""
    return redirect(FIRST_SCREEN[Role(request.user.role)])


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Chinese or English, kept in a cookie."""
    return django_set_language(request)


@public
@csrf_exempt
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """For the load balancer: the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
