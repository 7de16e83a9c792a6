"""Offers end with their last day, in the project's time zone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from outreach.expiry import expire_leads
from outreach.models import Assignment, EndReason, Lead
from tests.cast import Cast, make_lead
from tests.lists import put
from whitelist.models import Programme

LAST_DAY = datetime(2026, 6, 30).date()
# 16:00 UTC is midnight in China.
BEFORE_MIDNIGHT = datetime.fromisoformat("2026-06-30T15:59:00+00:00")
AFTER_MIDNIGHT = datetime.fromisoformat("2026-06-30T16:01:00+00:00")


@pytest.fixture(autouse=True)
def no_control_group(settings: Any) -> None:
    settings.CONTROL_GROUP_PERCENT = 0


def test_the_last_day_counts(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang, valid_to=LAST_DAY)
    served = make_lead(cast, holder=cast.wang, valid_to=LAST_DAY, stage="applied")
    with time_machine.travel(BEFORE_MIDNIGHT, tick=False):
        assert expire_leads() == 0
    with time_machine.travel(AFTER_MIDNIGHT, tick=False):
        assert expire_leads() == 2
        assert expire_leads() == 0
    lead.refresh_from_db()
    served.refresh_from_db()
    assert (lead.eligibility, lead.holder) == ("expired", None)
    assert Assignment.objects.get(lead=lead).end_reason == EndReason.EXPIRED
    assert (served.eligibility, served.holder) == ("expired", cast.wang)
    assert (lead.tile_key is None, lead.village) == (False, cast.village)


def test_another_offer_that_runs_takes_over(cast: Cast) -> None:
    today = timezone.localdate()
    other = Programme.objects.create(code="P2", name="另一项目", owner=cast.hq)
    put(cast, [{"no": "A", "valid_to": today, "amount": 1, "manager": cast.wang}])
    put(cast, [{"no": "A", "amount": 2}], programme=other)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert expire_leads() == 1
        assert expire_leads() == 0
    lead = Lead.objects.unscoped("test").get()
    assert (lead.eligibility, lead.amount, lead.holder) == ("yes", 2, cast.wang)


def test_a_prolonged_customer_returns_to_their_holder(cast: Cast) -> None:
    today = timezone.localdate()
    put(cast, [{"no": "A", "valid_to": today, "manager": cast.wang}])
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        expire_leads()
        assert Lead.objects.unscoped("test").get().holder is None
        put(cast, [{"no": "A", "valid_to": today + timedelta(days=30), "manager": cast.li}])
    lead = Lead.objects.unscoped("test").get()
    assert (lead.eligibility, lead.holder) == ("yes", cast.wang)
    assert Assignment.objects.filter(ended_at=None).get().holder == cast.wang
