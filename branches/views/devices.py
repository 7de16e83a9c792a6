"""我的 › 登录设备: where I am logged in, each ended or all others, and who came or tried to come in."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from branches.access import StaffRequest, everybody
from branches.actions.devices import revoke_devices
from branches.actions.sessions import end_other_sessions
from branches.device_cookie import IN_SESSION
from branches.models import RememberedDevice, Staff
from branches.step_up import ask_who, step_up, stepped_up
from trust.models import AuditEvent

SHOWN = 20  # of the last logins and tries
DOORS = ("session.login", "session.login_by_pin", "session.login_failed")


@everybody
@require_GET
def devices(request: StaffRequest) -> HttpResponse:
    """Each login of today is a device; beside them the last tries at my door."""
    mine = RememberedDevice.objects.in_use().filter(staff=request.user)
    context = {
        "devices": mine,
        "here": request.session.get(IN_SESSION),
        "tries": _tries(request.user)[:SHOWN],
    }
    return render(request, "account/devices.html", context)


@everybody
@require_POST
def device_logout(request: StaffRequest, pk: int) -> HttpResponse:
    """Log one of my devices out; the session there ends within a minute."""
    device = get_object_or_404(RememberedDevice, staff=request.user, pk=pk)
    if not stepped_up(request):
        return ask_who(request)
    revoke_devices(staff=request.user, by=request.user, reason="elsewhere", only=device.pk)
    messages.success(request, _("那台设备一分钟内会退出登录，再登录要输密码。"))
    return redirect("devices")


@everybody
@require_POST
@step_up
def others_logout(request: StaffRequest) -> HttpResponse:
    """All sessions of mine but this one end at their next request."""
    end_other_sessions(by=request.user, keep=request.session.get(IN_SESSION))
    update_session_auth_hash(request, request.user)
    messages.success(request, _("其他设备都已退出登录，再登录要输密码。"))
    return redirect("devices")


def _tries(staff: Staff) -> QuerySet[AuditEvent]:
    events = AuditEvent.objects.filter(target=f"staff:{staff.pk}", action__in=DOORS)
    return events.order_by("-pk")
