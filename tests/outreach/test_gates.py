"""The gates, at their boundaries. Times are Shanghai's."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from outreach.gates import GateRefusal, first_refusal, may_work, next_opening, purpose_of
from outreach.models import (
    Channel,
    ContactLog,
    Eligibility,
    Lead,
    Purpose,
    Refusal,
    RefusalSource,
    Stage,
    StageBasis,
)
from tests.cast import Cast, make_lead

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEN = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)


def at(hour: int, minute: int = 0, second: int = 0, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=SHANGHAI)


def held(cast: Cast, **fields: Any) -> Lead:
    lead = make_lead(cast, holder=cast.wang, **fields)
    lead.valid_to = TEN.date() + timedelta(days=60)
    lead.save()
    return lead


def log(lead: Lead, when: datetime, **fields: Any) -> ContactLog:
    fields = {"channel": Channel.CALL, "logged_at": when, "staff": lead.holder} | fields
    return ContactLog.objects.create(uuid=uuid4(), lead=lead, started_at=when, **fields)


def code(refusal: GateRefusal | None) -> str:
    return refusal.code if refusal else ""


def asked(cast: Cast, lead: Lead, when: datetime = TEN) -> GateRefusal | None:
    return first_refusal(lead, by=cast.wang, at=when)


def test_an_untouched_customer_may_be_called_by_day(cast: Cast) -> None:
    assert asked(cast, held(cast)) is None


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        (at(7, 59, 59), False),
        (at(8), True),
        (at(20, 29, 59), True),
        (at(20, 30), False),
        (at(23, 59, 59), False),
        (at(0), False),
    ],
)
def test_hours_open_at_eight_and_close_at_half_past_eight(
    cast: Cast, when: datetime, is_open: bool
) -> None:
    assert code(asked(cast, held(cast), when)) == ("" if is_open else "hours")


def test_the_hours_gate_says_when_it_opens(cast: Cast) -> None:
    lead = held(cast)
    assert asked(cast, lead, at(6)).until == at(8)  # type: ignore[union-attr]
    assert asked(cast, lead, at(20, 30)).until == at(8, day=25)  # type: ignore[union-attr]


def test_hours_are_a_setting(cast: Cast, settings: Any) -> None:
    settings.CALL_HOURS = "09:00-18:00"
    lead = held(cast)
    assert code(asked(cast, lead, at(8, 59))) == "hours"
    assert code(asked(cast, lead, at(9))) == ""
    assert code(asked(cast, lead, at(18))) == "hours"


def test_a_midday_ban_is_an_option(cast: Cast, settings: Any) -> None:
    lead = held(cast)
    assert asked(cast, lead, at(12, 30)) is None
    settings.CALL_MIDDAY_BAN = "12:00-14:00"
    assert code(asked(cast, lead, at(11, 59, 59))) == ""
    assert asked(cast, lead, at(12)).until == at(14)  # type: ignore[union-attr]
    assert code(asked(cast, lead, at(14))) == ""


def test_next_opening_of_an_open_moment_is_that_moment() -> None:
    assert next_opening(TEN) == TEN


@pytest.mark.parametrize(
    ("eligibility", "expected"),
    [
        (Eligibility.WITHDRAWN, "withdrawn"),
        (Eligibility.EXPIRED, "expired"),
        (Eligibility.REFUSED, "refused"),
        (Eligibility.CONTROL, "control"),
    ],
)
def test_who_may_not_be_marketed_to_is_not_called(
    cast: Cast, eligibility: Eligibility, expected: str
) -> None:
    assert code(asked(cast, held(cast, eligibility=eligibility))) == expected


def test_the_last_day_of_an_offer_counts(cast: Cast) -> None:
    lead = held(cast)
    lead.valid_to = TEN.date()
    assert asked(cast, lead, at(20)) is None
    assert code(asked(cast, lead, at(8, day=25))) == "expired"


def test_business_in_process_is_served_off_the_list_and_at_any_hour(cast: Cast) -> None:
    lead = held(
        cast,
        eligibility=Eligibility.WITHDRAWN,
        stage=Stage.APPLIED,
        stage_basis=StageBasis.CONFIRMED,
    )
    assert asked(cast, lead, at(23)) is None


def test_an_application_the_bank_has_not_confirmed_opens_no_gate(cast: Cast) -> None:
    reported = held(cast, stage=Stage.APPLIED, stage_basis=StageBasis.REPORTED)
    assert code(asked(cast, reported, at(23))) == "hours"
    reported.eligibility = Eligibility.WITHDRAWN
    assert code(asked(cast, reported)) == "withdrawn"


def test_a_refusal_stops_service_too(cast: Cast) -> None:
    lead = held(cast, stage=Stage.APPLIED)
    Refusal.objects.create(customer=lead.customer, source=RefusalSource.HQ)
    assert code(asked(cast, lead)) == "refused"


def test_a_refusal_the_customer_ended_stops_nothing(cast: Cast) -> None:
    lead = held(cast)
    Refusal.objects.create(customer=lead.customer, source=RefusalSource.CUSTOMER, ended_at=TEN)
    assert asked(cast, lead) is None


def test_one_conversation_a_day_until_midnight(cast: Cast) -> None:
    lead = held(cast)
    log(lead, at(8), is_contact=True)
    refusal = asked(cast, lead, at(20))
    assert code(refusal) == "conversations_day"
    assert refusal.until == at(8, day=25)  # type: ignore[union-attr]
    assert asked(cast, lead, at(8, day=25)) is None


def test_the_day_ends_at_midnight_in_shanghai_not_in_utc(cast: Cast, settings: Any) -> None:
    settings.CALL_HOURS = "00:00-23:59"
    lead = held(cast)
    log(lead, at(23, 50, day=23), is_contact=True)
    assert code(asked(cast, lead, at(23, 58, day=23))) == "conversations_day"
    assert asked(cast, lead, at(0)) is None
    log(lead, at(7), is_contact=True)  # the 24th in Shanghai, still the 23rd in UTC
    assert code(asked(cast, lead, at(9))) == "conversations_day"


def test_three_conversations_in_thirty_days(cast: Cast) -> None:
    lead = held(cast)
    for days in (30, 20, 10):
        log(lead, TEN - timedelta(days=days), is_contact=True)
    just_before = TEN - timedelta(seconds=1)
    refusal = asked(cast, lead, just_before)
    assert code(refusal) == "conversations_month"
    assert refusal.until == TEN  # type: ignore[union-attr]
    assert asked(cast, lead, TEN) is None


def test_three_unanswered_attempts_a_day(cast: Cast) -> None:
    lead = held(cast)
    for hour in (8, 9):
        log(lead, at(hour))
    assert asked(cast, lead) is None
    log(lead, at(9, 30))
    assert code(asked(cast, lead)) == "attempts_day"


def test_eight_unanswered_attempts_in_thirty_days(cast: Cast) -> None:
    lead = held(cast)
    for days in range(1, 9):
        log(lead, TEN - timedelta(days=days))
    refusal = asked(cast, lead)
    assert code(refusal) == "attempts_month"
    assert refusal.until == TEN + timedelta(days=22)  # type: ignore[union-attr]


def test_every_channel_counts_headquarters_included(cast: Cast) -> None:
    lead = held(cast)
    log(lead, at(8), channel=Channel.HQ_SMS, staff=None)
    log(lead, at(8, 30), channel=Channel.HQ_POPUP, staff=None)
    log(lead, at(9), channel=Channel.VISIT)
    assert code(asked(cast, lead)) == "attempts_day"
    other = held(cast)
    log(other, at(9), channel=Channel.HQ_AI_CALL, staff=None, is_contact=True)
    assert code(asked(cast, other)) == "conversations_day"


def test_a_customer_who_came_to_us_uses_up_nothing(cast: Cast) -> None:
    lead = held(cast)
    log(lead, at(8), channel=Channel.WALK_IN, is_contact=True)
    assert asked(cast, lead) is None


def test_caps_are_settings(cast: Cast, settings: Any) -> None:
    settings.CONVERSATIONS_PER_DAY = 2
    lead = held(cast)
    log(lead, at(8), is_contact=True)
    assert asked(cast, lead) is None


def test_a_colleague_in_contact_right_now(cast: Cast) -> None:
    lead = held(cast)
    log(lead, at(9, 50), staff=cast.li, logged_at=None)
    refusal = asked(cast, lead)
    assert code(refusal) == "collision"
    assert "李经理" in refusal.sentence  # type: ignore[union-attr]
    assert refusal.until == at(10, 5)  # type: ignore[union-attr]
    assert asked(cast, lead, at(10, 5)) is None


def test_headquarters_in_contact_right_now(cast: Cast) -> None:
    lead = held(cast)
    log(lead, at(9, 55), staff=None, channel=Channel.HQ_CALL, logged_at=None)
    assert code(asked(cast, lead)) == "collision"


def test_ones_own_open_attempt_is_no_collision(cast: Cast) -> None:
    lead = held(cast)
    log(lead, at(9, 55), logged_at=None)
    assert asked(cast, lead) is None


def test_a_colleague_who_has_logged_is_no_collision(cast: Cast) -> None:
    lead = held(cast)
    log(lead, at(9, 55), staff=cast.li)
    assert asked(cast, lead) is None


def test_an_agreed_follow_up_is_service_when_due_and_not_before(cast: Cast) -> None:
    lead = held(cast)
    log(lead, at(9, day=20), is_contact=True, follow_up_at=at(8))
    assert purpose_of(lead, at=at(7, 59)) == Purpose.MARKETING
    assert purpose_of(lead, at=at(8)) == Purpose.SERVICE
    assert asked(cast, lead, at(21)) is None
    assert purpose_of(lead, at=at(8, day=30) + timedelta(days=1)) == Purpose.MARKETING


def test_a_follow_up_nobody_agreed_to_is_marketing(cast: Cast) -> None:
    lead = held(cast)
    log(lead, at(9, day=20), call_state="no_answer", follow_up_at=at(8))
    assert purpose_of(lead, at=TEN) == Purpose.MARKETING


def test_an_agreed_follow_up_is_used_up_by_the_next_conversation(cast: Cast) -> None:
    lead = held(cast)
    log(lead, at(9, day=20), is_contact=True, follow_up_at=at(8))
    log(lead, at(8, 30), is_contact=True)
    assert purpose_of(lead, at=TEN) == Purpose.MARKETING
    assert code(asked(cast, lead)) == "conversations_day"


def test_calling_back_who_rang_is_service_for_a_day(cast: Cast) -> None:
    lead = held(cast)
    log(lead, at(9), channel=Channel.CALL_IN, is_contact=True)
    assert purpose_of(lead, at=at(22)) == Purpose.SERVICE
    assert purpose_of(lead, at=at(9, day=25)) == Purpose.MARKETING


def test_after_calling_back_it_is_marketing_again(cast: Cast) -> None:
    lead = held(cast)
    log(lead, at(9), channel=Channel.CALL_IN, is_contact=True)
    log(lead, at(9, 30), is_contact=True)
    assert purpose_of(lead, at=TEN) == Purpose.MARKETING


def test_who_may_work_a_lead(cast: Cast) -> None:
    mine, pool = held(cast), make_lead(cast)
    assert may_work(cast.wang, mine) and may_work(cast.wang, pool)
    assert not may_work(cast.li, mine)
    assert not may_work(cast.zhao, mine) and not may_work(cast.zhao, pool)


def test_an_agreement_at_the_end_of_time_is_not_due(cast: Cast) -> None:
    """As an old row may hold it: the card must open all the same."""
    lead = make_lead(cast, holder=cast.wang)
    end = datetime(9999, 12, 31, tzinfo=UTC)
    ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=cast.wang, channel="call", is_contact=True,
        started_at=timezone.now() - timedelta(days=1), follow_up_at=end,
    )  # fmt: skip
    assert purpose_of(lead, at=timezone.now()) == Purpose.MARKETING
