"""All sessions of somebody ended but one: theirs here, which goes on, on the new terms."""

from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse

from branches.access import StaffRequest
from branches.authenticator import PROVED
from branches.device_cookie import remember_here


def go_on_here(request: StaffRequest, response: HttpResponse, *, proved: bool) -> None:
    """After `begin_anew`. `proved`: the second factor that is in force now was given here."""
    update_session_auth_hash(request, request.user)
    if proved:
        request.session[PROVED] = True
    else:
        request.session.pop(PROVED, None)
    remember_here(request, response, request.user)
