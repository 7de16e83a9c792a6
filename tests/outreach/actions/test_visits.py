"""没人在家 and its undo: a log that says nothing may go again, on its day, by its author."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from outreach.actions.log_outcome import AlreadyLogged, Answers, TakenBack, log_outcome
from outreach.actions.visits import CannotTakeBack, log_nobody_home, take_back_visit
from outreach.models import Channel, ContactLog, Lead, Stage
from tests.cast import Cast, make_lead
from trust.models import AuditEvent


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang)


def logs() -> Any:
    return ContactLog.objects.unscoped("test")


def visit(cast: Cast, lead: Lead) -> ContactLog:
    return log_nobody_home(lead=lead, by=cast.wang, log_uuid=uuid4())


def test_a_visit_is_an_attempt_and_reaches_nobody(cast: Cast, lead: Lead) -> None:
    log = visit(cast, lead)
    assert (log.channel, log.person, log.is_contact, log.outcome) == ("visit", "", False, "")
    lead.refresh_from_db()
    assert lead.last_attempt_at == log.started_at and lead.stage == Stage.TO_CONTACT


def test_a_double_tap_is_one_visit(cast: Cast, lead: Lead) -> None:
    key = uuid4()
    first = log_nobody_home(lead=lead, by=cast.wang, log_uuid=key)
    assert log_nobody_home(lead=lead, by=cast.wang, log_uuid=key) == first
    assert logs().count() == 1
    with pytest.raises(PermissionDenied):
        log_nobody_home(lead=make_lead(cast, holder=cast.wang), by=cast.wang, log_uuid=key)
    with pytest.raises(PermissionDenied):
        log_nobody_home(lead=lead, by=cast.li, log_uuid=uuid4())


def test_taken_back_the_customer_stands_as_before(cast: Cast, lead: Lead) -> None:
    before = log_outcome(
        log_uuid=uuid4(),
        by=cast.wang,
        answers=Answers(person="self", outcome="considering"),
        lead=lead,
        channel=Channel.WALK_IN,
    )
    log = visit(cast, lead)
    take_back_visit(log=log, by=cast.wang)
    assert list(logs()) == [before]
    lead.refresh_from_db()
    assert lead.last_attempt_at == before.started_at and lead.stage == Stage.CONTACTED
    event = AuditEvent.objects.get(action="lead.take_back_visit")
    assert event.target == f"lead:{lead.pk}" and event.detail["log"] == str(log.uuid)
    take_back_visit(log=log, by=cast.wang)  # a second tap
    assert AuditEvent.objects.filter(action="lead.take_back_visit").count() == 1


def test_only_its_author(cast: Cast, lead: Lead) -> None:
    log = visit(cast, lead)
    for other in (cast.li, cast.zhao):
        with pytest.raises(PermissionDenied):
            take_back_visit(log=log, by=other)
    assert logs().count() == 1


def test_only_today(cast: Cast, lead: Lead) -> None:
    log = visit(cast, lead)
    logs().update(started_at=timezone.now() - timedelta(days=1))
    with pytest.raises(CannotTakeBack, match="今天"):
        take_back_visit(log=log, by=cast.wang)


def test_not_once_something_was_logged_since(cast: Cast, lead: Lead) -> None:
    log = visit(cast, lead)
    since = {"channel": Channel.HQ_SMS, "started_at": timezone.now()}
    ContactLog.objects.create(uuid=uuid4(), lead=lead, staff=None, **since)
    with pytest.raises(CannotTakeBack, match="新的联系记录"):
        take_back_visit(log=log, by=cast.wang)
    assert logs().count() == 2


@pytest.mark.parametrize(
    "said",
    [
        {"person": "self", "is_contact": True, "outcome": "considering"},
        {"note": "狗很凶"},
        {"edited_at": timezone.now()},
        {"channel": Channel.CALL, "call_state": "no_answer"},
        {"logged_at": None},
    ],
)
def test_what_says_anything_is_history(cast: Cast, lead: Lead, said: Any) -> None:
    log = visit(cast, lead)
    for name, value in said.items():
        setattr(log, name, value)
    log.save()
    with pytest.raises(CannotTakeBack):
        take_back_visit(log=log, by=cast.wang)
    assert logs().count() == 1


def test_a_visit_that_was_logged_again_with_an_outcome_is_told_apart(
    cast: Cast, lead: Lead
) -> None:
    log = visit(cast, lead)
    logs().filter(pk=log.pk).update(person="family")
    with pytest.raises(AlreadyLogged):
        log_nobody_home(lead=lead, by=cast.wang, log_uuid=log.uuid)


def test_taken_back_it_does_not_return_when_it_is_sent_again(cast: Cast, lead: Lead) -> None:
    log = visit(cast, lead)
    take_back_visit(log=log, by=cast.wang)
    with pytest.raises(TakenBack):
        log_nobody_home(lead=lead, by=cast.wang, log_uuid=log.uuid)
    assert not logs().exists()
    visit(cast, lead)  # another tap is another visit
    assert logs().count() == 1
