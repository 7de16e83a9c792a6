"""How many numbers one person gets: calls, copies and helpers together, and many at once."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from branches.models import Staff
from outreach.actions.call import Placed, call
from outreach.actions.reveal_number import reveal_number
from outreach.gates import GateRefusal
from outreach.models import ContactLog, Lead, Stage, StageBasis, VillageProfile
from tests.cast import Cast, make_cast, make_lead
from tests.outreach.test_one_winner import at_once
from trust.models import AuditEvent

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def by_day() -> Any:
    with time_machine.travel(TEN, tick=False) as traveller:
        yield traveller


def place(lead: Lead, by: Staff) -> Placed | GateRefusal:
    return call(lead=lead, by=by, log_uuid=uuid4())


def refused(answer: Any) -> GateRefusal:
    assert isinstance(answer, GateRefusal)
    return answer


def helper_of(cast: Cast) -> str:
    """The address that rings the helper of the outlet's village."""
    VillageProfile.objects.unscoped("test").create(
        place=cast.village, outlet=cast.outlet, helper_phone="16900009999", updated_by=cast.wang
    )
    return reverse("helper_call", args=[cast.village.code])


def test_calls_copies_and_helpers_are_counted_together(
    cast: Cast, settings: Any, by_day: Any, as_: Any
) -> None:
    settings.CALLS_PER_HOUR = 3
    wang, helper = as_(cast.wang), helper_of(cast)
    leads = [make_lead(cast, holder=cast.wang) for _ in range(3)]
    assert isinstance(place(leads[0], cast.wang), Placed)
    by_day.shift(timedelta(minutes=10))
    assert isinstance(reveal_number(lead=leads[1], by=cast.wang), str)
    assert wang.post(helper).status_code == 200

    refusal = refused(place(leads[2], cast.wang))
    assert (refusal.code, refusal.until) == (
        "reveals",
        TEN + HOUR,
    ) and "3 个号码" in refusal.sentence
    assert refused(reveal_number(lead=leads[2], by=cast.wang)).code == "reveals"
    page = wang.post(helper)
    assert page.status_code == 409 and "16900009999" not in page.content.decode()
    assert "已取用 3 个号码" in page.content.decode() and "11:00" in page.content.decode()
    assert AuditEvent.objects.filter(action="phone.reveal", result="ok").count() == 3
    for action in ("lead.call", "phone.reveal", "village.helper_call"):
        assert AuditEvent.objects.filter(action=action, result="reveals").count() == 1

    assert isinstance(place(make_lead(cast, holder=cast.li), cast.li), Placed)  # others go on
    by_day.move_to(TEN + timedelta(minutes=61))
    assert isinstance(place(leads[2], cast.wang), Placed)


def test_a_platform_that_dials_hands_out_none(cast: Cast, settings: Any) -> None:
    settings.CALLS_PER_HOUR = 1
    settings.CALL_GATEWAY = "http"
    for _ in range(3):
        assert isinstance(place(make_lead(cast, holder=cast.wang), cast.wang), Placed)


@pytest.mark.parametrize("gateway", ["tel", "http"])
def test_outcomes_come_before_the_next_call_also_of_service(
    cast: Cast, settings: Any, gateway: str, by_day: Any
) -> None:
    settings.UNLOGGED_MAX = 2
    settings.CALL_GATEWAY = gateway
    for _ in range(2):
        place(make_lead(cast, holder=cast.wang), cast.wang)
    served = make_lead(
        cast, holder=cast.wang, stage=Stage.APPLIED, stage_basis=StageBasis.CONFIRMED
    )
    refusal = refused(place(served, cast.wang))
    assert (refusal.code, refusal.until) == ("unlogged", None)
    assert refusal.sentence == "先登记 2 个通话的结果，再打下一个。"
    assert AuditEvent.objects.filter(action="lead.call", result="unlogged").count() == 1
    waiting = ContactLog.objects.unscoped("test").of_staff(cast.wang).waiting()
    waiting.filter(pk=waiting[0].pk).update(logged_at=TEN)
    assert isinstance(place(served, cast.wang), Placed)
    by_day.move_to(TEN + timedelta(days=1))  # yesterday's are the arrears of the morning
    assert isinstance(place(make_lead(cast, holder=cast.wang), cast.wang), Placed)


def test_an_answer_that_was_lost_is_given_again(cast: Cast, settings: Any) -> None:
    settings.CALLS_PER_HOUR = settings.UNLOGGED_MAX = 1
    lead, uuid = make_lead(cast, holder=cast.wang), uuid4()
    for _ in range(2):
        assert isinstance(call(lead=lead, by=cast.wang, log_uuid=uuid), Placed)


def test_the_refusal_is_said_on_the_page(cast: Cast, settings: Any, as_: Any) -> None:
    settings.UNLOGGED_MAX = 0
    lead = make_lead(cast, holder=cast.wang)
    page = as_(cast.wang).post(reverse("lead_call", args=[lead.pk]))
    assert page.status_code == 409 and "再打下一个" in page.content.decode()
    assert lead.customer.phone not in page.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", ["CALLS_PER_HOUR", "UNLOGGED_MAX", "REVEALS_PER_HOUR"])
def test_many_at_once_get_no_more(transactional_db: None, settings: Any, limit: str) -> None:
    setattr(settings, limit, 5)
    world = make_cast()
    leads = [make_lead(world, holder=world.wang) for _ in range(12)]

    def one(lead: Lead) -> Any:
        if limit == "REVEALS_PER_HOUR":
            return lambda: reveal_number(lead=lead, by=world.wang)
        return lambda: place(lead, world.wang)

    answers = at_once([one(lead) for lead in leads])
    kinds = Counter("refused" if isinstance(each, GateRefusal) else "given" for each in answers)
    assert not [each for each in answers if isinstance(each, Exception)]
    assert kinds == {"given": 5, "refused": 7}
    assert AuditEvent.objects.filter(action="phone.reveal", result="ok").count() == 5
