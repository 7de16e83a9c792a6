"""Once a customer's data was deleted, nothing that is written later brings any of it back."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from outreach.actions.correct_log import correct_log
from outreach.actions.erase_customer import erase_customer
from outreach.actions.log_outcome import Answers, CustomerErased, log_outcome
from outreach.models import Channel, ContactLog, ContactLogVersion, Lead
from tests.cast import Cast, make_lead

CODES = {"call_state": "connected", "person": "self", "outcome": "considering"}
NOTHING: dict[str, Any] = {
    **dict.fromkeys(("need_purpose", "business", "season", "note", "need_time"), ""),
    "need_amount": None,
    "follow_up_at": None,
}


def said() -> Answers:
    return Answers(
        **CODES, steps=["explained"], need_amount=80_000, need_time="now", need_purpose="换棚膜",
        business="大棚四亩", season="黄瓜换茬", note="金丝雀",
        follow_up_at=timezone.now() + timedelta(days=2),
    )  # fmt: skip


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang)


def attempt(cast: Cast, lead: Lead) -> ContactLog:
    return ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=cast.wang, channel=Channel.CALL, started_at=timezone.now()
    )


def erase(lead: Lead) -> None:
    erase_customer(customer=lead.customer, by=None, reason="客户书面要求")


def test_an_attempt_that_waited_keeps_codes_alone(cast: Cast, lead: Lead) -> None:
    waiting = attempt(cast, lead)
    erase(lead)
    log_outcome(log_uuid=waiting.uuid, by=cast.wang, answers=said())
    waiting.refresh_from_db()
    assert {name: getattr(waiting, name) for name in NOTHING} == NOTHING
    assert (waiting.outcome, waiting.steps) == ("considering", ["explained"])
    lead.refresh_from_db()
    assert lead.follow_up_at is None
    again = log_outcome(log_uuid=waiting.uuid, by=cast.wang, answers=said())  # the answer was lost
    assert again == waiting


def test_a_correction_keeps_codes_alone(cast: Cast, lead: Lead) -> None:
    log = log_outcome(log_uuid=attempt(cast, lead).uuid, by=cast.wang, answers=said())
    erase(lead)
    changed = Answers(call_state="connected", person="family", note="金丝雀的儿子")
    correct_log(log=log, by=cast.wang, answers=changed)
    log.refresh_from_db()
    assert {name: getattr(log, name) for name in NOTHING} == NOTHING
    assert log.person == "family"
    assert "金丝雀" not in ContactLogVersion.objects.get().content


def test_another_system_is_told_no(cast: Cast, lead: Lead) -> None:
    erase(lead)
    with pytest.raises(CustomerErased):
        log_outcome(
            log_uuid=uuid4(), by=cast.system, answers=said(), lead=lead, channel=Channel.HQ_CALL
        )
    assert not ContactLog.objects.unscoped("test").exists()
