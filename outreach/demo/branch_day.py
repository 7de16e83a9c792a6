"""What the head of a branch sees in the morning: yesterday, today, targets, somebody who left."""

import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from branches.models import Branch, Role, Staff
from branches.pinyin import sort_key
from outreach.demo.history import NO_ANSWER, NOTES
from outreach.demo.leads import at_hour
from outreach.demo.organisation import Organisation
from outreach.models import (
    Assignment,
    AssignmentOperation,
    CallState,
    Channel,
    ContactLog,
    Eligibility,
    Lead,
    Metric,
    OperationKind,
    Outcome,
    PersonReached,
    Stage,
    Target,
)
from outreach.morning.progress import progress_of
from outreach.morning.sharing import month_of
from outreach.standing import restate_standing

LEAVER = "邢志强"
LEAVER_CUSTOMERS = 11
# Targets, as a part of what the pace so far would come to; and the least a manager is asked for.
PACE = {
    Metric.CONTACTED: ((0.96, 1.08, 0.9, 1.15, 1.02), 10),
    Metric.INTERESTED: ((1.1, 0.94, 1.04), 4),
    Metric.APPLIED: ((1.06, 0.92), 3),
    Metric.DRAWN: ((0.95, 1.12, 1.0), 2),
}
IDLE = 6  # every so-manieth manager logged nothing yesterday
TALK = (Outcome.INTERESTED, Outcome.INTERESTED, Outcome.CONSIDERING, Outcome.WECHAT_ADDED)


def make_branch_day(org: Organisation, leads: Sequence[Lead], seed: int) -> None:
    """Work of yesterday and today for all but the shown manager; targets; a leaver's customers.

    It has its own randomness: what the rest of the demo makes does not depend on it.
    """
    chance = random.Random(f"{seed} morning")
    shown = org.logins["manager"]
    logs: list[ContactLog] = []
    for place, manager in enumerate(_managers(org)):
        if manager == shown:
            continue
        untouched = [
            lead
            for lead in leads
            if lead.holder_id == manager.pk
            and lead.stage == Stage.TO_CONTACT
            and lead.eligibility == Eligibility.YES
            and lead.last_attempt_at is None
        ]
        chance.shuffle(untouched)
        logs += _work(untouched, place % IDLE != IDLE - 1, chance)
    ContactLog.objects.bulk_create(logs, batch_size=500)
    restate_standing({log.lead_id for log in logs})
    _leaver(org.outlets[0], leads)
    _targets(org)


def _managers(org: Organisation) -> list[Staff]:
    return [manager for outlet in org.outlets for manager in org.managers[outlet.pk]]


def _work(untouched: list[Lead], is_busy: bool, chance: random.Random) -> Iterator[ContactLog]:
    """Six or so customers yesterday, one or two today; now and then one is not written down."""
    yesterday = untouched[: chance.randrange(4, 9)] if is_busy else []
    for lead in yesterday:
        yield _contact(lead, _hour_yesterday(chance), chance)
    for lead in untouched[len(yesterday) :][: chance.randrange(0, 3)]:
        yield _contact(lead, _earlier_today(chance), chance)
    if untouched and chance.random() < 0.25:
        yield _log(untouched[-1], at_hour(-2, 16, 20), chance, logged_at=None)


def _contact(lead: Lead, at: datetime, chance: random.Random) -> ContactLog:
    if chance.random() < 0.45:
        return _log(lead, at, chance, call_state=chance.choice(NO_ANSWER))
    is_visit = chance.random() < 0.3
    return _log(
        lead,
        at,
        chance,
        channel=Channel.VISIT if is_visit else Channel.CALL,
        call_state="" if is_visit else CallState.CONNECTED,
        person=PersonReached.SELF,
        is_contact=True,
        outcome=chance.choice(TALK),
        note=chance.choice(NOTES),
    )


def _log(lead: Lead, at: datetime, chance: random.Random, **fields: object) -> ContactLog:
    return ContactLog(
        uuid=uuid.UUID(int=chance.getrandbits(128), version=4),
        lead=lead,
        started_at=at,
        **{
            "channel": Channel.CALL,
            "logged_at": at + timedelta(minutes=4),
            "staff_id": lead.holder_id,
        }
        | fields,
    )


def _hour_yesterday(chance: random.Random) -> datetime:
    return at_hour(-1, chance.choice((8, 9, 10, 11, 14, 15, 16, 17, 19)), chance.randrange(60))


def _earlier_today(chance: random.Random) -> datetime:
    """Between eight and now; before eight in the morning, since midnight."""
    now = timezone.localtime()
    begin = at_hour(0, 8, 0) if now.hour > 8 else at_hour(0, 0, 0)
    return begin + (now - begin) * chance.random()


def _leaver(outlet: Branch, leads: Sequence[Lead]) -> None:
    """Somebody who was disabled while customers were still in their hands."""
    staff = Staff.objects.create(
        username=f"J{outlet.code}9",
        name=LEAVER,
        role=Role.MANAGER,
        branch=outlet,
        is_active=False,
        sort_key=sort_key(LEAVER),
    )
    pool = [
        lead
        for lead in leads
        if lead.branch_id == outlet.pk
        and lead.holder_id is None
        and lead.eligibility == Eligibility.YES
    ][:LEAVER_CUSTOMERS]
    at = timezone.now() - timedelta(days=20)
    operation = AssignmentOperation.objects.create(
        kind=OperationKind.VILLAGE, to=staff, by=None, count=len(pool)
    )
    AssignmentOperation.objects.filter(pk=operation.pk).update(at=at)
    Assignment.objects.bulk_create(
        Assignment(lead=lead, holder=staff, operation=operation, at=at) for lead in pool
    )
    rows = Lead.objects.unscoped("seeding the demo")
    rows.filter(pk__in=[lead.pk for lead in pool]).update(holder=staff)


def _targets(org: Organisation) -> None:
    """This month's: of the prefecture, its counties and outlets, and of the first outlet's people.

    Set from what the demo has done so far, so that some are ahead and some behind
    on whatever day of the month it is made.
    """
    today = timezone.localdate()
    month = month_of(today)
    head = org.logins["supervisor"]

    def target(branch: Branch, metric: Metric, manager: Staff | None = None) -> Target:
        days = {"first_day": month.first, "last_day": month.last}
        return Target(branch=branch, manager=manager, metric=metric, value=1, set_by=head, **days)

    people = org.managers[org.outlets[0].pk]
    low = [target(org.outlets[0], metric, each) for metric in PACE for each in people]
    low += [target(outlet, metric) for metric in PACE for outlet in org.outlets]
    for place, each in enumerate(progress_of(low, today)):
        managers = 1 if each.target.manager else len(org.managers[each.target.branch_id])
        pace, least = PACE[Metric(each.target.metric)]
        due = each.done * each.days / each.passed * pace[place % len(pace)]
        each.target.value = max(round(due), least * managers)
    high = [target(branch, metric) for metric in PACE for branch in (org.prefecture, *org.counties)]
    for upper in high:
        upper.value = sum(
            each.value
            for each in low
            if each.manager is None
            and each.metric == upper.metric
            and upper.branch.contains(each.branch)
        )
    Target.objects.bulk_create(low + high)
