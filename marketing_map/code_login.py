"""After the password, the second factor: a code, or a passkey. Between the two nobody is logged in."""

import time
from dataclasses import asdict, dataclass

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as open_session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from branches.actions.passkeys import prove_by_passkey
from branches.actions.second_factor import prove
from branches.authenticator import DIGITS, PROVED, as_typed
from branches.device_cookie import IN_SESSION, remember_here
from branches.models import RememberedDevice, SecondFactor, Staff
from branches.passkeys import take_challenge, to_get
from branches.step_up import note_confirmed
from marketing_map.backend import BACKEND
from marketing_map.doorkeeper import BEGAN, CODE, ENDED
from trust import audit

WAITING = "waiting"  # key of the session of somebody who is asked for the code
MINUTES = 5  # so long the password waits for it


@dataclass(frozen=True)
class Waiting:
    """Who gave the right password (or PIN, on which device), when, and where they want to go."""

    staff: int
    terms: str  # the hash of password and second factor: when it changes, nobody waits any more
    at: int
    page: str
    device: int  # 0: the password was given, or the bank's login
    first: str = "password"
    fresh: bool = True  # given here just now; the bank's login may have been this morning


def ask_for_code(
    request: HttpRequest,
    staff: Staff,
    *,
    page: str,
    device: RememberedDevice | None = None,
    first: str = "password",
    fresh: bool = True,
) -> HttpResponse:
    """The password is right: remember that for a few minutes, and log nobody in."""
    request.session.cycle_key()
    known = device.pk if device else 0
    terms = staff.get_session_auth_hash()
    waiting = Waiting(staff.pk, terms, int(time.time()), page, known, first, fresh)
    request.session[WAITING] = asdict(waiting)
    audit.record("session.code_asked", by=None, target=f"staff:{staff.pk}", request=request)
    return redirect("login_code")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def code_login(request: HttpRequest) -> HttpResponse:
    """The code of the phone, one of the recovery codes (`?recovery=1`), or the answer of a passkey."""
    challenge = take_challenge(request) if request.method == "POST" else None
    found = _who_waits(request)
    if found is None:
        if request.session.pop(WAITING, None):
            request.session[ENDED] = CODE
        return redirect("login")
    staff, waiting = found
    code, assertion = request.POST.get("code", ""), request.POST.get("assertion", "")
    if request.method == "POST":
        with transaction.atomic():
            if assertion:
                result = prove_by_passkey(
                    staff=staff, answer=assertion, challenge=challenge, by=None
                )
            else:
                result = prove(staff=staff, code=code, by=None)
            if not result:
                by_code = not assertion and len(as_typed(code)) == DIGITS
                return _enter(request, staff, waiting, is_recovery=not (assertion or by_code))
    context = {
        "passkey": to_get(request, staff),
        "by_passkey": bool(assertion),
        "has_code": SecondFactor.objects.of(staff) is not None,
        "host": settings.PASSKEY_HOST,
        "wrong": request.method == "POST",
        "recovery": "recovery" in request.GET,
        "failures": settings.LOGIN_FAILURES,
        "minutes": settings.LOGIN_LOCK_MINUTES,
    }
    return render(request, "login_code.html", context)


def _who_waits(request: HttpRequest) -> tuple[Staff, Waiting] | None:
    """Whose password was right a moment ago, if everything is still as it was then."""
    kept = request.session.get(WAITING)
    waiting = Waiting(**kept) if kept else None
    if waiting is None or time.time() - waiting.at > MINUTES * 60:
        return None
    staff = Staff.objects.filter(pk=waiting.staff, is_active=True).first()
    if staff is None or not constant_time_compare(waiting.terms, staff.get_session_auth_hash()):
        return None
    devices = RememberedDevice.objects.in_use().filter(pk=waiting.device)
    return None if waiting.device and not devices.exists() else (staff, waiting)


def _enter(
    request: HttpRequest, staff: Staff, waiting: Waiting, *, is_recovery: bool
) -> HttpResponse:
    open_session(request, staff, backend=BACKEND)
    request.session.pop(WAITING, None)
    request.session[PROVED] = True
    by = "pin" if waiting.device else waiting.first
    audit.record("session.login", by=staff, target=f"staff:{staff.pk}", request=request, first=by)
    response = redirect(waiting.page)
    device = RememberedDevice.objects.filter(pk=waiting.device).first()
    if device is not None:
        go_on_with_the_day_of(device, request)
    elif waiting.fresh:
        note_confirmed(request)
    if device is None and not staff.must_change_password:
        remember_here(request, response, staff)
    if is_recovery:
        _say_what_is_left(request, staff)
    return response


def go_on_with_the_day_of(device: RememberedDevice, request: HttpRequest) -> None:
    """The day of the device is the day of the password: a PIN does not lengthen it."""
    request.session[BEGAN] = int(device.created_at.timestamp())
    request.session[IN_SESSION] = device.pk


def _say_what_is_left(request: HttpRequest, staff: Staff) -> None:
    factor = SecondFactor.objects.of(staff)
    n = factor.codes_left if factor else 0
    text = ngettext(
        "恢复码用掉了一个，还剩 %(n)d 个。手机丢了的，请到“我的 › 手机验证器”换手机。",
        "恢复码用掉了一个，还剩 %(n)d 个。手机丢了的，请到“我的 › 手机验证器”换手机。",
        n,
    )
    messages.warning(request, text % {"n": n})
