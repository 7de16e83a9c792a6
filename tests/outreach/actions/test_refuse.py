"""已故 without a contact: closed at once, and taken back on the same day by who said it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from outreach.actions.refuse import record_death, undo_death
from outreach.fieldwork import worklist
from outreach.models import Assignment, Eligibility, Lead, Refusal, RefusalSource
from tests.cast import Cast, make_lead
from trust.models import AuditEvent
from whitelist.models import Offer

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def by_day() -> Any:
    with time_machine.travel(TEN, tick=False) as traveller:
        yield traveller


def again(lead: Lead) -> Lead:
    return Lead.objects.unscoped("test").get(pk=lead.pk)


def test_it_closes_the_customer_for_everybody(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    record_death(lead=lead, by=cast.wang)
    refusal = Refusal.objects.get()
    assert (refusal.source, refusal.by, refusal.contact_log) == (
        RefusalSource.DECEASED,
        cast.wang,
        None,
    )
    assert again(lead).eligibility == Eligibility.REFUSED
    assert not any(worklist.plan(cast.wang).values())
    event = AuditEvent.objects.get(action="customer.refused")
    assert event.result == "deceased"


def test_only_who_works_the_customer_says_so(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    for other in (cast.li, cast.zhao):
        with pytest.raises(PermissionDenied):
            record_death(lead=lead, by=other)
    assert not Refusal.objects.exists()


def test_taken_back_everything_is_as_before(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    record_death(lead=lead, by=cast.wang)
    undo_death(lead=lead, by=cast.wang)
    after = again(lead)
    assert (after.eligibility, after.holder) == (Eligibility.YES, cast.wang)
    assert Assignment.objects.filter(lead=lead, ended_at=None).count() == 1
    refusal = Refusal.objects.get()
    assert (refusal.ended_by, refusal.end_reason) == (cast.wang, "点错了")
    with pytest.raises(PermissionDenied):
        undo_death(lead=lead, by=cast.wang)


def test_who_left_the_list_meanwhile_does_not_come_back(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    record_death(lead=lead, by=cast.wang)
    Offer.objects.unscoped("test").update(is_in_force=False)
    undo_death(lead=lead, by=cast.wang)
    assert again(lead).eligibility == Eligibility.WITHDRAWN


def test_nobody_else_and_not_tomorrow(cast: Cast, by_day: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    record_death(lead=lead, by=cast.wang)
    with pytest.raises(PermissionDenied):
        undo_death(lead=lead, by=cast.li)
    by_day.move_to(TEN + timedelta(days=1))
    with pytest.raises(PermissionDenied):
        undo_death(lead=lead, by=cast.wang)
    assert again(lead).eligibility == Eligibility.REFUSED


def test_what_the_customer_said_is_not_taken_back_this_way(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    Refusal.objects.create(customer=lead.customer, source=RefusalSource.CUSTOMER, by=cast.wang)
    with pytest.raises(PermissionDenied):
        undo_death(lead=lead, by=cast.wang)
