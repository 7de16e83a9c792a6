"""Offers end at the end of their last day; the clock brings leads after them."""

# Only text of this code is put into statements; values are parameters.
# ruff: noqa: S608

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.restating import restate_leads, touch_nothing_else
from trust import audit
from whitelist.imports.applying import one_list_at_a_time
from whitelist.imports.statements import fetch, keep_for_now

BATCH = 20_000
# Of a lead `l`: its last day was before %(day)s, and nobody has marked it. Written as
# the index lead_ended_unmarked has it, with literals: SQLite does not see it else.
ENDED_UNMARKED = "l.eligibility = 'yes' AND l.amount >= 0 AND l.valid_to < %(day)s"


def ending_soon_in_words() -> str:
    """What an offer that ends soon is called on every screen: 7天内到期."""
    return _("%(days)s天内到期") % {"days": settings.EXPIRING_DAYS}


def expire_leads() -> int:
    """Mark leads whose last day is over: another offer that still runs takes over, or 过期.

    Their assignments end, except for business in process. Maps and lists hide
    them from midnight on without waiting for this (`LeadQuerySet.workable`).
    The day is that of the project's time zone. Returns how many were looked at.
    """
    today = timezone.localdate()
    if not fetch(f"SELECT 1 FROM outreach_lead l WHERE {ENDED_UNMARKED} LIMIT 1", day=today):
        return 0
    with transaction.atomic():
        one_list_at_a_time()
        touch_nothing_else()
        count = keep_for_now(
            "list_touched",
            f"SELECT customer_id FROM outreach_lead l WHERE {ENDED_UNMARKED} LIMIT %(limit)s",
            key="customer_id",
            day=today,
            limit=BATCH,
        )
        restate_leads(timezone.now())
        audit.record("lead.expire", by=None, target=f"leads:{count}", day=today.isoformat())
    return count
