"""Files in any order, with repetitions, strangers and mistakes, against a count by hand.

The union of all rows that are good, and the colleagues' own logs, are counted
here again in plain Python, by the rules as they are written down, not by
`outreach.standing`. What the database holds in the end must agree, and so must
the numbers of every single file.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from outreach.models import ContactLog, Feed, FeedKind, Lead
from outreach.standing import restate_standing
from tests.cast import Cast, make_cast, make_lead
from tests.outreach.feeds.conftest import hand_in_as, work
from whitelist.models import LoanResult, Offer, Product

START = datetime(2026, 2, 1, 9)
CHANNELS = {"短信": "hq_sms", "弹窗": "hq_popup", "智能外呼": "hq_ai_call", "人工外呼": "hq_call"}
MESSAGES, CALLS = ("已送达", "已读"), ("已接通本人", "已接通", "无人接听", "空号", "家人接听")
INTENTIONS = {"高": "high", "中": "medium", "低": "low", "": ""}
STEPS = {"申请": "applied", "授信": "approved", "支用": "drawn", "拒绝": "refused"}
Row = tuple[str, ...]


@dataclass
class World:
    """Some customers of ours, one of another province, two products."""

    cast: Cast
    leads: dict[str, Lead] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)  # of ours, then strangers

    @classmethod
    def make(cls) -> "World":
        world = cls(make_cast())
        cast = world.cast
        other = Product.objects.create(code="HND", name="惠农贷")
        for _ in range(4):
            lead = make_lead(cast, holder=cast.wang)
            world.leads[lead.customer.customer_no or ""] = lead
            Offer.objects.create(
                customer=lead.customer, programme=cast.programme, product=other,
                branch=cast.outlet, amount=1, valid_from=date(2026, 1, 1),
                valid_to=date(2099, 1, 1),
            )  # fmt: skip
        far = make_lead(cast, branch=cast.far_outlet)
        world.numbers = [*world.leads, far.customer.customer_no or "", "C77777777777"]
        return world


# --- what the files say -----------------------------------------------------------


def contact_row(world: World, chance: random.Random) -> Row:
    channel = chance.choice(list(CHANNELS))
    by_call = channel.endswith("外呼")
    result = chance.choice(CALLS if by_call else MESSAGES)
    answered = not by_call or result in ("已接通本人", "已接通", "家人接听")
    intention = chance.choice(list(INTENTIONS)) if answered else ""
    at = START + timedelta(hours=chance.randrange(60))
    row = [chance.choice(world.numbers), channel, f"{at:%Y-%m-%d %H:%M}", result, intention]
    if chance.random() < 0.12:
        place, cell = chance.choice(
            [(0, ""), (1, "传真"), (2, "前天"), (2, "2199-01-01 09:00"), (3, "不明"), (4, "很高")]
        )
        row[place] = cell
    return tuple(row)


def result_row(world: World, chance: random.Random) -> Row:
    on = START.date() + timedelta(days=chance.randrange(6))
    amount = chance.choice(("", "50000", "8万"))
    row = [chance.choice(world.numbers), chance.choice(("JSD", "HND")),
           chance.choice(list(STEPS)), on.isoformat(), amount]  # fmt: skip
    if chance.random() < 0.12:
        place, cell = chance.choice(
            [(0, ""), (1, "XXX"), (2, "想想"), (3, "2026-02-30"), (3, "2199-01-01"), (4, "五万")]
        )
        row[place] = cell
    return tuple(row)


def is_bad(row: Row) -> bool:
    """Some cell is one of the mistakes above."""
    mistakes = {"传真", "前天", "2199-01-01 09:00", "不明", "很高", "XXX", "想想", "2026-02-30"}
    return not row[0] or bool(mistakes & set(row)) or "2199-01-01" in row or "五万" in row


def histories(
    world: World, chance: random.Random, make: Callable[[World, random.Random], Row]
) -> list[list[Row]]:
    """Files that overlap, repeat and shuffle one another."""
    pool = [make(world, chance) for _ in range(chance.randrange(4, 18))]
    for row in chance.sample(pool, len(pool) // 3):  # the same told otherwise
        if row[3] not in ("无人接听", "空号"):  # who did not answer has no intention
            pool.append((*row[:4], chance.choice(make(world, chance)[4:])))
    files = [
        [chance.choice(pool) for _ in range(chance.randrange(1, 14))]
        for _ in range(chance.randrange(1, 5))
    ]
    return files + [chance.sample(each, len(each)) for each in files if chance.random() < 0.3]


# --- importing, and counting by hand what each file must say of itself --------------


HEADS = {
    FeedKind.CONTACTS: ["客户号", "渠道", "时间", "结果", "意向"],
    FeedKind.RESULTS: ["客户号", "产品代码", "结果", "日期", "金额"],
}
KEY = {FeedKind.CONTACTS: 3, FeedKind.RESULTS: 4}  # so many cells make a row the same


def tell(world: World, kind: str, rows: list[Row], chance: random.Random) -> Feed:
    """The file as CSV, its columns in any order."""
    order = chance.sample(range(5), 5)
    lines = [",".join(row[at] for at in order) for row in [tuple(HEADS[FeedKind(kind)]), *rows]]
    feed = hand_in_as(world.cast.qian, kind, "\n".join(lines) + "\n", world.cast.province)
    work()
    done: Feed = Feed.objects.unscoped("test").get(pk=feed.pk)
    return done


def count(world: World, kind: str, rows: list[Row], known: dict[Row, Row]) -> Counter[str]:
    """What this file must say of itself, after the ones before it."""
    numbers: Counter[str] = Counter(rows=len(rows))
    for row in rows:
        key = row[: KEY[FeedKind(kind)]]
        if is_bad(row):
            numbers["rejected"] += 1
        elif row[0] not in world.leads:
            numbers["unknown"] += 1
        elif key not in known:
            known[key] = row
            numbers["added"] += 1
        else:
            numbers["known" if known[key] == row else "rejected"] += 1
    return numbers


# --- where each customer must stand -------------------------------------------------


@dataclass
class Talk:
    """A colleague's own log."""

    at: datetime
    is_contact: bool
    outcome: str
    follow_up: datetime | None


def staff_log(world: World, chance: random.Random) -> tuple[str, Talk]:
    """Half a minute past: never at the moment of a contact of headquarters."""
    at = START + timedelta(hours=chance.randrange(60), minutes=chance.randrange(60), seconds=30)
    reached = chance.random() < 0.6
    outcome = chance.choice(("interested", "considering", "not_interested", "applied"))
    follow_up = at + timedelta(days=3) if reached and chance.random() < 0.4 else None
    number = chance.choice(list(world.leads))
    talk = Talk(at, reached, outcome if reached else "", follow_up)
    ContactLog.objects.create(
        uuid=uuid4(), lead=world.leads[number], staff=world.cast.wang, channel="call",
        started_at=aware(at), logged_at=aware(at), is_contact=reached, outcome=talk.outcome,
        person="self" if reached else "", call_state="connected" if reached else "no_answer",
        follow_up_at=follow_up and aware(follow_up),
    )  # fmt: skip
    restate_standing([world.leads[number].pk])
    return number, talk


def aware(moment: datetime) -> datetime:
    return timezone.make_aware(moment)


RANK = ("to_contact", "contacted", "interested", "applied")


def recount(number: str, told: list[Row], talks: list[Talk], steps: list[str]) -> dict[str, Any]:
    """Every column, from the rows about one customer."""
    calls = [
        (datetime.fromisoformat(at), channel.endswith("外呼") and result == "已接通本人", intention)
        for no, channel, at, result, intention in told
        if no == number
    ]
    stage = "to_contact"
    contacts = [(at, reached, "") for at, reached, _ in calls]
    contacts += [(each.at, each.is_contact, each.outcome) for each in talks]
    for _at, reached, outcome in sorted(contacts):
        if reached and stage == "to_contact":
            stage = "contacted"
        if not reached:
            continue
        if outcome == "not_interested" and stage != "applied":
            stage = "not_interested"
        elif outcome in ("interested", "applied") and (
            stage == "not_interested" or RANK.index(outcome) > RANK.index(stage)
        ):
            stage = outcome
    furthest = next((each for each in ("drawn", "approved", "applied") if each in steps), None)
    if furthest is None and "refused" in steps:
        furthest = "applied"
    attempts = [at for at, _, _ in contacts]
    reached_at = [at for at, reached, _ in contacts if reached]
    keen = max((at for at, _, intention in calls if intention == "高"), default=None)
    spoken = max((each.at for each in talks if each.is_contact), default=None)
    last = max((each for each in talks if each.is_contact), key=lambda each: each.at, default=None)
    return {
        "logs": len(contacts),
        "stage": furthest or stage,
        "stage_basis": "confirmed" if furthest else "reported",
        "application_refused": bool(steps) and all(each == "refused" for each in steps),
        "last_attempt_at": aware(max(attempts)) if attempts else None,
        "last_contact_at": aware(max(reached_at)) if reached_at else None,
        "follow_up_at": aware(last.follow_up) if last and last.follow_up else None,
        "hq_interest_at": aware(keen) if keen and not (spoken and spoken >= keen) else None,
    }


def step_by_hand(rows: list[Row]) -> str:
    """How far one offer came: drawn, approved; else the last day, where a refusal is the answer."""
    for word, step in (("支用", "drawn"), ("授信", "approved")):
        if any(row[2] == word for row in rows):
            return step
    if not rows:
        return ""
    last = max(row[3] for row in rows)
    return "refused" if any(row[2:4] == ("拒绝", last) for row in rows) else "applied"


def as_stored(lead: Lead) -> dict[str, Any]:
    lead = Lead.objects.unscoped("test").get(pk=lead.pk)
    names = ("stage", "stage_basis", "application_refused", "last_attempt_at", "last_contact_at",
             "follow_up_at", "hq_interest_at")  # fmt: skip
    logs = ContactLog.objects.unscoped("test").filter(lead=lead).count()
    return {"logs": logs, **{name: getattr(lead, name) for name in names}}


def live(seed: int) -> None:
    """One history: files and colleagues in a random order, then everything counted again."""
    chance = random.Random(seed)
    world = World.make()
    events: list[tuple[str, list[Row]]] = [
        (FeedKind.CONTACTS, rows) for rows in histories(world, chance, contact_row)
    ]
    events += [(FeedKind.RESULTS, rows) for rows in histories(world, chance, result_row)]
    events += [("staff", [])] * chance.randrange(8)
    chance.shuffle(events)
    known: dict[str, dict[Row, Row]] = {FeedKind.CONTACTS: {}, FeedKind.RESULTS: {}}
    talks: dict[str, list[Talk]] = {number: [] for number in world.leads}
    for kind, rows in events:
        if kind == "staff":
            number, talk = staff_log(world, chance)
            talks[number].append(talk)
            continue
        feed = tell(world, kind, rows, chance)
        assert feed.state == "done", feed.failure
        assert Counter(feed.totals) + Counter() == count(world, kind, rows, known[kind])
    contacts, results = (
        list(known[FeedKind.CONTACTS].values()),
        list(known[FeedKind.RESULTS].values()),
    )
    assert LoanResult.objects.unscoped("test").count() == len(results)
    for number, lead in world.leads.items():
        steps = []
        for offer in Offer.objects.unscoped("test").filter(customer=lead.customer_id):
            of_offer = [row for row in results if row[:2] == (number, offer.product.code)]
            assert offer.loan_step == step_by_hand(of_offer)
            steps += [offer.loan_step] if of_offer else []
        assert as_stored(lead) == recount(number, contacts, talks[number], steps)
    assert restate_standing(lead.pk for lead in world.leads.values()) == 0


class TestRecount(TestCase):
    @settings(max_examples=12, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**32))
    def test_files_in_any_order_count_as_their_rows_do(self, seed: int) -> None:
        live(seed)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_histories(seed: int) -> None:
    live(seed)
