"""Beginning a call: what it writes down, and that two callers never both get through."""

import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection

from outreach.actions.call import Placed, call, cancel_call
from outreach.gates import GateRefusal
from outreach.models import ContactLog, Lead, Purpose, Stage, StageBasis
from outreach.numbers import Number
from tests.cast import Cast, make_cast, make_lead
from trust.models import AuditEvent

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def by_day() -> Any:
    with time_machine.travel(TEN, tick=False) as traveller:
        yield traveller


def place(lead: Lead, by: Any, **more: Any) -> Placed | GateRefusal:
    return call(lead=lead, by=by, log_uuid=more.pop("log_uuid", uuid4()), **more)


def logs(lead: Lead) -> Any:
    return ContactLog.objects.unscoped("test").filter(lead=lead)


def test_an_attempt_is_written_before_the_number_is_handed_out(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang, phone="16900001234")
    placed = place(lead, cast.wang)
    assert isinstance(placed, Placed) and placed.number == "16900001234"
    log = logs(lead).get()
    assert log.staff == cast.wang and log.logged_at is None and log.channel == "call"
    assert log.purpose == Purpose.MARKETING and log.started_at == TEN
    lead.refresh_from_db()
    assert lead.last_attempt_at == TEN and lead.stage == Stage.TO_CONTACT


def test_call_and_reveal_are_audited_without_the_number(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang, phone="16900001234")
    place(lead, cast.wang)
    events = AuditEvent.objects.filter(target=f"lead:{lead.pk}")
    assert set(events.values_list("action", "result")) == {
        ("lead.call", "ok"),
        ("phone.reveal", "ok"),
    }
    assert "1690000" not in str(list(events.values()))


def test_a_platform_that_dials_reveals_nothing(cast: Cast, settings: Any) -> None:
    settings.CALL_GATEWAY = "http"
    place(make_lead(cast, holder=cast.wang), cast.wang)
    assert not AuditEvent.objects.filter(action="phone.reveal").exists()


def test_a_closed_gate_is_audited_and_leaves_no_attempt(cast: Cast, by_day: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    by_day.move_to(TEN.replace(hour=22))
    refusal = place(lead, cast.wang)
    assert isinstance(refusal, GateRefusal) and refusal.code == "hours"
    assert not logs(lead).exists()
    assert AuditEvent.objects.get(action="lead.call").result == "hours"
    assert not AuditEvent.objects.filter(action="phone.reveal").exists()


def test_the_server_decides_that_it_is_service(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang, stage=Stage.APPLIED, stage_basis=StageBasis.CONFIRMED)
    placed = place(lead, cast.wang)
    assert isinstance(placed, Placed) and placed.log.purpose == Purpose.SERVICE


def test_the_same_uuid_is_the_same_attempt_for_two_minutes(cast: Cast, by_day: Any) -> None:
    lead, uuid = make_lead(cast, holder=cast.wang), uuid4()
    place(lead, cast.wang, log_uuid=uuid)
    by_day.shift(timedelta(seconds=119))
    assert isinstance(place(lead, cast.wang, log_uuid=uuid), Placed)
    assert logs(lead).count() == 1
    assert AuditEvent.objects.filter(action="phone.reveal").count() == 2
    by_day.shift(timedelta(seconds=1))
    late = place(lead, cast.wang, log_uuid=uuid)
    assert isinstance(late, GateRefusal) and late.code == "used"


def test_the_uuid_of_another_lead_or_person_is_refused(cast: Cast) -> None:
    uuid, pool = uuid4(), make_lead(cast)
    place(make_lead(cast, holder=cast.wang), cast.wang, log_uuid=uuid)
    for who in (cast.wang, cast.li):
        again = place(pool, who, log_uuid=uuid)
        assert isinstance(again, GateRefusal) and again.code == "used"


def test_only_the_holder_or_for_the_pool_a_manager(cast: Cast) -> None:
    held, pool = make_lead(cast, holder=cast.wang), make_lead(cast)
    with pytest.raises(PermissionDenied):
        place(held, cast.li)
    with pytest.raises(PermissionDenied):
        place(pool, cast.zhao)
    assert isinstance(place(pool, cast.li), Placed)
    pool.refresh_from_db()
    assert pool.holder is None


def test_the_second_caller_of_a_pool_lead_is_told_who_is_calling(cast: Cast) -> None:
    pool = make_lead(cast)
    place(pool, cast.wang)
    second = place(pool, cast.li)
    assert isinstance(second, GateRefusal) and second.code == "collision"
    assert "王经理" in second.sentence


def test_the_spare_number_is_dialled_when_asked_for(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    none = place(lead, cast.wang, which=Number.SPARE)
    assert isinstance(none, GateRefusal) and none.code == "no_number"
    lead.customer.phone2 = "16000009999"
    lead.customer.save()
    placed = place(lead, cast.wang, which=Number.SPARE)
    assert isinstance(placed, Placed) and placed.number == "16000009999"


def test_a_call_that_was_not_dialled_leaves_no_attempt(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    placed = place(lead, cast.wang)
    assert isinstance(placed, Placed)
    cancel_call(log=placed.log, by=cast.li)
    assert logs(lead).count() == 1
    cancel_call(log=placed.log, by=cast.wang)
    assert not logs(lead).exists()
    assert AuditEvent.objects.filter(action="lead.call_not_dialled").exists()


def at_once(lead: Lead, *callers: tuple[Any, UUID]) -> list[Any]:
    """Let each (staff, UUID) call the lead at the same moment, each on their own connection."""
    ready, answers = threading.Barrier(len(callers)), []

    def begin(staff: Any, uuid: UUID) -> None:
        mine = Lead.objects.unscoped("test").get(pk=lead.pk)
        ready.wait()
        try:
            answers.append(place(mine, staff, log_uuid=uuid))
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=caller) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_get_one_call(by_day: Any) -> None:
    """Ten rounds on real transactions: each time exactly one attempt, one collision."""
    cast = make_cast()
    for _round in range(10):
        lead = make_lead(cast)
        answers = at_once(lead, (cast.wang, uuid4()), (cast.li, uuid4()))
        refusals = [answer.code for answer in answers if isinstance(answer, GateRefusal)]
        assert refusals == ["collision"] and len(answers) == 2
        assert logs(lead).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_request_sent_twice_at_once_is_one_attempt(by_day: Any) -> None:
    cast = make_cast()
    for _round in range(10):
        lead, uuid = make_lead(cast, holder=cast.wang), uuid4()
        answers = at_once(lead, (cast.wang, uuid), (cast.wang, uuid))
        assert [type(answer) for answer in answers] == [Placed, Placed]
        assert logs(lead).count() == 1
