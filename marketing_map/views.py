"""The doors: login, first screen, language, health."""

from django.contrib.auth import views as auth_views
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language as django_set_language

from branches.access import StaffRequest, everybody, public
from branches.models import Role
from marketing_map.context import FIRST_SCREEN

login = public(
    auth_views.LoginView.as_view(template_name="login.html", redirect_authenticated_user=True)
)


@everybody
@require_POST
def logout(request: StaffRequest) -> HttpResponseBase:
    return auth_views.LogoutView.as_view()(request)


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
