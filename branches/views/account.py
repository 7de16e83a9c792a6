"""我的: password, PIN, and the work phone."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from branches.access import StaffRequest, everybody
from branches.device_cookie import remember_here
from branches.forms import PasswordForm, PinForm, WorkPhoneForm, rules_in_words
from branches.next_page import next_page
from branches.step_up import step_up


@everybody
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def password(request: StaffRequest) -> HttpResponse:
    """A password of one's own; who got a temporary one comes here first, and is offered a PIN."""
    user = request.user
    was_forced, is_old = user.must_change_password, user.needs_new_password
    form = PasswordForm(request.POST or None, staff=request.user)
    after = next_page(request, "me")
    if not form.is_valid():
        context = {"form": form, "forced": is_old, "temporary": was_forced, "next": after}
        context |= {"rules": rules_in_words(), "days": settings.MAX_PASSWORD_AGE}
        return _page(request, "account/password.html", context)
    form.save()
    update_session_auth_hash(request, request.user)
    messages.success(request, _("密码已修改。其他设备上要用新密码重新登录。"))
    response = redirect("pin") if was_forced else redirect(after)
    remember_here(request, response, request.user)
    return response


@everybody
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def pin(request: StaffRequest) -> HttpResponse:
    form = PinForm(request.POST or None, staff=request.user)
    if not form.is_valid():
        return _page(request, "account/pin.html", {"form": form})
    form.save()
    if request.user.needs_second_factor:
        messages.success(request, _("PIN 已设好。今天在这台设备上再登录，PIN 代替密码。"))
    else:
        messages.success(request, _("PIN 已设好。今天在这台设备上再登录，只输 PIN 就行。"))
    response = redirect("me")
    remember_here(request, response, request.user)
    return response


@everybody
@require_http_methods(["GET", "POST"])
@step_up
def work_phone(request: StaffRequest) -> HttpResponse:
    form = WorkPhoneForm(request.POST or None, staff=request.user)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "account/work_phone.html", {"form": form})
    form.save()
    messages.success(request, _("工作电话已保存。"))
    return redirect("me")


def _page(request: StaffRequest, template: str, context: dict[str, object]) -> HttpResponse:
    return render(request, template, context, status=422 if request.method == "POST" else 200)
