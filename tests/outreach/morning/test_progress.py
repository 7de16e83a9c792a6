"""完成率 and 序时进度: days counted by both ends, and done counted as by hand."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from outreach.models import Lead, Metric, Target
from outreach.morning.activity import Activity, Days
from outreach.morning.progress import ACTIVITY_OF, Progress, days_passed, progress_of
from outreach.morning.sharing import month_of, split_evenly
from tests.cast import Cast, make_lead
from tests.outreach.morning.test_activity import TODAY, by_hand, log, random_world  # noqa: F401

NOVEMBER = month_of(date(2026, 11, 20))


def target(branch: Any, value: int, metric: str = "contacted", **fields: Any) -> Target:
    days = fields.pop("days", NOVEMBER)
    return Target.objects.create(
        branch=branch,
        metric=metric,
        value=value,
        first_day=days.first,
        last_day=days.last,
        **fields,
    )


@pytest.mark.parametrize(
    ("today", "passed"), [(-1, 0), (0, 1), (19, 20), (29, 30), (30, 30), (400, 30)]
)
def test_today_counts_as_passed_and_the_last_day_is_the_last(today: int, passed: int) -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    assert days_passed(first, last, first + timedelta(days=today)) == passed


@pytest.mark.parametrize(
    ("done", "state", "words", "missing"),
    [
        (0, "behind", "落后序时 20", 30),
        (19, "behind", "落后序时 1", 11),
        (20, "ahead", "达到序时", 10),
        (29, "ahead", "达到序时", 1),
        (30, "reached", "已完成", 0),
        (45, "reached", "已完成", 0),
    ],
)
def test_ahead_or_behind(done: int, state: str, words: str, missing: int) -> None:
    each = Progress(Target(value=30), done, passed=20, days=30)
    assert (each.state, each.state_in_words, each.missing) == (state, words, missing)
    assert (each.percent, each.percent_of_time) == (done * 100 // 30, 66)


def test_before_it_begins_nobody_is_behind() -> None:
    each = Progress(Target(value=30), 0, passed=0, days=30)
    assert (each.state, each.state_in_words) == ("ahead", "未开始")


@pytest.mark.parametrize("metric", list(Metric))
def test_done_is_what_counting_by_hand_finds(
    cast: Cast,
    random_world: list[Lead],  # noqa: F811
    metric: Metric,
) -> None:
    days = Days(TODAY - timedelta(days=4), TODAY - timedelta(days=1))
    activity: Activity = ACTIVITY_OF[metric]
    counted = [lead for lead in random_world if lead.eligibility != "control"]
    who = {lead.pk: by_hand(activity, days, lead) for lead in counted}
    branches = (cast.hq, cast.county, cast.outlet, cast.far_outlet)
    targets = [target(branch, 5, metric, days=days) for branch in branches]
    targets += [
        target(person.branch, 5, metric, days=days, manager=person)
        for person in (cast.wang, cast.li, cast.sun)
    ]
    random.Random(3).shuffle(targets)
    for each in progress_of(targets, TODAY):
        of = each.target
        if of.manager:
            expected = sum(of.manager_id in people for people in who.values())
        else:
            first, last = of.branch.number_range
            expected = sum(
                bool(who[lead.pk]) for lead in counted if first <= lead.branch_number <= last
            )
        assert each.done == expected
    assert any(who.values())


def test_a_target_of_another_period_counts_its_own_days(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    log(lead, cast.wang, date(2026, 10, 31), is_contact=True)
    october = target(cast.outlet, 5, days=month_of(date(2026, 10, 1)))
    november = target(cast.outlet, 5)
    assert [each.done for each in progress_of([october, november], TODAY)] == [1, 0]


@pytest.mark.parametrize(
    ("total", "managers", "parts"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (10, [4, 4, 3], [4, 4, 2]),
        (2, [1, 1, 1], [1, 1, 0]),
        (9, [0, 3], [0, 9]),
        (9, [0], [0]),
        (0, [2, 1], [0, 0]),
    ],
)
def test_shared_out_evenly(total: int, managers: list[int], parts: list[int]) -> None:
    assert split_evenly(total, managers) == parts


def test_the_parts_add_up_whoever_shares() -> None:
    chance = random.Random(1)
    for _ in range(200):
        managers = [chance.randrange(6) for _ in range(chance.randrange(1, 8))]
        total = chance.randrange(500)
        parts = split_evenly(total, managers)
        assert sum(parts) == (total if sum(managers) else 0)
        each = [part / here for part, here in zip(parts, managers, strict=True) if here]
        assert not each or max(each) - min(each) <= 1


def test_months() -> None:
    assert month_of(date(2026, 2, 11)) == Days(date(2026, 2, 1), date(2026, 2, 28))
    assert len(month_of(date(2028, 2, 29))) == 29
