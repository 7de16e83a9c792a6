"""A number to add on WeChat: who gets it, when not, and what is written down."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from outreach.actions.reveal_number import reveal_number
from outreach.gates import GateRefusal
from outreach.models import ContactLog, Eligibility, Lead, Refusal, RefusalSource, Stage, StageBasis
from tests.cast import Cast, make_lead
from trust.models import AuditEvent
from whitelist.models.customer import PhoneFault

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
NUMBER = "16900001234"


@pytest.fixture(autouse=True)
def by_day() -> Any:
    with time_machine.travel(TEN, tick=False) as traveller:
        yield traveller


def lead_of(cast: Cast, **fields: Any) -> Lead:
    return make_lead(cast, holder=cast.wang, phone=NUMBER, **fields)


def refusal_of(lead: Lead, by: Any) -> str:
    answer = reveal_number(lead=lead, by=by)
    assert isinstance(answer, GateRefusal)
    return answer.code


def test_the_number_and_what_it_is_for_are_recorded_without_the_number(cast: Cast) -> None:
    lead = lead_of(cast)
    assert reveal_number(lead=lead, by=cast.wang) == NUMBER
    event = AuditEvent.objects.get(action="phone.reveal")
    assert event.actor_id == cast.wang.pk and event.target == f"lead:{lead.pk}"
    assert event.detail == {"purpose": "wechat"} and NUMBER not in str(vars(event))


def test_it_is_no_attempt(cast: Cast) -> None:
    lead = lead_of(cast)
    reveal_number(lead=lead, by=cast.wang)
    lead.refresh_from_db()
    assert lead.last_attempt_at is None
    assert not ContactLog.objects.unscoped("test").exists()


def test_neither_hours_nor_frequency_matter(cast: Cast, by_day: Any) -> None:
    lead = lead_of(cast)
    ContactLog.objects.create(
        uuid="3f6d4dbb-59e5-4a37-9a9b-5f1ab0a4f3d1",
        lead=lead,
        staff=cast.wang,
        channel="call",
        started_at=TEN,
        logged_at=TEN,
        is_contact=True,
    )
    by_day.move_to(TEN.replace(hour=21))
    assert reveal_number(lead=lead, by=cast.wang) == NUMBER


@pytest.mark.parametrize(
    "eligibility",
    [Eligibility.REFUSED, Eligibility.CONTROL, Eligibility.WITHDRAWN, Eligibility.EXPIRED],
)
def test_closed_customers_stay_closed(cast: Cast, eligibility: Eligibility) -> None:
    assert refusal_of(lead_of(cast, eligibility=eligibility), cast.wang) == eligibility.value
    assert AuditEvent.objects.get(action="phone.reveal").result == eligibility.value


def test_an_open_refusal_counts_before_the_lead_has_caught_up(cast: Cast) -> None:
    lead = lead_of(cast)
    Refusal.objects.create(customer=lead.customer, source=RefusalSource.HQ)
    assert refusal_of(lead, cast.wang) == "refused"


def test_business_under_way_is_served_off_the_list(cast: Cast) -> None:
    served = lead_of(
        cast,
        eligibility=Eligibility.WITHDRAWN,
        stage=Stage.APPLIED,
        stage_basis=StageBasis.CONFIRMED,
    )
    assert reveal_number(lead=served, by=cast.wang) == NUMBER


@pytest.mark.parametrize("fault", PhoneFault)
def test_a_number_known_to_be_wrong_is_not_handed_out(cast: Cast, fault: PhoneFault) -> None:
    lead = lead_of(cast)
    lead.customer.phone_fault = fault
    lead.customer.save()
    assert refusal_of(lead, cast.wang) == "faulty_number"


def test_without_a_number(cast: Cast) -> None:
    lead = lead_of(cast)
    lead.customer.phone = ""
    lead.customer.save()
    assert refusal_of(lead, cast.wang) == "no_number"


def test_only_so_many_an_hour(cast: Cast, settings: Any, by_day: Any) -> None:
    settings.REVEALS_PER_HOUR = 2
    leads = [make_lead(cast, holder=cast.wang) for _ in range(3)]
    for lead in leads[:2]:
        assert isinstance(reveal_number(lead=lead, by=cast.wang), str)
        by_day.shift(timedelta(minutes=10))
    answer = reveal_number(lead=leads[2], by=cast.wang)
    assert isinstance(answer, GateRefusal)
    assert answer.code == "reveals" and answer.until == TEN + timedelta(hours=1)
    assert isinstance(reveal_number(lead=make_lead(cast), by=cast.li), str)
    by_day.move_to(TEN + timedelta(minutes=61))
    assert isinstance(reveal_number(lead=leads[2], by=cast.wang), str)


def test_not_theirs(cast: Cast) -> None:
    for lead, by in (
        (lead_of(cast), cast.li),
        (lead_of(cast), cast.zhao),
        (make_lead(cast), cast.zhao),
    ):
        with pytest.raises(PermissionDenied):
            reveal_number(lead=lead, by=by)
    assert not AuditEvent.objects.filter(action="phone.reveal").exists()
