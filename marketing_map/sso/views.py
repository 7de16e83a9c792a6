"""行内统一登录: to the provider, back with a code, and in as the 工号 that its word names.

Nobody is made here: whoever has no account, or a disabled one, stays outside. What holds after a
password holds after this: the lock, the second factor, sessions and their end, the record.
"""

import hashlib
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login as open_session
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_GET, require_POST
from webauthn.helpers import bytes_to_base64url as base64url

from branches.access import public
from branches.authenticator import PROVED
from branches.device_cookie import remember_here
from branches.locking import LOCKED, is_locked
from branches.models import Role, Staff
from branches.next_page import next_page
from branches.step_up import note_confirmed
from marketing_map.backend import BACKEND
from marketing_map.code_login import ask_for_code
from marketing_map.login import door_context
from marketing_map.sso.asking import SignInFailed
from marketing_map.sso.provider import addresses
from marketing_map.sso.tokens import by_second_factor, claims_for, is_fresh
from trust import audit

ASKED = "sso_asked"  # key of the session: what was asked of the provider
CAME_BY = "sso"  # key of a session that began there
MINUTES = 10  # so long somebody may take there


@dataclass(frozen=True)
class Asked:
    """One trip to the provider, good for one return."""

    state: str
    nonce: str
    verifier: str
    at: int
    page: str
    again: int  # the key of somebody who is in and proves it once more; 0: somebody comes in


@public
@require_POST
def sso_login(request: HttpRequest) -> HttpResponse:
    """To the provider, when somebody says so: a page of others can send nobody there unasked.

    With `?again=1`, for whoever is in: to give the password there once more.
    """
    if not settings.OIDC_ISSUER:
        raise Http404
    again = request.user.pk if request.user.is_authenticated and "again" in request.GET else 0
    page = next_page(request, settings.LOGIN_REDIRECT_URL)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    asked = Asked(state, nonce, verifier, int(time.time()), page, again)
    question = {
        "response_type": "code",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": _back(request),
        "scope": " ".join(settings.OIDC_SCOPES),
        "state": state,
        "nonce": nonce,
        "code_challenge": base64url(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": "0"} if again else {}),
    }
    try:
        address = addresses()["authorization"]
    except SignInFailed as failed:
        return _refused(request, failed.code)
    request.session[ASKED] = asdict(asked)
    return redirect(_asking(address, question))


@public
@require_GET
def sso_back(request: HttpRequest) -> HttpResponse:
    """Back from there. What was asked is taken out first: a return is good once."""
    if not settings.OIDC_ISSUER:
        raise Http404
    kept = request.session.pop(ASKED, None)
    staff: Staff | None = None
    try:
        asked = _answered(request, kept)
        claims = claims_for(
            code=request.GET.get("code", ""),
            verifier=asked.verifier,
            nonce=asked.nonce,
            address=_back(request),
        )
        staff = _who(claims)
        if asked.again:
            return _confirmed(request, staff, claims, asked)
        return _enter(request, staff, claims, asked.page)
    except SignInFailed as failed:
        return _refused(request, failed.code, staff)


def logout_address(request: HttpRequest) -> str:
    """Where whoever came by the provider is logged out there, too; empty when it has no such page."""
    if not settings.OIDC_ISSUER or not request.session.get(CAME_BY):
        return ""
    try:
        address = addresses().get("end_session", "")
    except SignInFailed:
        return ""
    back = request.build_absolute_uri(reverse("login"))
    question = {"client_id": settings.OIDC_CLIENT_ID, "post_logout_redirect_uri": back}
    return _asking(address, question) if address else ""


def _answered(request: HttpRequest, kept: dict[str, Any] | None) -> Asked:
    """The question that this return answers.

    Raises:
        SignInFailed: there is none, or the provider says no.
    """
    asked = Asked(**kept) if kept else None
    given = request.GET.get("state", "")
    if asked is None or not constant_time_compare(asked.state, given):
        raise SignInFailed("sso_state")
    if time.time() - asked.at > MINUTES * 60:
        raise SignInFailed("sso_state")
    if request.GET.get("iss", settings.OIDC_ISSUER) != settings.OIDC_ISSUER:
        raise SignInFailed("sso_state")
    if "error" in request.GET or not request.GET.get("code"):
        raise SignInFailed("sso_refused")
    return asked


def _who(claims: dict[str, Any]) -> Staff:
    named = claims.get(settings.OIDC_STAFF_CLAIM)
    staff = None
    if isinstance(named, str) and named:
        people = Staff.objects.filter(username=named, is_active=True)
        staff = people.exclude(role=Role.SYSTEM).first()
    if staff is None:
        raise SignInFailed("sso_unknown")
    return staff


@transaction.atomic
def _enter(request: HttpRequest, staff: Staff, claims: dict[str, Any], page: str) -> HttpResponse:
    staff.take_turn()
    if is_locked(staff):
        raise SignInFailed(LOCKED)
    proved, fresh = by_second_factor(claims), is_fresh(claims)
    if staff.has_second_factor and not proved:
        return ask_for_code(request, staff, page=page, first="sso", fresh=fresh)
    open_session(request, staff, backend=BACKEND)
    request.session[CAME_BY] = True
    if proved:
        request.session[PROVED] = True
    if fresh:
        note_confirmed(request)
    audit.record(
        "session.login", by=staff, target=f"staff:{staff.pk}", request=request, first="sso"
    )
    response = redirect(page)
    if not staff.must_change_password:
        remember_here(request, response, staff)
    return response


def _confirmed(
    request: HttpRequest, staff: Staff, claims: dict[str, Any], asked: Asked
) -> HttpResponse:
    """The same person, and proved there just now: as good as the password, no more."""
    enough = by_second_factor(claims) or not staff.has_second_factor
    if not (request.user.pk == staff.pk == asked.again and is_fresh(claims) and enough):
        raise SignInFailed("sso_again")
    note_confirmed(request)
    audit.record("session.confirm", by=staff, target=f"staff:{staff.pk}", request=request)
    return redirect(asked.page)


def _refused(request: HttpRequest, code: str, staff: Staff | None = None) -> HttpResponse:
    target = f"staff:{staff.pk}" if staff else ""
    audit.record("session.login_failed", by=None, target=target, result=code, request=request)
    context = door_context(request, None) | {"sso_failed": code}
    return render(request, "login.html", context, status=502 if code == "sso_provider" else 403)


def _asking(address: str, question: dict[str, str]) -> str:
    """An address of the provider, which may have a query of its own, with ours."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(question)}"


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("sso_back"))
