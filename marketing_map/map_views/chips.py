"""The quick filters above the map. Their counts come with the page and with each list, so that
they are never of another moment than the list beside the map."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from branches.models import Staff
from marketing_map.map_answers.asking import Asked
from marketing_map.map_answers.totals import totals
from outreach.expiry import ending_soon_in_words
from outreach.models import Lead
from outreach.pyramid.question import question_of
from whitelist.models import Precision


def chips_for(user: Staff) -> list[dict[str, Any]]:
    """Label, count in all that the user works on, and the filter it sets or the page it opens."""
    leads = Lead.objects.visible_to(user).worked_on_by(user)
    counts = totals(Asked(user, leads, question_of(user, {})))
    chips = [
        {"label": _("全部"), "n": counts["all"], "query": ""},
        *_unlocated_chip(counts["unlocated"]),
        {"label": _("待触达"), "n": counts["to_contact"], "query": "stage=to_contact"},
        {
            "label": ending_soon_in_words(),
            "n": counts["expiring"],
            "query": f"expiring={settings.EXPIRING_DAYS}",
        },
    ]
    if user.is_manager:
        chips.append({"label": _("我的"), "n": leads.held_by(user).count(), "query": "holder=me"})
    chips.append({"label": _("待分配"), "n": counts["unassigned"], "query": "holder=none"})
    return chips


def _unlocated_chip(n: int) -> list[dict[str, Any]]:
    """How many of 全部 no view shows, as their position is unknown; it opens the list of them."""
    url = f"{reverse('lead_list')}?precision={Precision.UNLOCATED.value}"
    return [{"label": _("未定位"), "n": n, "url": url}] if n else []
