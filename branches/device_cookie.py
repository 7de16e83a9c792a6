"""The cookie by which the login knows a device again; only addresses below /login/ get it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from branches.actions.devices import remember_device
from branches.models import RememberedDevice, Staff
from trust.audit import address_of

PATH = "/login/"
IN_SESSION = "device"  # key of the device this session was opened on

_BROWSERS = (
    ("wxwork", "企业微信"),
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("HuaweiBrowser", "华为浏览器"),
    ("MiuiBrowser", "小米浏览器"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def label_of(agent: str) -> str:
    """Browser and system of a User-Agent, coarse: ``Chrome · Android``."""
    known = [
        next((name for mark, name in names if mark in agent), "") for names in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(name for name in known if name) or _("未知设备")


def remember_here(request: HttpRequest, response: HttpResponse, staff: Staff) -> None:
    """`staff` has just proved their password here: give this browser its cookie."""
    label = label_of(request.headers.get("User-Agent", ""))
    device, token = remember_device(staff=staff, label=label, address=address_of(request), by=staff)
    request.session[IN_SESSION] = device.pk
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        token,
        max_age=settings.SESSION_HOURS * 3600,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def device_here(request: HttpRequest) -> RememberedDevice | None:
    """The device whose cookie came along, if its owner may enter by PIN on it now."""
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    device = RememberedDevice.objects.of_token(token) if token else None
    if device is None or not device.staff.pin or device.staff.must_change_password:
        return None
    if device.staff.needs_second_factor and not device.staff.has_second_factor:
        return None  # a PIN does not lead to enrolling one: the password does
    return device


def forget_here(response: HttpResponse) -> None:
    response.delete_cookie(settings.DEVICE_COOKIE_NAME, path=PATH, samesite="Lax")
