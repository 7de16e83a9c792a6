"""How this session stands with the second factor; and how it goes on when all others ended."""

from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse

from branches.access import StaffRequest
from branches.authenticator import PROVED
from branches.device_cookie import remember_here


def has_a_factor(request: StaffRequest) -> bool:
    """Whether one is in force, or the bank's login gave one for this session."""
    return request.user.has_second_factor or bool(request.session.get(PROVED))


def go_on_here(request: StaffRequest, response: HttpResponse, *, proved: bool) -> None:
    """After `begin_anew`. `proved`: the second factor that is in force now was given here."""
    update_session_auth_hash(request, request.user)
    if proved:
        request.session[PROVED] = True
    else:
        request.session.pop(PROVED, None)
    remember_here(request, response, request.user)
