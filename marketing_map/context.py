"""What every page's frame needs: who is looking, and where they can go."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from branches.models import Role, Staff
from marketing_map.display import modes_of
from outreach.fieldwork.new_assignments import unseen
from outreach.models import ContactLog, Export
from trust.cipher import keyed_index
from whitelist.models import Correction

Text = str | Promise


@dataclass(frozen=True)
class Tab:
    """One entry of the navigation: a URL name, its label, its icon in icons.svg."""

    url: str
    label: Text
    icon: str


BRIEFING = Tab("briefing", _("晨会"), "morning")
TODAY = Tab("today", _("今日"), "today")
MAP = Tab("map", _("地图"), "map")
LEADS = Tab("lead_list", _("名单"), "list")
ME = Tab("me", _("我的"), "person")
FUNNEL = Tab("funnel", _("漏斗"), "funnel")
UPLOADS = Tab("uploads", _("名单文件"), "upload")
FEEDS = Tab("feeds", _("总行数据"), "files")
UNLOCATED = Tab("unlocated", _("未定位"), "pin")
CORRECTIONS = Tab("corrections", _("更正"), "correct")
REFUSALS = Tab("refusals", _("拒绝营销"), "stop")
EXPORTS = Tab("export_requests", _("导出"), "download")
TRACE = Tab("find_customer", _("客户轨迹"), "search")
AUDIT = Tab("audit", _("审计日志"), "shield")

TABS: dict[str, tuple[Tab, ...]] = {
    Role.MANAGER: (TODAY, MAP, LEADS, ME),
    Role.SUPERVISOR: (BRIEFING, MAP, LEADS, FUNNEL, UNLOCATED, ME),
    Role.CLERK: (UPLOADS, FEEDS, UNLOCATED, CORRECTIONS, REFUSALS, TRACE, ME),
    Role.REVIEWER: (UPLOADS, FEEDS, CORRECTIONS, EXPORTS, REFUSALS, TRACE, ME),
    Role.AUDITOR: (AUDIT, TRACE, ME),
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
    """Template context of the frame: `tabs`, whose browser it is, and how much waits.

    `waiting_count` calls for their outcome and `new_count` new customers on 今日,
    `corrections_count` corrections and `exports_count` exports for the reviewer,
    `exports_ready` files that may be fetched for whoever asked for them.
    """
    role = getattr(request.user, "role", "") if hasattr(request, "user") else ""

    def waiting_count() -> int:  # asked for by the frame only, not by fragments
        logs = ContactLog.objects.unscoped("my own attempts").of_staff(request.user).waiting()
        return logs.count() if role == Role.MANAGER else 0

    def new_count() -> int:
        user = request.user
        return unseen(user).count() if isinstance(user, Staff) and user.is_manager else 0

    def corrections_count() -> int:
        if role != Role.REVIEWER:
            return 0
        return Correction.objects.visible_to(request.user).pending().count()  # type: ignore[arg-type]

    def exports_count() -> int:
        if role != Role.REVIEWER:
            return 0
        return Export.objects.visible_to(request.user).waiting().count()  # type: ignore[arg-type]

    def exports_ready() -> int:
        if role != Role.SUPERVISOR:
            return 0
        mine = Export.objects.visible_to(request.user).filter(asked_by=request.user)  # type: ignore[arg-type]
        return mine.ready().count()

    def staff_marker() -> str:  # whose drafts the browser keeps, betraying neither name nor 工号
        return keyed_index("browser", str(request.user.pk)).hex()[:16]

    return {
        "tabs": TABS.get(role, ()),
        "staff_marker": staff_marker,
        "waiting_count": waiting_count,
        "new_count": new_count,
        "corrections_count": corrections_count,
        "exports_count": exports_count,
        "exports_ready": exports_ready,
        "screen_watermark": settings.SCREEN_WATERMARK,
        "production": settings.PRODUCTION,
        "display_modes": modes_of(request),
    }
