"""What every page's frame needs: who is looking, and where they can go."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from branches.models import Role
from marketing_map.display import modes_of
from outreach.models import ContactLog

Text = str | Promise


@dataclass(frozen=True)
class Tab:
    """One entry of the navigation: a URL name, its label, its icon in icons.svg."""

    url: str
    label: Text
    icon: str


TODAY = Tab("today", _("今日"), "today")
MAP = Tab("map", _("地图"), "map")
LEADS = Tab("lead_list", _("名单"), "list")
ME = Tab("me", _("我的"), "person")
FUNNEL = Tab("funnel", _("漏斗"), "funnel")
UPLOADS = Tab("uploads", _("名单文件"), "upload")
UNLOCATED = Tab("unlocated", _("未定位"), "pin")
AUDIT = Tab("audit", _("审计日志"), "shield")

TABS: dict[str, tuple[Tab, ...]] = {
    Role.MANAGER: (TODAY, MAP, LEADS, ME),
    Role.SUPERVISOR: (MAP, LEADS, FUNNEL, UNLOCATED, ME),
    Role.CLERK: (UPLOADS, UNLOCATED, ME),
    Role.REVIEWER: (UPLOADS, ME),
    Role.AUDITOR: (AUDIT, ME),
}
# Where each role lands: the screen that shows what to do.
FIRST_SCREEN = {
    Role.MANAGER: "map",
    Role.SUPERVISOR: "map",
    Role.CLERK: "uploads",
    Role.REVIEWER: "uploads",
    Role.AUDITOR: "audit",
}


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Template context of the frame: `tabs`, and how many calls still wait for their outcome."""
    role = getattr(request.user, "role", "") if hasattr(request, "user") else ""

    def waiting_count() -> int:  # asked for by the frame only, not by fragments
        logs = ContactLog.objects.unscoped("my own attempts").of_staff(request.user).waiting()
        return logs.count() if role == Role.MANAGER else 0

    return {
        "tabs": TABS.get(role, ()),
        "waiting_count": waiting_count,
        "production": settings.PRODUCTION,
        "display_modes": modes_of(request),
    }
