"""更正 by the field: whose it is to say, which number is dialled, what a call finds out."""

from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from outreach.actions.call import Placed, call
from outreach.actions.correct_customer import state_correction, state_fault
from outreach.actions.decide_correction import adopt_correction
from outreach.actions.log_outcome import Answers, log_outcome
from outreach.gates import GateRefusal
from outreach.models import ContactLog, Lead
from outreach.numbers import Number
from tests.cast import Cast, make_lead
from trust.cipher import keyed_index
from trust.models import AuditEvent
from whitelist.actions.corrections import take_back_correction
from whitelist.models import Correction, CorrectionField, Customer, PhoneFault

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
OLD, NEW, SPARE = "16900001111", "16900002222", "16900003333"
NO_SUCH_NUMBER = Answers(call_state="no_such_number")


@pytest.fixture(autouse=True)
def by_day() -> Any:
    with time_machine.travel(TEN, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang, phone=OLD)


def state(lead: Lead, by: Any, field: str = CorrectionField.PHONE, text: str = NEW) -> Correction:
    return state_correction(lead=lead, field=field, text=text, by=by)


def place(lead: Lead, by: Any, which: Number = Number.MAIN) -> Placed | GateRefusal:
    lead = Lead.objects.unscoped("test").get(pk=lead.pk)
    return call(lead=lead, by=by, log_uuid=uuid4(), which=which)


def dialled(lead: Lead, by: Any, which: Number = Number.MAIN) -> ContactLog:
    placed = place(lead, by, which)
    assert isinstance(placed, Placed)
    return placed.log


def fault_of(lead: Lead) -> str:
    return Customer.objects.unscoped("test").get(pk=lead.customer_id).phone_fault


def spare(lead: Lead) -> None:
    lead.customer.phone2 = SPARE
    lead.customer.save()


def test_only_who_works_the_customer_corrects(cast: Cast, lead: Lead) -> None:
    for other in (cast.li, cast.zhao, cast.feng):
        with pytest.raises(PermissionDenied):
            state(lead, other)
        with pytest.raises(PermissionDenied):
            state_fault(lead=lead, fault=PhoneFault.NO_SUCH_NUMBER, by=other)
    pool = make_lead(cast, phone="16900004444")
    assert state(pool, cast.li).value == NEW


def test_a_guess_that_is_right_leaves_a_trace(cast: Cast, lead: Lead, as_: Any) -> None:
    """The number is masked on screen: "the same as the present one" says what it is."""
    spare(lead)
    wang = as_(cast.wang)
    address = f"/leads/{lead.pk}/correct/phone/"
    for number in (OLD, SPARE):
        assert wang.post(address, {"field": "phone", "value": number}).status_code == 422
    events = AuditEvent.objects.filter(action="correction.same", actor_id=cast.wang.pk)
    assert [each.target for each in events] == [f"lead:{lead.pk}"] * 2
    assert {each.detail["field"] for each in events} == {"phone"}
    assert OLD not in str(list(events.values())) and SPARE not in str(list(events.values()))
    assert wang.post(address, {"field": "phone", "value": "12"}).status_code == 422
    assert events.count() == 2


def test_the_number_that_waits_can_be_dialled_and_is_a_reveal(cast: Cast, lead: Lead) -> None:
    nothing = place(lead, cast.wang, Number.NEW)
    assert isinstance(nothing, GateRefusal) and nothing.code == "no_number"
    correction = state(lead, cast.wang)
    placed = place(lead, cast.wang, Number.NEW)
    assert isinstance(placed, Placed) and placed.number == NEW
    assert placed.log.dialled_index == keyed_index("phone", NEW)
    event = AuditEvent.objects.get(action="phone.reveal")
    assert event.detail["number"] == "new" and NEW not in str(event.detail)
    take_back_correction(correction=correction, by=cast.wang)
    gone = place(lead, cast.wang, Number.NEW)
    assert isinstance(gone, GateRefusal) and "审核或撤回" in gone.sentence


def test_the_gates_hold_for_every_number(cast: Cast, lead: Lead, by_day: Any) -> None:
    state(lead, cast.wang)
    by_day.move_to(TEN.replace(hour=22))
    refused = place(lead, cast.wang, Number.NEW)
    assert isinstance(refused, GateRefusal) and refused.code == "hours"


def test_asking_again_for_another_number_is_another_call(cast: Cast, lead: Lead) -> None:
    spare(lead)
    uuid = uuid4()
    call(lead=lead, by=cast.wang, log_uuid=uuid)
    again = call(lead=lead, by=cast.wang, log_uuid=uuid, which=Number.SPARE)
    assert isinstance(again, GateRefusal) and again.code == "used"


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        (NO_SUCH_NUMBER, PhoneFault.NO_SUCH_NUMBER),
        (Answers(call_state="connected", person="wrong_person"), PhoneFault.WRONG_PERSON),
        (Answers(call_state="no_answer"), ""),
    ],
)
def test_a_call_to_the_number_on_record_finds_out(
    cast: Cast, lead: Lead, answers: Answers, fault: str
) -> None:
    log_outcome(log_uuid=dialled(lead, cast.wang).uuid, by=cast.wang, answers=answers)
    assert fault_of(lead) == fault


def test_a_call_to_another_number_says_nothing_about_it(cast: Cast, lead: Lead) -> None:
    spare(lead)
    log = dialled(lead, cast.wang, Number.SPARE)
    log_outcome(log_uuid=log.uuid, by=cast.wang, answers=NO_SUCH_NUMBER)
    assert fault_of(lead) == ""


def test_nor_does_a_call_to_a_number_that_was_replaced_since(cast: Cast, lead: Lead) -> None:
    log = dialled(lead, cast.wang)
    adopt_correction(correction=state(lead, cast.wang), by=cast.feng)
    log_outcome(log_uuid=log.uuid, by=cast.wang, answers=NO_SUCH_NUMBER)
    assert fault_of(lead) == ""


def test_a_new_number_adopted_meanwhile_may_be_found_out(cast: Cast, lead: Lead) -> None:
    correction = state(lead, cast.wang)
    log = dialled(lead, cast.wang, Number.NEW)
    adopt_correction(correction=correction, by=cast.feng)
    log_outcome(log_uuid=log.uuid, by=cast.wang, answers=NO_SUCH_NUMBER)
    assert fault_of(lead) == PhoneFault.NO_SUCH_NUMBER


def test_what_another_system_dialled_is_not_known(cast: Cast, lead: Lead) -> None:
    log_outcome(
        log_uuid=uuid4(),
        by=cast.system,
        answers=NO_SUCH_NUMBER,
        lead=lead,
        channel="call",
        staff=cast.wang,
    )
    assert fault_of(lead) == ""


def test_a_faulty_number_is_dialled_no_more_until_it_is_all_right(cast: Cast, lead: Lead) -> None:
    spare(lead)
    state_fault(lead=lead, fault=PhoneFault.NO_SUCH_NUMBER, by=cast.wang)
    refused = place(lead, cast.wang)
    assert isinstance(refused, GateRefusal) and refused.code == "faulty_number"
    assert "空号" in refused.sentence
    assert not AuditEvent.objects.filter(action="phone.reveal").exists()
    assert isinstance(place(lead, cast.wang, Number.SPARE), Placed)
    state_fault(lead=lead, fault="", by=cast.wang)
    assert isinstance(place(lead, cast.wang), Placed)
    results = AuditEvent.objects.filter(action="customer.phone_fault").order_by("pk")
    assert list(results.values_list("result", flat=True)) == ["no_such_number", "ok"]


def test_a_fault_of_a_number_that_is_another_by_now_is_not_taken(cast: Cast, lead: Lead) -> None:
    adopt_correction(correction=state(lead, cast.wang), by=cast.feng)
    assert lead.customer.phone == OLD  # as the page was opened
    assert not state_fault(lead=lead, fault=PhoneFault.NO_SUCH_NUMBER, by=cast.wang)
    assert fault_of(lead) == ""
