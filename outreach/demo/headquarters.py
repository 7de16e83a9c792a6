"""Headquarters' part of the demo: its contacts, the loan system's results, the files they came in."""

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from outreach.demo.leads import at_hour
from outreach.demo.lists import CHUNK, DAYS_IN_FORCE
from outreach.demo.organisation import Organisation
from outreach.feeds import contacts, results
from outreach.feeds.applying import TOTALS
from outreach.models import (
    CallState,
    Channel,
    ContactLog,
    Eligibility,
    Feed,
    FeedKind,
    FeedProblem,
    FeedState,
    Intention,
    Lead,
    PersonReached,
    Stage,
    StageBasis,
)
from whitelist.models import LoanResult, LoanStep, Offer

REACHED = (CallState.CONNECTED, PersonReached.SELF)
# What an AI call comes to, in percent: state, who answered, intention.
AI_RESULTS = (
    (12, (*REACHED, Intention.HIGH)),
    (14, (*REACHED, Intention.MEDIUM)),
    (14, (*REACHED, Intention.LOW)),
    (12, (*REACHED, Intention.NONE)),
    (8, (CallState.CONNECTED, PersonReached.FAMILY, "")),
    (30, (CallState.NO_ANSWER, "", "")),
    (10, (CallState.DECLINED, "", "")),
)
CALLED_SHARE = 0.04
KEEN_SHOWN, REST_SHOWN = 6, 6  # calls among the shown manager's customers
WAYS = {
    Stage.APPLIED: (LoanStep.APPLIED,),
    Stage.APPROVED: (LoanStep.APPLIED, LoanStep.APPROVED),
    Stage.DRAWN: (LoanStep.APPLIED, LoanStep.APPROVED, LoanStep.DRAWN),
}
REFUSED_SHARE = 0.3  # of those who have applied and got no further
REASONS = ("收入证明不足", "征信记录不符合要求", "负债率过高", "经营年限不足")
PROBLEMS = (
    ("时间", "moment_invalid", "昨天下午"),
    ("结果", "result_unknown", "待回访"),
    ("渠道", "channel_unknown", "传真"),
)
RESULT_PROBLEMS = (("日期", "date_invalid", "上周五"), ("金额", "amount_invalid", "三十万左右"))


def message(lead: Lead, chance: random.Random) -> ContactLog:
    """A text message or a window in the mobile bank, right after the list took effect."""
    channel = chance.choice((Channel.HQ_SMS, Channel.HQ_SMS, Channel.HQ_POPUP))
    return _log(lead, channel, at_hour(-DAYS_IN_FORCE + 1, 10, chance.randrange(60)))


def calls_of_headquarters(
    leads: Sequence[Lead], mine: Sequence[Lead], chance: random.Random
) -> Iterator[ContactLog]:
    """AI calls of the last days; some of the shown manager's customers were found keen."""
    early = (Stage.TO_CONTACT, Stage.CONTACTED)
    callable_ = [
        lead for lead in leads if lead.stage in early and lead.eligibility == Eligibility.YES
    ]
    own = {lead.pk for lead in mine}
    shown = [lead for lead in callable_ if lead.pk in own]
    shown = chance.sample(shown, min(len(shown), KEEN_SHOWN + REST_SHOWN))
    for place, lead in enumerate(shown):
        result = AI_RESULTS[0][1] if place < KEEN_SHOWN else _ai_result(chance)
        yield _ai_call(lead, result, -1 - place % 3, chance)
    for lead in callable_:
        if lead.pk not in own and chance.random() < CALLED_SHARE:
            yield _ai_call(lead, _ai_result(chance), -chance.randrange(1, 4), chance)


def _ai_result(chance: random.Random) -> tuple[str, str, str]:
    return chance.choices([each for _, each in AI_RESULTS], [share for share, _ in AI_RESULTS])[0]


def _ai_call(
    lead: Lead, result: tuple[str, str, str], day: int, chance: random.Random
) -> ContactLog:
    state, person, intention = result
    at = at_hour(day, chance.randrange(9, 18), chance.randrange(60))
    return _log(
        lead,
        Channel.HQ_AI_CALL,
        at,
        call_state=state,
        person=person,
        is_contact=person == PersonReached.SELF,
        intention=intention,
    )


def _log(lead: Lead, channel: str, at: datetime, **said: object) -> ContactLog:
    """As `outreach.feeds.contacts` would have stored it: the same told again is known."""
    return ContactLog(
        uuid=contacts.key_of("", lead.customer.customer_no or "", channel, at),
        lead=lead,
        channel=channel,
        started_at=at,
        logged_at=at + timedelta(hours=14),
        source=contacts.SOURCE,
        **said,
    )


def make_results(
    leads: Sequence[Lead],
    offers: Sequence[Offer],
    talks: Mapping[int, ContactLog],
    chance: random.Random,
) -> dict[int, str]:
    """What the loan system confirmed, after the talk that led to it; how far, by lead."""
    found: list[LoanResult] = []
    advanced: list[Offer] = []
    steps: dict[int, str] = {}
    for lead, offer in zip(leads, offers, strict=True):
        if lead.stage_basis != StageBasis.CONFIRMED:
            continue
        told = list(_way(lead, offer, talks[lead.pk], chance))
        found += told
        offer.loan_step = steps[lead.pk] = told[-1].step
        advanced.append(offer)
    LoanResult.objects.bulk_create(found, batch_size=CHUNK)
    rows = Offer.objects.unscoped("seeding the demo")
    rows.bulk_update(advanced, ["loan_step"], batch_size=300)
    return steps


def _way(lead: Lead, offer: Offer, talk: ContactLog, chance: random.Random) -> Iterator[LoanResult]:
    way = WAYS[Stage(lead.stage)]
    if lead.stage == Stage.APPLIED and chance.random() < REFUSED_SHARE:
        way = (LoanStep.APPLIED, LoanStep.REFUSED)
    on = timezone.localdate(talk.started_at)
    share = chance.choice((40, 60, 80, 100))
    for step in way:
        key = results.key_of("", lead.customer.customer_no or "", offer.product_id, step, on)
        amount = offer.amount if step == LoanStep.APPROVED else None
        if step == LoanStep.DRAWN:
            amount = offer.amount * share // 100
        yield LoanResult(
            key=key,
            offer=offer,
            step=step,
            on=on,
            amount=amount,
            channel="手机银行",
            reason=chance.choice(REASONS) if step == LoanStep.REFUSED else "",
        )
        on += timedelta(days=chance.randrange(2))


def make_feeds(org: Organisation, chance: random.Random) -> None:
    """The files all of this came in, with what could not be used of each."""
    logs = ContactLog.objects.unscoped("seeding the demo").filter(source=contacts.SOURCE)
    calls = logs.filter(channel=Channel.HQ_AI_CALL).count()
    told = LoanResult.objects.unscoped("seeding the demo").count()
    day = timezone.localdate()
    _feed(
        org,
        FeedKind.CONTACTS,
        "总行短信弹窗明细.csv",
        DAYS_IN_FORCE - 2,
        logs.count() - calls,
        9,
        chance,
    )
    _feed(org, FeedKind.RESULTS, f"信贷业务结果_{day:%m%d}.xlsx", 1, told, 4, chance)
    _feed(org, FeedKind.CONTACTS, f"智能外呼结果_{day:%m%d}.csv", 0, calls, 6, chance)
    Feed.objects.create(
        **_facts(org, FeedKind.CONTACTS, "外呼录音清单.xlsx", 30),
        state=FeedState.FAILED,
        failure="没有找到表头。请确认所选的内容与文件相符，前 30 行里有“客户号”这样的列名。",
        done_at=timezone.now(),
    )  # fmt: skip


def _feed(
    org: Organisation,
    kind: str,
    file_name: str,
    days_ago: int,
    added: int,
    unknown: int,
    chance: random.Random,
) -> None:
    wrong = PROBLEMS if kind == FeedKind.CONTACTS else RESULT_PROBLEMS
    rows = added + unknown + len(wrong)
    at = timezone.now() - timedelta(days=days_ago, minutes=40)
    counts = (rows, added, 0, unknown, len(wrong))
    feed = Feed.objects.create(
        **_facts(org, kind, file_name, rows),
        state=FeedState.DONE,
        totals=dict(zip(TOTALS, counts, strict=True)),
        done_at=at + timedelta(seconds=20),
    )
    Feed.objects.unscoped("seeding the demo").filter(pk=feed.pk).update(received_at=at)
    strangers = [("客户号", "customer_unknown", f"370******{chance.randrange(1000):03d}")] * unknown
    problems = [*wrong, *strangers]
    places = sorted(chance.sample(range(2, rows + 2), len(problems)))
    FeedProblem.objects.bulk_create(
        FeedProblem(feed=feed, row_no=row_no, column=column, code=code, shown=shown)
        for row_no, (column, code, shown) in zip(
            places, chance.sample(problems, len(problems)), strict=True
        )
    )


def _facts(org: Organisation, kind: str, file_name: str, rows: int) -> dict[str, object]:
    return {
        "kind": kind,
        "branch": org.hq,
        "file_name": file_name,
        "size": 48 * rows,
        "sha256": hashlib.sha256(file_name.encode()).hexdigest(),
        "by": org.logins["admin"],
    }
