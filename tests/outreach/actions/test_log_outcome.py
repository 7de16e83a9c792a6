"""Outcomes: exactly once, and the lead moves forward only."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from outreach.actions.log_outcome import AlreadyLogged, Answers, log_outcome
from outreach.models import (
    Channel,
    ContactLog,
    Eligibility,
    Lead,
    Refusal,
    Stage,
    StageBasis,
)
from tests.cast import Cast, make_lead
from trust.models import AuditEvent
from whitelist.models import LoanStep, Offer

SPOKE = {"call_state": "connected", "person": "self"}
NO_ANSWER = Answers(call_state="no_answer")


def attempt(lead: Lead, staff: Any, minutes_ago: int = 3) -> ContactLog:
    return ContactLog.objects.create(
        uuid=uuid4(),
        lead=lead,
        staff=staff,
        channel=Channel.CALL,
        started_at=timezone.now() - timedelta(minutes=minutes_ago),
    )


def log_call(cast: Cast, lead: Lead, **said: Any) -> ContactLog:
    begun = attempt(lead, cast.wang)
    log = log_outcome(log_uuid=begun.uuid, by=cast.wang, answers=Answers(**said))
    lead.refresh_from_db()
    return log


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang)


def test_an_unanswered_call_is_an_attempt_and_moves_nothing(cast: Cast, lead: Lead) -> None:
    log = log_call(cast, lead, call_state="no_answer")
    assert log.logged_at and not log.is_contact
    assert lead.stage == Stage.TO_CONTACT
    assert lead.last_attempt_at == log.started_at and lead.last_contact_at is None


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [
        ("considering", Stage.CONTACTED),
        ("wechat_added", Stage.CONTACTED),
        ("after_season", Stage.CONTACTED),
        ("interested", Stage.INTERESTED),
        ("applied", Stage.APPLIED),
        ("not_interested", Stage.NOT_INTERESTED),
    ],
)
def test_a_conversation_moves_the_stage(cast: Cast, lead: Lead, outcome: str, stage: Stage) -> None:
    log = log_call(cast, lead, **SPOKE, outcome=outcome)
    assert log.is_contact
    assert lead.stage == stage and lead.stage_basis == StageBasis.REPORTED
    assert lead.last_contact_at == log.started_at


@pytest.mark.parametrize(
    ("before", "outcome", "after"),
    [
        ("interested", "considering", Stage.INTERESTED),
        ("applied", "interested", Stage.APPLIED),
        ("applied", "not_interested", Stage.APPLIED),
        ("not_interested", "interested", Stage.INTERESTED),
        ("not_interested", "considering", Stage.NOT_INTERESTED),
        ("interested", "not_interested", Stage.NOT_INTERESTED),
    ],
)
def test_the_stage_goes_forward_only(
    cast: Cast, lead: Lead, before: str, outcome: str, after: Stage
) -> None:
    log_call(cast, lead, **SPOKE, outcome=before)
    log_call(cast, lead, **SPOKE, outcome=outcome)
    assert lead.stage == after and lead.stage_basis == StageBasis.REPORTED


@pytest.mark.parametrize(
    ("step", "outcome", "stage"),
    [
        (LoanStep.APPLIED, "interested", Stage.APPLIED),
        (LoanStep.APPROVED, "applied", Stage.APPROVED),
        (LoanStep.DRAWN, "not_interested", Stage.DRAWN),
    ],
)
def test_nobody_talks_past_what_the_loan_system_confirms(
    cast: Cast, lead: Lead, step: str, outcome: str, stage: Stage
) -> None:
    Offer.objects.unscoped("test").update(loan_step=step)
    log_call(cast, lead, **SPOKE, outcome=outcome)
    assert lead.stage == stage and lead.stage_basis == StageBasis.CONFIRMED


@pytest.mark.parametrize("person", ["family", "wrong_person", "away"])
def test_only_the_person_themselves_is_a_contact(cast: Cast, lead: Lead, person: str) -> None:
    log = log_call(cast, lead, call_state="connected", person=person)
    assert not log.is_contact and lead.stage == Stage.TO_CONTACT


@pytest.mark.parametrize("channel", ["visit", "walk_in", "call_in", "wechat"])
def test_a_log_without_a_call_begins_with_its_outcome(cast: Cast, lead: Lead, channel: str) -> None:
    uuid = uuid4()
    answers = Answers(person="self", outcome="interested")
    log = log_outcome(log_uuid=uuid, by=cast.wang, answers=answers, lead=lead, channel=channel)
    lead.refresh_from_db()
    assert log.uuid == uuid and log.is_contact and log.staff == cast.wang
    assert lead.stage == Stage.INTERESTED


def test_the_same_content_again_is_accepted_once(cast: Cast, lead: Lead) -> None:
    begun = attempt(lead, cast.wang)
    answers = Answers(**SPOKE, outcome="interested", steps=["explained"], note="周末在家")
    first = log_outcome(log_uuid=begun.uuid, by=cast.wang, answers=answers)
    again = log_outcome(log_uuid=begun.uuid, by=cast.wang, answers=answers)
    assert again.logged_at == first.logged_at
    assert AuditEvent.objects.filter(action="lead.log").count() == 1


def test_other_content_is_refused_and_what_stands_is_told(cast: Cast, lead: Lead) -> None:
    begun = attempt(lead, cast.wang)
    log_outcome(log_uuid=begun.uuid, by=cast.wang, answers=NO_ANSWER)
    with pytest.raises(AlreadyLogged) as stands:
        log_outcome(log_uuid=begun.uuid, by=cast.wang, answers=Answers(call_state="busy"))
    assert stands.value.log.call_state == "no_answer"


def test_a_note_alone_makes_other_content(cast: Cast, lead: Lead) -> None:
    begun = attempt(lead, cast.wang)
    log_outcome(log_uuid=begun.uuid, by=cast.wang, answers=NO_ANSWER)
    with pytest.raises(AlreadyLogged):
        log_outcome(
            log_uuid=begun.uuid, by=cast.wang, answers=Answers(call_state="no_answer", note="改")
        )


def test_nobody_logs_for_a_colleague(cast: Cast, lead: Lead) -> None:
    begun = attempt(lead, cast.wang)
    with pytest.raises(PermissionDenied):
        log_outcome(log_uuid=begun.uuid, by=cast.li, answers=NO_ANSWER)
    begun.refresh_from_db()
    assert begun.logged_at is None


def test_nobody_begins_a_log_for_a_colleagues_customer(cast: Cast, lead: Lead) -> None:
    with pytest.raises(PermissionDenied):
        log_outcome(
            log_uuid=uuid4(), by=cast.li, answers=Answers(person="self"), lead=lead, channel="visit"
        )


def test_an_unknown_uuid_without_a_lead_is_nothing(cast: Cast) -> None:
    with pytest.raises(ContactLog.DoesNotExist):
        log_outcome(log_uuid=uuid4(), by=cast.wang, answers=NO_ANSWER)


def test_work_is_not_lost_when_the_customer_was_taken_away_meanwhile(
    cast: Cast, lead: Lead
) -> None:
    begun = attempt(lead, cast.wang)
    Lead.objects.unscoped("test").update(holder=cast.li, eligibility=Eligibility.WITHDRAWN)
    log_outcome(log_uuid=begun.uuid, by=cast.wang, answers=Answers(**SPOKE, outcome="interested"))
    lead.refresh_from_db()
    assert lead.stage == Stage.INTERESTED and lead.holder == cast.li


def test_a_refusal_closes_every_channel(cast: Cast, lead: Lead) -> None:
    log = log_call(cast, lead, **SPOKE, outcome="refused")
    refusal = Refusal.objects.get(customer=lead.customer)
    assert refusal.contact_log == log and refusal.by == cast.wang and refusal.ended_at is None
    assert lead.eligibility == Eligibility.REFUSED and lead.stage == Stage.NOT_INTERESTED


def test_a_second_refusal_finds_the_first(cast: Cast, lead: Lead) -> None:
    log_call(cast, lead, **SPOKE, outcome="refused")
    log_call(cast, lead, call_state="connected", person="family", outcome="refused")
    assert Refusal.objects.count() == 1


def test_who_has_died_is_not_rung_again(cast: Cast, lead: Lead) -> None:
    log_call(cast, lead, call_state="connected", person="deceased")
    assert lead.eligibility == Eligibility.REFUSED
    assert AuditEvent.objects.get(action="customer.refused").result == "deceased"


def test_a_follow_up_is_kept_by_an_unanswered_call_and_ended_by_a_talk(
    cast: Cast, lead: Lead
) -> None:
    agreed = timezone.now() + timedelta(days=3)
    log_call(cast, lead, **SPOKE, outcome="considering", follow_up_at=agreed)
    assert lead.follow_up_at == agreed
    log_call(cast, lead, call_state="no_answer")
    assert lead.follow_up_at == agreed
    log_call(cast, lead, **SPOKE, outcome="interested")
    assert lead.follow_up_at is None


def test_an_old_attempt_logged_late_does_not_undo_a_newer_follow_up(cast: Cast, lead: Lead) -> None:
    old = attempt(lead, cast.wang, minutes_ago=600)
    agreed = timezone.now() + timedelta(days=3)
    newer = log_call(cast, lead, **SPOKE, outcome="considering", follow_up_at=agreed)
    log_outcome(log_uuid=old.uuid, by=cast.wang, answers=Answers(**SPOKE, outcome="considering"))
    lead.refresh_from_db()
    assert lead.follow_up_at == agreed and lead.last_contact_at == newer.started_at


def test_another_system_reports_headquarters_contact_once(cast: Cast, lead: Lead) -> None:
    uuid, answers = uuid4(), Answers(call_state="connected", person="self", outcome="interested")
    report = {
        "log_uuid": uuid,
        "by": cast.system,
        "answers": answers,
        "lead": lead,
        "channel": Channel.HQ_AI_CALL,
        "started_at": timezone.now() - timedelta(hours=1),
        "source": "api",
    }
    log_outcome(**report)  # type: ignore[arg-type]
    log = log_outcome(**report)  # type: ignore[arg-type]
    assert log.staff is None and log.source == "api" and log.is_contact
    assert ContactLog.objects.unscoped("test").count() == 1


def test_notes_and_needs_are_sealed(cast: Cast, lead: Lead) -> None:
    from django.db import connection

    log_call(cast, lead, **SPOKE, outcome="interested", note="周末在家", business="大棚黄瓜")
    with connection.cursor() as cursor:
        cursor.execute("SELECT note, business FROM outreach_contactlog")
        row = cursor.fetchone()
    assert "周末".encode() not in bytes(row[0]) and "黄瓜".encode() not in bytes(row[1])
