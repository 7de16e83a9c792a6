"""Offers end at the end of their last day; the clock brings leads after them."""

from django.db import transaction
from django.utils import timezone

from outreach.models import Lead
from outreach.restating import restate_leads, touch_nothing_else
from trust import audit
from whitelist.imports.applying import one_list_at_a_time
from whitelist.imports.statements import keep_for_now

BATCH = 20_000


def expire_leads() -> int:
    """Mark leads whose last day is over: another offer that still runs takes over, or 过期.

    Their assignments end, except for business in process. Maps and lists hide
    them from midnight on without waiting for this (`LeadQuerySet.workable`).
    The day is that of the project's time zone. Returns how many were looked at.
    """
    today = timezone.localdate()
    if not Lead.objects.unscoped("the clock").ended_unmarked().exists():
        return 0
    with transaction.atomic():
        one_list_at_a_time()
        touch_nothing_else()
        count = keep_for_now(
            "list_touched",
            "SELECT customer_id FROM outreach_lead"
            " WHERE eligibility = 'yes' AND COALESCE(valid_to, valid_to) < %(today)s"
            " LIMIT %(limit)s",
            key="customer_id",
            today=today,
            limit=BATCH,
        )
        restate_leads(timezone.now())
        audit.record("lead.expire", by=None, target=f"leads:{count}", day=today.isoformat())
    return count
