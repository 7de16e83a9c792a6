"""更正: the same day, by the author; what a slip had moved moves back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from outreach.actions.correct_log import TooLate, correct_log
from outreach.actions.log_outcome import AlreadyLogged, Answers, log_outcome
from outreach.actions.reopen import AskedBy, reopen
from outreach.actions.visits import CannotTakeBack, log_nobody_home, take_back_visit
from outreach.models import (
    Assignment,
    Channel,
    ContactLog,
    ContactLogVersion,
    Eligibility,
    Lead,
    Refusal,
    RefusalSource,
    Stage,
)
from tests.cast import Cast, make_cast, make_lead
from tests.outreach.test_one_winner import at_once
from trust.models import AuditEvent
from whitelist.models import Customer, Offer, PhoneFault

INTERESTED = Answers(call_state="connected", person="self", outcome="interested")
REFUSED = Answers(call_state="connected", person="self", outcome="refused")
DECEASED = Answers(call_state="connected", person="deceased")
NO_ANSWER = Answers(call_state="no_answer")


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang)


def logged(cast: Cast, lead: Lead, answers: Answers, staff: Any = None) -> ContactLog:
    staff = staff or cast.wang
    begun = ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=staff, channel=Channel.CALL, started_at=timezone.now()
    )
    return log_outcome(log_uuid=begun.uuid, by=staff, answers=answers)


def correct(cast: Cast, log: ContactLog, answers: Answers, **more: Any) -> ContactLog:
    corrected = correct_log(log=log, by=cast.wang, answers=answers, **more)
    corrected.lead.refresh_from_db()
    return corrected


def offers() -> Any:
    return Offer.objects.unscoped("test")


def test_the_log_says_the_new_and_keeps_the_old(cast: Cast, lead: Lead) -> None:
    agreed = timezone.now().replace(microsecond=0) + timedelta(days=2)
    first = Answers(
        call_state="connected",
        person="self",
        outcome="not_interested",
        need_amount=200_000,
        note="听错了",
        follow_up_at=agreed,
    )
    log = correct(cast, logged(cast, lead, first), INTERESTED)
    assert log.outcome == "interested" and log.note == "" and log.edited_at
    was = ContactLogVersion.objects.get(log=log).said
    assert was.outcome == "not_interested" and was.note == "听错了"
    assert was.need_amount == 200_000 and was.follow_up_at == agreed
    assert AuditEvent.objects.get(action="lead.log_corrected").detail["log"] == str(log.uuid)


def test_what_stood_before_is_sealed(cast: Cast, lead: Lead) -> None:
    correct(cast, logged(cast, lead, Answers(call_state="no_answer", note="听错了")), INTERESTED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM outreach_contactlogversion")
        assert "听错了".encode() not in bytes(cursor.fetchone()[0])


def test_the_lead_goes_back_and_forward_with_it(cast: Cast, lead: Lead) -> None:
    agreed = timezone.now() + timedelta(days=2)
    said = Answers(call_state="connected", person="self", outcome="applied", follow_up_at=agreed)
    log = correct(cast, logged(cast, lead, said), NO_ANSWER)
    assert log.lead.stage == Stage.TO_CONTACT and not log.is_contact
    assert log.lead.follow_up_at is None and log.lead.last_contact_at is None
    log = correct(cast, log, INTERESTED)
    assert log.lead.stage == Stage.INTERESTED
    assert ContactLogVersion.objects.filter(log=log).count() == 2


def test_the_same_sent_twice_is_one_correction(cast: Cast, lead: Lead) -> None:
    log = correct(cast, logged(cast, lead, NO_ANSWER), INTERESTED)
    again = correct(cast, log, INTERESTED)
    assert again.edited_at == log.edited_at
    assert ContactLogVersion.objects.count() == 1
    assert AuditEvent.objects.filter(action="lead.log_corrected").count() == 1


def test_the_first_outcome_sent_again_late_does_not_undo_it(cast: Cast, lead: Lead) -> None:
    log = correct(cast, logged(cast, lead, NO_ANSWER), INTERESTED)
    with pytest.raises(AlreadyLogged):
        log_outcome(log_uuid=log.uuid, by=cast.wang, answers=NO_ANSWER)
    log.refresh_from_db()
    assert log.outcome == "interested"


def test_nobody_corrects_a_colleague(cast: Cast, lead: Lead) -> None:
    log = logged(cast, lead, NO_ANSWER)
    for other in (cast.li, cast.zhao, cast.system):
        with pytest.raises(PermissionDenied):
            correct_log(log=log, by=other, answers=INTERESTED)
    log.refresh_from_db()
    assert log.call_state == "no_answer" and log.edited_at is None


def test_an_attempt_without_outcome_is_logged_and_not_corrected(cast: Cast, lead: Lead) -> None:
    begun = ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=cast.wang, channel="call", started_at=timezone.now()
    )
    with pytest.raises(PermissionDenied):
        correct_log(log=begun, by=cast.wang, answers=INTERESTED)


def test_the_next_day_it_stands(cast: Cast, lead: Lead) -> None:
    with time_machine.travel("2026-11-24 23:58 +0800", tick=False) as clock:
        log = logged(cast, lead, NO_ANSWER)
        log = correct(cast, log, Answers(call_state="busy"))
        clock.move_to("2026-11-25 00:01 +0800")
        with pytest.raises(TooLate):
            correct_log(log=log, by=cast.wang, answers=INTERESTED)
    log.refresh_from_db()
    assert log.call_state == "busy"


def test_what_another_system_reported_is_not_ours_to_correct(cast: Cast, lead: Lead) -> None:
    log = logged(cast, lead, NO_ANSWER)
    ContactLog.objects.unscoped("test").update(source="api")
    with pytest.raises(TooLate):
        correct_log(log=log, by=cast.wang, answers=INTERESTED)


def test_the_way_of_contact_can_be_mended_but_not_into_a_call(cast: Cast, lead: Lead) -> None:
    answers = Answers(person="self", outcome="considering")
    uuid = uuid4()
    log = log_outcome(log_uuid=uuid, by=cast.wang, answers=answers, lead=lead, channel="walk_in")
    assert correct(cast, log, answers, channel="visit").channel == "visit"
    assert ContactLogVersion.objects.get().said.channel == "walk_in"
    call = logged(cast, lead, NO_ANSWER)
    assert correct(cast, call, INTERESTED, channel="visit").channel == "call"


@pytest.mark.parametrize("slip", [REFUSED, DECEASED])
def test_a_refusal_by_slip_is_taken_back(cast: Cast, lead: Lead, slip: Answers) -> None:
    log = correct(cast, logged(cast, lead, slip), INTERESTED)
    refusal = Refusal.objects.get()
    assert refusal.ended_at and refusal.ended_by == cast.wang and refusal.end_reason == "更正登记"
    assert log.lead.eligibility == Eligibility.YES and log.lead.stage == Stage.INTERESTED
    assert log.lead.holder == cast.wang
    assert Assignment.objects.get(lead=lead).ended_at is None
    assert AuditEvent.objects.filter(action="customer.refusal_ended").count() == 1


def test_a_correction_may_be_a_refusal(cast: Cast, lead: Lead) -> None:
    log = correct(cast, logged(cast, lead, INTERESTED), REFUSED)
    assert log.lead.eligibility == Eligibility.REFUSED
    assert Refusal.objects.get(ended_at=None).contact_log == log
    assert AuditEvent.objects.filter(action="customer.refused").count() == 1


def test_from_refused_to_deceased_stays_closed(cast: Cast, lead: Lead) -> None:
    log = correct(cast, logged(cast, lead, REFUSED), DECEASED)
    assert log.lead.eligibility == Eligibility.REFUSED
    assert Refusal.objects.get().ended_at is None


def test_a_refusal_somebody_else_made_stays(cast: Cast, lead: Lead) -> None:
    Refusal.objects.create(customer=lead.customer, source=RefusalSource.LIST)
    log = correct(cast, logged(cast, lead, REFUSED), INTERESTED)
    assert log.lead.eligibility == Eligibility.REFUSED
    assert Refusal.objects.get().ended_at is None


def test_said_again_by_another_the_refusal_becomes_theirs(cast: Cast, lead: Lead) -> None:
    slip = logged(cast, lead, REFUSED)
    second = logged(cast, lead, REFUSED, staff=cast.li)
    log = correct(cast, slip, INTERESTED)
    standing = Refusal.objects.get(ended_at=None)
    assert standing.contact_log == second and standing.by == cast.li
    assert log.lead.eligibility == Eligibility.REFUSED


@pytest.mark.parametrize(
    ("change", "eligibility", "is_held"),
    [
        ({"is_in_force": False}, Eligibility.WITHDRAWN, False),
        ({"valid_to": timezone.localdate() - timedelta(days=1)}, Eligibility.EXPIRED, False),
        ({"is_control": True}, Eligibility.CONTROL, True),
    ],
)
def test_taken_back_it_is_what_the_offers_say_by_now(
    cast: Cast, lead: Lead, change: dict[str, Any], eligibility: Eligibility, is_held: bool
) -> None:
    slip = logged(cast, lead, REFUSED)
    offers().update(**change)
    log = correct(cast, slip, INTERESTED)
    assert log.lead.eligibility == eligibility
    assert (log.lead.holder_id is not None) == is_held


def test_a_fault_of_the_number_goes_with_the_slip_that_made_it(cast: Cast, lead: Lead) -> None:
    dialled = lead.customer.phone_index
    log = logged(cast, lead, NO_ANSWER)
    ContactLog.objects.unscoped("test").filter(pk=log.pk).update(dialled_index=dialled)

    def fault() -> str:
        return str(Customer.objects.unscoped("test").get(pk=lead.customer_id).phone_fault)

    log = correct(cast, log, Answers(call_state="no_such_number"))
    assert fault() == PhoneFault.NO_SUCH_NUMBER
    correct(cast, log, NO_ANSWER)
    assert fault() == ""


def test_a_fault_that_others_found_stays(cast: Cast, lead: Lead) -> None:
    log = logged(cast, lead, NO_ANSWER)
    Customer.objects.unscoped("test").update(phone_fault=PhoneFault.WRONG_PERSON)
    correct(cast, log, Answers(call_state="busy"))
    customer = Customer.objects.unscoped("test").get(pk=lead.customer_id)
    assert customer.phone_fault == PhoneFault.WRONG_PERSON


def test_a_note_added_does_not_close_whom_a_reviewer_reopened_meanwhile(
    cast: Cast, lead: Lead
) -> None:
    log = logged(cast, lead, REFUSED)
    today = timezone.localdate()
    reopen(
        refusal=Refusal.objects.get(), by=cast.feng, asked_by=AskedBy.CALL, asked_on=today,
        reason="改主意了",
    )  # fmt: skip
    log = correct(cast, log, replace(REFUSED, note="下午又来电"))
    assert log.lead.eligibility == Eligibility.YES
    assert not Refusal.objects.filter(ended_at=None).exists()
    log = correct(cast, log, DECEASED)  # that is another word, and new
    assert log.lead.eligibility == Eligibility.REFUSED


def test_what_was_taken_back_meanwhile_is_not_corrected(cast: Cast, lead: Lead) -> None:
    log = log_nobody_home(lead=lead, by=cast.wang, log_uuid=uuid4())
    take_back_visit(log=log, by=cast.wang)
    with pytest.raises(ContactLog.DoesNotExist):
        correct_log(log=log, by=cast.wang, answers=INTERESTED)


@pytest.mark.django_db(transaction=True)
def test_correcting_and_taking_back_at_once_is_one_of_the_two(transactional_db: None) -> None:
    cast = make_cast()
    for _ in range(6):
        lead = make_lead(cast, holder=cast.wang)
        log = log_nobody_home(lead=lead, by=cast.wang, log_uuid=uuid4())
        met = Answers(person="self", outcome="considering")
        corrected, taken_back = at_once(
            [
                lambda log=log, met=met: correct_log(log=log, by=cast.wang, answers=met),
                lambda log=log: take_back_visit(log=log, by=cast.wang),
            ]
        )
        if ContactLog.objects.unscoped("test").filter(pk=log.pk).exists():
            assert isinstance(corrected, ContactLog) and isinstance(taken_back, CannotTakeBack)
        else:
            assert isinstance(corrected, ContactLog.DoesNotExist) and taken_back is None
