"""What has been said so far: calls, visits, HQ's channels, follow-ups that are due."""

import json
import random
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from django.utils import timezone

from outreach.actions.log_outcome import Answers
from outreach.demo.headquarters import calls_of_headquarters, make_results, message
from outreach.demo.leads import at_hour
from outreach.demo.lists import CHUNK, DAYS_IN_FORCE
from outreach.models import (
    CallState,
    Channel,
    ContactLog,
    ContactLogVersion,
    Eligibility,
    Lead,
    NeedTime,
    Outcome,
    PersonReached,
    Stage,
    Step,
)
from outreach.standing import standing_of
from whitelist.models import Offer

NO_ANSWER = (CallState.NO_ANSWER, CallState.NO_ANSWER, CallState.BUSY, CallState.OFF)
# The outcome that led to each stage.
LAST_OUTCOME = {
    Stage.CONTACTED: (Outcome.CONSIDERING, Outcome.AFTER_SEASON, Outcome.WECHAT_ADDED),
    Stage.INTERESTED: (Outcome.INTERESTED,),
    Stage.APPLIED: (Outcome.APPLIED,),
    Stage.APPROVED: (Outcome.APPLIED,),
    Stage.DRAWN: (Outcome.APPLIED,),
    Stage.NOT_INTERESTED: (Outcome.NOT_INTERESTED,),
}
SEASONS = ("3月换茬", "9月定植", "10月种麦", "6月收麦", "腊月出栏")
PURPOSES = ("换棚膜", "买种苗", "进饲料", "进货", "买农机", "扩建大棚")
NOTES = (
    "下午两点后方便接电话",
    "儿子在外打工，家里两口子种棚",
    "想先了解利率",
    "去年在别家贷过",
    "",
)
DUE_TODAY, OVERDUE, WAITING = 9, 3, 2


def make_history(
    leads: Sequence[Lead], offers: Sequence[Offer], shown_holder: int, chance: random.Random
) -> None:
    """Logs and results that agree with each lead's stage, and what waits for the shown manager.

    `offers`: one a lead, in the same order.
    """
    logs: list[ContactLog] = []
    for lead in leads:
        if lead.eligibility != Eligibility.CONTROL and chance.random() < 0.3:
            logs.append(message(lead, chance))
        if lead.holder_id:
            logs += _attempts(lead, chance)
    mine = [each for each in leads if each.holder_id == shown_holder]
    talks = {log.lead_id: log for log in logs if log.is_contact}
    _plan_follow_ups(leads, mine, talks, chance)
    waiting = [each for each in mine if each.stage == Stage.TO_CONTACT][:WAITING]
    logs += _waiting(waiting, chance)
    logs += calls_of_headquarters([each for each in leads if each not in waiting], mine, chance)
    corrected = list(_corrected(mine, chance))
    logs += corrected
    ContactLog.objects.bulk_create(logs, batch_size=CHUNK)
    _keep_former_versions(corrected)
    steps = make_results(leads, offers, talks, chance)
    _state_leads(leads, logs, steps)


def _log(lead: Lead, started_at: datetime, chance: random.Random, **fields: object) -> ContactLog:
    return ContactLog(
        uuid=uuid.UUID(int=chance.getrandbits(128), version=4),
        lead=lead,
        started_at=started_at,
        **{"logged_at": started_at + timedelta(minutes=4), "staff_id": lead.holder_id} | fields,
    )


def _attempts(lead: Lead, chance: random.Random) -> Iterator[ContactLog]:
    """First the calls nobody answered, then the talk that led to the stage."""
    days = sorted(chance.sample(range(-DAYS_IN_FORCE + 2, -3), 3))
    to_contact = lead.stage == Stage.TO_CONTACT
    for day in days[: chance.choices((0, 1, 2), (75, 20, 5) if to_contact else (55, 35, 10))[0]]:
        yield _log(
            lead,
            _working_hour(day, chance),
            chance,
            channel=Channel.CALL,
            call_state=chance.choice(NO_ANSWER),
        )
    if not to_contact:
        yield _conversation(lead, _working_hour(days[-1], chance), chance)


def _conversation(lead: Lead, at: datetime, chance: random.Random) -> ContactLog:
    channel = chance.choices((Channel.CALL, Channel.VISIT, Channel.CALL_IN), (75, 20, 5))[0]
    keen = lead.stage in (Stage.INTERESTED, Stage.APPLIED, Stage.APPROVED, Stage.DRAWN)
    outcome = chance.choice(LAST_OUTCOME[Stage(lead.stage)])
    if lead.eligibility == Eligibility.REFUSED:
        outcome = Outcome.REFUSED
    return _log(
        lead,
        at,
        chance,
        channel=channel,
        call_state=CallState.CONNECTED if channel == Channel.CALL else "",
        person=PersonReached.SELF,
        is_contact=True,
        outcome=outcome,
        steps=[step for step in Step if keen and chance.random() < 0.7],
        need_amount=chance.choice((30_000, 50_000, 100_000, 200_000)) if keen else None,
        need_time=chance.choice(list(NeedTime)) if keen else "",
        need_purpose=chance.choice(PURPOSES) if keen else "",
        season=chance.choice(SEASONS) if keen else "",
        note=chance.choice(NOTES),
    )


def _plan_follow_ups(
    leads: Sequence[Lead],
    mine: Sequence[Lead],
    talks: Mapping[int, ContactLog],
    chance: random.Random,
) -> None:
    """Half of those who may still come agreed on a day; the shown manager's are today's."""
    open_to_talk = (Stage.CONTACTED, Stage.INTERESTED)
    workable = [
        each for each in leads if each.stage in open_to_talk and each.eligibility == Eligibility.YES
    ]
    for lead in workable:
        if chance.random() < 0.5:
            agreed = at_hour(chance.randrange(1, 21), chance.randrange(9, 18), 0)
            talks[lead.pk].follow_up_at = agreed
    ids = {each.pk for each in mine}
    own = [each for each in workable if each.pk in ids]
    for place, lead in enumerate(own[: DUE_TODAY + OVERDUE]):
        overdue = place >= DUE_TODAY
        agreed = at_hour(-2 if overdue else 0, 9 + place % 9, 30 if place % 2 else 0)
        talks[lead.pk].follow_up_at = agreed


def _waiting(leads: Sequence[Lead], chance: random.Random) -> Iterator[ContactLog]:
    """待登记: calls that were started a while ago and have no outcome yet."""
    for place, lead in enumerate(leads):
        at = timezone.now() - timedelta(minutes=150 + 70 * place)
        yield _log(lead, at, chance, channel=Channel.CALL, logged_at=None)


def _corrected(leads: Sequence[Lead], chance: random.Random) -> Iterator[ContactLog]:
    """更正: a talk of today that was first logged as 无意向, by a slip of the finger."""
    tomorrow = at_hour(1, 0, 0)
    talked = [each for each in leads if each.stage == Stage.CONTACTED]
    later = [each for each in talked if each.follow_up_at and each.follow_up_at >= tomorrow]
    for lead in later[:1]:
        at = timezone.now() - timedelta(minutes=40)
        yield _log(
            lead,
            at,
            chance,
            channel=Channel.CALL,
            call_state=CallState.CONNECTED,
            person=PersonReached.SELF,
            is_contact=True,
            outcome=Outcome.CONSIDERING,
            follow_up_at=lead.follow_up_at,
            edited_at=at + timedelta(minutes=9),
        )


def _keep_former_versions(logs: Sequence[ContactLog]) -> None:
    said = Answers(call_state="connected", person="self", outcome="not_interested")
    content = json.dumps({"channel": Channel.CALL, **asdict(said)})
    ContactLogVersion.objects.bulk_create(
        ContactLogVersion(log=log, content=content, replaced_by=log.staff) for log in logs
    )


def _working_hour(day: int, chance: random.Random) -> datetime:
    return at_hour(day, chance.choice((9, 10, 11, 12, 14, 15, 16, 18, 19)), chance.randrange(60))


def _state_leads(
    leads: Sequence[Lead], logs: Sequence[ContactLog], steps: Mapping[int, str]
) -> None:
    """What a lead says of itself follows from its logs and results, by the one rule there is."""
    told = defaultdict(list)
    for log in logs:
        told[log.lead_id].append(log)
    changed: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        found = standing_of(told[lead.pk], [steps[lead.pk]] if lead.pk in steps else [])
        for name, value in asdict(found).items():
            if getattr(lead, name) != value:
                setattr(lead, name, value)
                changed[name].append(lead)
    rows = Lead.objects.unscoped("seeding the demo")
    for name, theirs in changed.items():  # few leads change in every column
        rows.bulk_update(theirs, [name], batch_size=300)
