"""A lead follows from what is on record, in whatever order it was told."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from outreach.models import ContactLog, Lead, Stage, StageBasis
from outreach.standing import Standing, loan_step_of, restate_standing, standing_of
from tests.cast import Cast, make_lead
from whitelist.models import LoanResult, LoanStep, Offer

NOON = timezone.make_aware(datetime(2026, 11, 20, 12))


def log(minutes: int, *, staff: int | None = 1, logged: bool = True, **said: Any) -> ContactLog:
    """A log that is stored nowhere, so many minutes after noon."""
    at = NOON + timedelta(minutes=minutes)
    return ContactLog(
        pk=minutes + 10_000, staff_id=staff, started_at=at, logged_at=at if logged else None, **said
    )


def talk(minutes: int, outcome: str = "considering", **more: Any) -> ContactLog:
    return log(minutes, is_contact=True, person="self", outcome=outcome, **more)


def test_nothing_on_record_is_to_contact() -> None:
    assert standing_of([], []) == Standing()


def test_an_attempt_under_way_is_an_attempt_and_nothing_else() -> None:
    found = standing_of([log(5, logged=False, is_contact=True, outcome="applied")], [])
    assert found == Standing(last_attempt_at=NOON + timedelta(minutes=5))


def test_the_last_colleague_who_had_something_to_say_sets_the_follow_up() -> None:
    soon, later = NOON + timedelta(days=1), NOON + timedelta(days=9)
    agreed = talk(0, follow_up_at=soon)
    assert standing_of([agreed, log(5)], []).follow_up_at == soon  # nobody answered: it stands
    assert standing_of([agreed, talk(5, follow_up_at=later)], []).follow_up_at == later
    assert standing_of([agreed, talk(5)], []).follow_up_at is None


def test_headquarters_neither_makes_nor_ends_a_follow_up() -> None:
    soon = NOON + timedelta(days=1)
    theirs = talk(5, staff=None, channel="hq_ai_call")
    assert standing_of([talk(0, follow_up_at=soon), theirs], []).follow_up_at == soon


def test_high_intention_waits_until_a_colleague_has_spoken_to_them() -> None:
    keen = log(10, staff=None, intention="high")
    at = NOON + timedelta(minutes=10)
    assert standing_of([talk(0), keen], []).hq_interest_at == at
    assert standing_of([keen, log(20)], []).hq_interest_at == at  # not reached
    assert standing_of([keen, talk(20)], []).hq_interest_at is None


@pytest.mark.parametrize(
    ("steps", "stage", "refused"),
    [
        (["refused"], Stage.APPLIED, True),
        (["refused", "applied"], Stage.APPLIED, False),
        (["applied", "drawn"], Stage.DRAWN, False),
        (["approved", "refused"], Stage.APPROVED, False),
    ],
)
def test_the_furthest_offer_says_how_far(steps: list[str], stage: str, refused: bool) -> None:
    found = standing_of([talk(0, "not_interested")], steps)
    assert (found.stage, found.stage_basis) == (stage, StageBasis.CONFIRMED)
    assert found.application_refused is refused


OUTCOMES = ["", "interested", "considering", "not_interested", "applied", "refused"]


@given(st.data())
def test_the_order_of_telling_does_not_matter(data: st.DataObject) -> None:
    logs = [
        log(
            minutes,
            staff=data.draw(st.sampled_from([1, None])),
            is_contact=data.draw(st.booleans()),
            outcome=data.draw(st.sampled_from(OUTCOMES)),
            intention=data.draw(st.sampled_from(["", "high", "low"])),
        )
        for minutes in data.draw(st.lists(st.integers(0, 60), unique=True, max_size=8))
    ]
    shuffled = data.draw(st.permutations(logs))
    assert standing_of(shuffled, []) == standing_of(logs, [])


@pytest.mark.parametrize(
    ("told", "step"),
    [
        ([], ""),
        ([("applied", 1)], "applied"),
        ([("applied", 1), ("refused", 2)], "refused"),
        ([("refused", 2), ("applied", 2)], "refused"),
        ([("applied", 5), ("refused", 2), ("applied", 1)], "applied"),
        ([("approved", 2), ("refused", 9)], "approved"),
        ([("drawn", 1), ("approved", 2), ("applied", 3)], "drawn"),
    ],
)
def test_how_far_one_offer_came(told: list[tuple[str, int]], step: str) -> None:
    results = [LoanResult(step=what, on=date(2026, 11, day)) for what, day in told]
    assert loan_step_of(results) == step


def test_restating_writes_what_is_on_record_and_then_nothing(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang, stage=Stage.INTERESTED)  # nobody said so
    other = make_lead(cast, holder=cast.wang)
    ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=cast.wang, channel="visit", started_at=NOON,
        logged_at=NOON, person="self", is_contact=True, outcome="considering",
    )  # fmt: skip
    Offer.objects.unscoped("test").filter(customer=other.customer).update(
        loan_step=LoanStep.APPROVED
    )
    assert restate_standing([lead.pk, other.pk]) == 2
    found = {each.pk: each for each in Lead.objects.unscoped("test")}
    assert found[lead.pk].stage == Stage.CONTACTED and found[lead.pk].last_contact_at == NOON
    assert found[other.pk].stage_basis == StageBasis.CONFIRMED
    assert restate_standing([lead.pk, other.pk]) == 0
