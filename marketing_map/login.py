"""The one door for people: each try is recorded, and five wrong ones close it for a while."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login as open_session
from django.contrib.auth import views as auth_views
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from branches.actions.devices import enter_by_pin
from branches.device_cookie import device_here, forget_here, remember_here
from branches.locking import FAILED, LOCKED, is_locked
from branches.models import RememberedDevice, Staff
from branches.next_page import next_page
from branches.pins import DIGITS
from branches.step_up import note_confirmed
from marketing_map.backend import BACKEND
from marketing_map.code_login import ask_for_code, go_on_with_the_day_of
from marketing_map.doorkeeper import ENDED, EXPIRED
from trust import audit
from trust.masking import mask_name


class LoginForm(AuthenticationForm):
    """工号 and password. A locked person is told the same as one who mistyped: no 工号 is betrayed."""

    result = FAILED

    def clean(self) -> dict[str, Any]:
        self.staff = Staff.objects.filter(username=self.cleaned_data.get("username")).first()
        if self.staff is not None:
            self.staff.take_turn()
            if is_locked(self.staff):
                self.result = LOCKED
                Staff().set_password(self.cleaned_data.get("password"))  # as long as any other try
                raise ValidationError(LOCKED)
        return super().clean()

    def confirm_login_allowed(self, user: Any) -> None:
        """The password is right; a temporary one has its day."""
        super().confirm_login_allowed(user)
        if user.password_has_expired:
            self.result = EXPIRED
            raise ValidationError(EXPIRED, code=EXPIRED)


class LoginView(auth_views.LoginView):
    """Password; or, on a device that gave it today, the PIN (`pin_login`). Then, for whoever has a
    second factor, its code (`code_login`)."""

    form_class = LoginForm
    template_name = "login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A try and its record are one: of many at once, the lock counts each before the next."""
        with transaction.atomic():
            return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        device = None if "password" in self.request.GET else _usable_device(self.request)
        shown = device if self.request.method == "GET" else None
        return super().get_context_data(**door_context(self.request, shown), **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        staff = form.get_user()
        if staff.has_second_factor:
            return ask_for_code(self.request, staff, page=self.get_success_url())
        response = super().form_valid(form)
        note_confirmed(self.request)
        audit.record("session.login", by=staff, target=f"staff:{staff.pk}", request=self.request)
        if not staff.must_change_password:
            remember_here(self.request, response, staff)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """What was typed is not recorded: people type passwords into the wrong field."""
        staff = getattr(form, "staff", None)
        audit.record(
            "session.login_failed",
            by=None,
            target=f"staff:{staff.pk}" if staff else "",
            result=form.result,
            request=self.request,
        )
        return super().form_invalid(form)


def door_context(request: HttpRequest, device: RememberedDevice | None) -> dict[str, Any]:
    """What both forms of the door say; `device` when its owner may enter by PIN."""
    return {
        "failures": settings.LOGIN_FAILURES,
        "minutes": settings.LOGIN_LOCK_MINUTES,
        "idle_minutes": settings.SESSION_IDLE_MINUTES,
        "hours": settings.SESSION_HOURS,
        "ended": request.session.pop(ENDED, "") if ENDED in request.session else "",
        "owner": mask_name(device.staff.name) if device else "",
        "next": next_page(request, ""),
        "digits": DIGITS,
        "sso": settings.OIDC_LABEL if settings.OIDC_ISSUER else "",
    }


def pin_login(request: HttpRequest) -> HttpResponse:
    """Enter by PIN where the password was given within `SESSION_HOURS`; else back to the password."""
    device = _usable_device(request)
    if device is None:
        context = door_context(request, None) | {"form": LoginForm(), "pin_gone": True}
        response = render(request, "login.html", context)
        forget_here(response)
        return response
    if not enter_by_pin(device=device, pin=request.POST.get("pin", "")):
        left = _usable_device(request)
        context = door_context(request, left) | {"form": LoginForm()}
        context |= {"pin_wrong": left is not None, "pin_gone": left is None}
        response = render(request, "login.html", context)
        if left is None:
            forget_here(response)
        return response
    page = next_page(request, settings.LOGIN_REDIRECT_URL)
    if device.staff.needs_second_factor:
        return ask_for_code(request, device.staff, page=page, device=device)
    open_session(request, device.staff, backend=BACKEND)
    go_on_with_the_day_of(device, request)
    return redirect(page)


def _usable_device(request: HttpRequest) -> RememberedDevice | None:
    device = device_here(request)
    return None if device is None or is_locked(device.staff) else device
