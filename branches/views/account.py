"""我的: password, PIN, work phone, and the devices somebody is logged in on."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from branches.access import StaffRequest, everybody
from branches.actions.devices import revoke_devices
from branches.device_cookie import IN_SESSION, remember_here
from branches.forms import PasswordForm, PinForm, WorkPhoneForm
from branches.models import RememberedDevice
from branches.next_page import next_page


@everybody
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def password(request: StaffRequest) -> HttpResponse:
    """A password of one's own; who got a temporary one comes here first, and is offered a PIN."""
    was_forced = request.user.must_change_password
    form = PasswordForm(request.POST or None, staff=request.user)
    after = next_page(request, "me")
    if not form.is_valid():
        context = {"form": form, "forced": was_forced, "next": after}
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
def work_phone(request: StaffRequest) -> HttpResponse:
    form = WorkPhoneForm(request.POST or None, staff=request.user)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "account/work_phone.html", {"form": form})
    form.save()
    messages.success(request, _("工作电话已保存。"))
    return redirect("me")


@everybody
@require_GET
def devices(request: StaffRequest) -> HttpResponse:
    mine = RememberedDevice.objects.in_use().filter(staff=request.user)
    context = {"devices": mine, "here": request.session.get(IN_SESSION)}
    return render(request, "account/devices.html", context)


@everybody
@require_POST
def device_logout(request: StaffRequest, pk: int) -> HttpResponse:
    """Log one of my devices out; the session there ends within a minute."""
    if not RememberedDevice.objects.filter(staff=request.user, pk=pk).exists():
        raise Http404
    revoke_devices(staff=request.user, by=request.user, reason="elsewhere", only=pk)
    messages.success(request, _("那台设备一分钟内会退出登录，再登录要输密码。"))
    return redirect("devices")


def _page(request: StaffRequest, template: str, context: dict[str, object]) -> HttpResponse:
    return render(request, template, context, status=422 if request.method == "POST" else 200)
