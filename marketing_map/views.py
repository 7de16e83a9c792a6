"""The doors: login, first screen, language, health."""

from django.contrib.auth import views as auth_views
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language as django_set_language

from branches.access import StaffRequest, everybody, public
from marketing_map.context import FIRST_SCREEN

login = public(
    auth_views.LoginView.as_view(template_name="login.html", redirect_authenticated_user=True)
)


@everybody
@require_POST
def logout(request: StaffRequest) -> HttpResponse:
    return auth_views.LogoutView.as_view()(request)


@everybody
@require_GET
def home(request: StaffRequest) -> HttpResponse:
    """To the screen that shows this role what to do."""
    return redirect(FIRST_SCREEN[request.user.role])


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponseRedirect:
    """Chinese or English, kept in a cookie."""
    response: HttpResponseRedirect = django_set_language(request)
    return response


@public
@csrf_exempt
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """For the load balancer: the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
