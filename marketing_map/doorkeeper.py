"""Sessions end: without a touch after a while, after a day's work in any case.

The session holds when it began and when it was last used, in seconds. The
latter is written at most once a minute, and not for what a page left open asks
by itself (`X-Background`): such requests keep nobody logged in.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from branches.authenticator import PROVED
from branches.device_cookie import IN_SESSION
from branches.models import RememberedDevice
from branches.next_page import page_of_the_form
from trust import audit

Answer = Callable[[HttpRequest], HttpResponseBase]
BEGAN, USED, ENDED = "began", "used", "ended"
IDLE, TOO_LONG, ELSEWHERE, EXPIRED = "idle", "hours", "elsewhere", "expired"
CODE = "code"  # the code that belongs to the password was not given (in time)
WRITE_EVERY = 60  # seconds


def end_sessions(get_response: Answer) -> Answer:
    """Middleware: log out who was away too long, or whose device was logged out from another.

    And whose temporary password expired before they chose their own: it is no
    longer theirs alone to choose.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return get_response(request)
        reason = EXPIRED if request.user.password_has_expired else _why_over(request)
        if not reason:
            _note_use(request)
            return get_response(request)
        return _end(request, reason, get_response)

    return answer


def _end(request: HttpRequest, reason: str, get_response: Answer) -> HttpResponseBase:
    """Log them out and lead to the login, which says why, and from there back to their page."""
    user = request.user
    audit.record("session.ended", by=user, target=f"staff:{user.pk}", result=reason)
    logout(request)
    request.session[ENDED] = reason  # the login page says it once
    if request.method in {"GET", "HEAD"} or request.headers.get("HX-Request"):
        return get_response(request)
    return redirect_to_login(page_of_the_form(request))


def password_first(get_response: Answer) -> Answer:
    """Middleware: whose password was set by somebody else, or is too old, chooses one before all else."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated or not user.needs_new_password:
            return get_response(request)
        return _nowhere_but(reverse("password"), request, get_response)

    return answer


def second_factor_first(get_response: Answer) -> Answer:
    """Middleware: who needs a second factor and has none enrols before anything else.

    A session of theirs that was opened without its code (by PIN, or before
    MFA_ROLES named their role) ends. Asks the database only in these two cases.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated or not user.needs_second_factor:
            return get_response(request)
        if request.session.get(PROVED) or user.needs_new_password:
            return get_response(request)
        if user.has_second_factor:
            return _end(request, CODE, get_response)
        return _nowhere_but(reverse("second_factor"), request, get_response, or_at="passkeys")

    return answer


def _nowhere_but(
    first: str, request: HttpRequest, get_response: Answer, *, or_at: str = ""
) -> HttpResponseBase:
    """The page `first` (or the one of that name), or the way to it; and what helps to read it, or to leave."""
    open_still = {first, reverse("logout"), reverse("set_language"), reverse("display")}
    if request.path in open_still or (or_at and request.path == reverse(or_at)):
        return get_response(request)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": first})
    page = request.get_full_path() if request.method == "GET" else reverse("home")
    return redirect(f"{first}?{urlencode({'next': page})}")


def _why_over(request: HttpRequest) -> str:
    now, session = time.time(), request.session
    if now - session.get(BEGAN, now) > settings.SESSION_HOURS * 3600:
        return TOO_LONG
    if now - session.get(USED, now) > settings.SESSION_IDLE_MINUTES * 60:
        return IDLE
    is_due = now - session.get(USED, 0) >= WRITE_EVERY
    return ELSEWHERE if is_due and _device_is_revoked(request) else ""


def _device_is_revoked(request: HttpRequest) -> bool:
    pk = request.session.get(IN_SESSION)
    if pk is None:
        return False
    return RememberedDevice.objects.filter(pk=pk, revoked_at__isnull=False).exists()


def _note_use(request: HttpRequest) -> None:
    now, session = int(time.time()), request.session
    session.setdefault(BEGAN, now)
    by_itself = USED in session and request.headers.get("X-Background")
    if not by_itself and now - session.get(USED, 0) >= WRITE_EVERY:
        session[USED] = now
