"""The day's list: one order, each customer once, each with its reason."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from outreach.fieldwork import worklist
from outreach.fieldwork.worklist import Section, next_task, plan
from outreach.models import Channel, ContactLog, Eligibility, Intention, Lead, Stage
from tests.cast import SHOUGUANG, Cast, make_lead

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def tried(lead: Lead, staff: Any, ago: timedelta = timedelta(), **fields: Any) -> ContactLog:
    at = timezone.now() - ago
    said = {"channel": Channel.CALL, "call_state": "no_answer", "logged_at": at} | fields
    return ContactLog.objects.create(uuid=uuid4(), lead=lead, staff=staff, started_at=at, **said)


def in_order(cast: Cast, **kwargs: Any) -> list[Lead]:
    return [lead for leads in plan(cast.wang, **kwargs).values() for lead in leads]


def reason_of(cast: Cast, section: Section) -> str:
    return worklist.tasks(section, plan(cast.wang)[section])[0].reason


def test_each_customer_stands_once_where_they_belong(cast: Cast) -> None:
    now, today = timezone.now(), timezone.localdate()
    mine: dict[str, Any] = {"holder": cast.wang}
    keen = make_lead(
        cast, **mine, stage=Stage.CONTACTED, hq_interest_at=now - DAY, follow_up_at=now - DAY
    )
    newer = make_lead(cast, **mine, stage=Stage.CONTACTED, hq_interest_at=now - HOUR)
    due = make_lead(
        cast, **mine, stage=Stage.CONTACTED, follow_up_at=now - DAY, valid_to=today + 3 * DAY
    )
    served = make_lead(
        cast,
        **mine,
        stage=Stage.APPLIED,
        eligibility=Eligibility.WITHDRAWN,
        follow_up_at=now,
    )
    ending = make_lead(cast, **mine, stage=Stage.CONTACTED, valid_to=today + 7 * DAY)
    sooner = make_lead(cast, **mine, valid_to=today)
    called = make_lead(cast, **mine, last_attempt_at=now - 3 * DAY)
    rich = make_lead(cast, **mine, amount=900_000)
    never = make_lead(cast, **mine, amount=50_000)
    make_lead(cast, **mine, stage=Stage.CONTACTED, follow_up_at=now + 2 * DAY)  # later
    make_lead(cast, **mine, stage=Stage.DRAWN, valid_to=today)
    make_lead(cast, **mine, eligibility=Eligibility.WITHDRAWN)
    make_lead(cast, holder=cast.li), make_lead(cast)
    expected = {
        Section.CLICKED: [],
        Section.KEEN: [newer, keen],
        Section.DUE: [due, served],
        Section.SERVED: [],
        Section.EXPIRING: [sooner, ending],
        Section.NEVER: [rich, never, called],
        Section.VISIT: [],
    }
    assert plan(cast.wang) == expected


def test_who_was_tried_today_waits_for_another_day(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    tried(lead, cast.wang)
    assert in_order(cast) == []
    ContactLog.objects.unscoped("test").update(started_at=timezone.now() - DAY)
    assert in_order(cast) == [lead]


def test_a_message_of_headquarters_is_no_try_of_ours(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    tried(lead, None, channel=Channel.HQ_SMS, call_state="")
    assert in_order(cast) == [lead]


def test_found_keen_after_our_try_they_come_back(cast: Cast) -> None:
    now = timezone.now()
    lead = make_lead(cast, holder=cast.wang, stage=Stage.CONTACTED)
    log = tried(lead, cast.wang)
    Lead.objects.unscoped("test").update(hq_interest_at=log.started_at - HOUR)
    assert in_order(cast) == []
    Lead.objects.unscoped("test").update(hq_interest_at=now + HOUR)
    assert in_order(cast) == [lead]


def test_an_attempt_without_outcome_stands_in_waiting_only(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    tried(lead, cast.wang, ago=3 * DAY, logged_at=None)
    assert in_order(cast) == []


def test_at_the_cap_a_visit_is_suggested(cast: Cast, settings: Any) -> None:
    settings.ATTEMPTS_PER_30_DAYS = 2
    lead = make_lead(cast, holder=cast.wang, valid_to=timezone.localdate())
    tried(lead, cast.wang, ago=2 * DAY)
    assert list(plan(cast.wang)[Section.EXPIRING]) == [lead]
    tried(lead, None, ago=3 * DAY, channel=Channel.HQ_SMS)
    assert plan(cast.wang)[Section.VISIT] == [lead] and in_order(cast) == [lead]
    task = worklist.tasks(Section.VISIT, [lead])[0]
    assert task.by_visit
    assert task.reason == "30天内 2 次没联系上，已到上限，建议上门；今天到期"


@pytest.mark.parametrize("why", ["rang", "agreed", "old"])
def test_what_opens_the_gate_takes_them_out_of_the_visits(
    cast: Cast, settings: Any, why: str
) -> None:
    settings.ATTEMPTS_PER_30_DAYS = 2
    lead = make_lead(cast, holder=cast.wang)
    tried(lead, cast.wang, ago=2 * DAY)
    tried(lead, cast.wang, ago=40 * DAY if why == "old" else 3 * DAY)
    if why == "rang":  # service for a day, whatever the cap
        tried(lead, None, ago=26 * HOUR, channel=Channel.CALL_IN, call_state="")
        settings.CALLBACK_HOURS = 48
    if why == "agreed":
        Lead.objects.unscoped("test").update(last_contact_at=timezone.now() - 20 * DAY)
    assert plan(cast.wang)[Section.VISIT] == [] and in_order(cast) == [lead]


def test_reasons(cast: Cast) -> None:
    now, today = timezone.now(), timezone.localdate()
    keen = make_lead(cast, holder=cast.wang, stage=Stage.CONTACTED, hq_interest_at=now - DAY)
    log = tried(keen, None, channel=Channel.HQ_AI_CALL, intention=Intention.HIGH)
    ContactLog.objects.unscoped("test").filter(pk=log.pk).update(started_at=keen.hq_interest_at)
    day = timezone.localdate(now - DAY)
    said = f"总行{day.month}月{day.day}日"
    assert reason_of(cast, Section.KEEN) == f"{said}外呼，意向高"
    ContactLog.objects.unscoped("test").update(channel=Channel.HQ_POPUP)
    assert reason_of(cast, Section.KEEN) == f"{said}联系，意向高"
    due = make_lead(cast, holder=cast.wang, stage=Stage.CONTACTED, follow_up_at=now)
    assert worklist.reason(due) == "约定今天跟进"
    due.follow_up_at = now - DAY
    assert worklist.reason(due) == f"约定 {day.month}月{day.day}日 跟进"
    assert worklist.reason(make_lead(cast, holder=cast.wang)) == "还没有联系过"
    ending = make_lead(cast, holder=cast.wang, valid_to=today + 3 * DAY)
    assert worklist.reason(ending) == "3天后到期，还没联系上"


def test_from_where_one_stands_the_nearest_come_first(cast: Cast) -> None:
    near, far = (SHOUGUANG[0] + 0.02, SHOUGUANG[1]), (SHOUGUANG[0] + 0.2, SHOUGUANG[1])
    nowhere = make_lead(cast, holder=cast.wang, point=None, amount=900_000)
    away = make_lead(cast, holder=cast.wang, point=far, amount=800_000)
    close = make_lead(cast, holder=cast.wang, point=near, amount=10_000)
    assert in_order(cast) == [nowhere, away, close]
    assert in_order(cast, origin=SHOUGUANG) == [close, away, nowhere]
    rows = worklist.tasks(Section.NEVER, [close, nowhere], origin=SHOUGUANG)
    assert [row.away for row in rows] == ["1.8 km", ""]


def test_the_next_is_the_first_of_the_same_list(cast: Cast) -> None:
    after = make_lead(cast, holder=cast.wang, stage=Stage.CONTACTED)
    tried(make_lead(cast, holder=cast.wang, amount=990_000), cast.wang)
    first = make_lead(cast, holder=cast.wang, village=cast.next_village, amount=800_000)
    second = make_lead(cast, holder=cast.wang, amount=50_000)
    following = next_task(cast.wang, after)
    assert following and following.lead == first and following.reason == "还没有联系过"
    following = next_task(cast.wang, first)
    assert following and following.lead == second
    assert next_task(cast.li, after) is None


def test_the_next_keeps_the_users_place(cast: Cast) -> None:
    first, second, third = (make_lead(cast, holder=cast.wang, amount=n) for n in (9, 8, 7))
    foreign = make_lead(cast, holder=cast.li)
    after = make_lead(cast, holder=cast.wang, stage=Stage.CONTACTED)
    following = next_task(cast.wang, after, wanted=[foreign.pk, after.pk, third.pk, first.pk])
    assert following and following.lead == third
    following = next_task(cast.wang, after, wanted=[foreign.pk, 10**17])
    assert following and following.lead == first and second in in_order(cast)
