"""Giving leads to managers, taking it back, and managers claiming from the pool.

One customer, one holder. A lead changes hands by a conditional UPDATE that
names the holder it was seen with; whoever comes second finds it changed, and
is told who was first. The unique open `Assignment` of a lead is the second wall.
Everything is done in sets: thousands of leads cost a handful of statements.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import BigIntegerField, CharField, DateTimeField, F, Q, Value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Role, Staff
from outreach.actions.deadlock import again_on_deadlock
from outreach.actions.lead_lock import lock_in_order
from outreach.among import Among
from outreach.local_day import midnight
from outreach.models import Assignment, AssignmentOperation, EndReason, Lead, OperationKind
from outreach.querysets import LeadQuerySet
from trust import audit

CHUNK = 10_000  # ids in one statement


class CannotClaim(Exception):
    """A claim was refused; the message says why, and who was first if somebody was."""


@dataclass(frozen=True)
class Lost:
    """Leads that somebody else got first: how many, who gave them, who holds them now.

    Without `holder`: nobody does, they may no longer be marketed to. Without
    `by`: a new list gave them.
    """

    count: int
    by: Staff | None
    holder: Staff | None

    def __str__(self) -> str:
        if self.holder is None:
            return _("%(count)s 位有变动，已不能分配") % {"count": self.count}
        words = {"count": self.count, "holder": self.holder.name}
        if self.by is None:
            return _("%(count)s 位已由新名单分配给 %(holder)s") % words
        if self.by == self.holder:
            return _("%(count)s 位已被 %(holder)s 抢先认领") % words
        words["by"] = self.by.name
        return _("%(count)s 位已被 %(by)s 抢先分配给 %(holder)s") % words


@dataclass(frozen=True)
class AssignResult:
    """What came of it. `operation` is None when every lead was lost."""

    operation: AssignmentOperation | None
    assigned: int
    lost: list[Lost] = field(default_factory=list)


@dataclass(frozen=True)
class UndoResult:
    """How many went back, and of the rest, how many for which reason."""

    restored: int
    kept: Counter[str]


@again_on_deadlock
@transaction.atomic
def assign_leads(
    *,
    leads: Mapping[int, int | None],
    to: Staff,
    kind: OperationKind,
    by: Staff,
    request: HttpRequest | None = None,
) -> AssignResult:
    """Give leads to a manager. Those that changed hands since they were seen are lost.

    The manager may sit at any outlet of the supervisor's subtree; the lead keeps
    its own 管户机构 either way. Leads out of scope, withdrawn, expired, refused or
    in the control group are never assigned.

    Args:
        leads: lead id → id of the holder it was seen with (None: 待分配).

    Raises:
        ValueError: `to` is no active manager of the subtree of `by`.
    """
    if not Staff.objects.visible_to(by).managers().filter(pk=to.pk).exists():
        raise ValueError("not a manager of this subtree")
    now = timezone.now()
    won: list[int] = []
    lock_in_order(leads)
    operation = AssignmentOperation.objects.create(kind=kind, to=to, by=by)
    for holder_id, ids in by_holder(leads):
        taken = take(Lead.objects.visible_to(by).workable(), ids, holder_id, to)
        if holder_id is not None:
            open_assignments(taken).update(ended_at=now, end_reason=EndReason.REASSIGNED)
        if taken:
            record_given(taken, holder_id, operation, now)
        won += taken
    lost = who_has(set(leads) - set(won))
    if not won:
        operation.delete()
        return AssignResult(operation=None, assigned=0, lost=lost)
    operation.count = len(won)
    operation.save(update_fields=["count"])
    audit.record(
        "lead.assign",
        by=by,
        target=f"operation:{operation.pk}",
        request=request,
        to=to.pk,
        kind=kind,
        count=len(won),
        lost=len(leads) - len(won),
        leads_digest=audit.digest_of_ids(won),
    )
    return AssignResult(operation=operation, assigned=len(won), lost=lost)


@again_on_deadlock
@transaction.atomic
def undo_assignment(
    *, operation: AssignmentOperation, by: Staff, request: HttpRequest | None = None
) -> UndoResult:
    """Give leads back to whoever had them before, if nobody touched them since.

    Touched: given on, returned or withdrawn (the assignment ended), or contacted
    (any contact log since). A former holder who has left does not get them back;
    those leads are 待分配 again. The former assignment is opened again, the undone
    one stays as a closed row. Nothing restored: the operation can be undone later.

    Raises:
        ValueError: it was undone already.
    """
    now = timezone.now()
    claimed = AssignmentOperation.objects.filter(pk=operation.pk, undone_at=None)
    if not claimed.update(undone_at=now):
        raise ValueError("undone already")
    mine = Assignment.objects.filter(operation=operation)
    lock_in_order(mine.filter(ended_at=None).values_list("lead_id", flat=True))
    kept = _why_ended(mine.exclude(ended_at=None))
    touched = Q(lead__contact_logs__started_at__gte=F("at"))
    untouched = mine.filter(ended_at=None).exclude(
        pk__in=mine.filter(touched, ended_at=None).values("pk")
    )
    kept[_("已有联系记录")] += mine.filter(ended_at=None).count() - untouched.count()
    restored: list[int] = []
    for former, ids in by_holder(dict(untouched.values_list("lead_id", "previous_holder_id"))):
        restored += _give_back(ids, former, operation, now)
    if not restored:
        AssignmentOperation.objects.filter(pk=operation.pk).update(undone_at=None)
    audit.record(
        "lead.assign_undo",
        by=by,
        target=f"operation:{operation.pk}",
        request=request,
        result="ok" if restored else "nothing to undo",
        count=len(restored),
        kept=sum(kept.values()),
        leads_digest=audit.digest_of_ids(restored),
    )
    return UndoResult(restored=len(restored), kept=+kept)


@again_on_deadlock
@transaction.atomic
def claim_lead(*, lead: Lead, by: Staff, request: HttpRequest | None = None) -> AssignmentOperation:
    """A manager takes a lead from the pool of their outlet.

    Raises:
        CannotClaim: somebody has it, it may not be marketed to, or the day's
            claims (`CLAIMS_PER_DAY`) are used up.
    """
    if by.role != Role.MANAGER:
        raise ValueError("only managers claim")
    by.take_turn()
    today = AssignmentOperation.objects.filter(kind=OperationKind.CLAIM, by=by, at__gte=midnight())
    if today.count() >= settings.CLAIMS_PER_DAY:
        raise CannotClaim(
            _("今天已认领 %(cap)s 位，达到上限，明天再来。") % {"cap": settings.CLAIMS_PER_DAY}
        )
    if not take(Lead.objects.visible_to(by).workable(), [lead.pk], None, by):
        first = who_has({lead.pk})
        raise CannotClaim(_("没有认领成功：%(why)s。") % {"why": first[0] if first else ""})
    operation = AssignmentOperation.objects.create(kind=OperationKind.CLAIM, to=by, by=by, count=1)
    now = timezone.now()
    record_given([lead.pk], None, operation, now)
    open_assignments([lead.pk]).update(seen_at=now)  # whoever took it knows
    audit.record("lead.claim", by=by, target=f"lead:{lead.pk}", request=request)
    return operation


def _still_held_by(leads: LeadQuerySet, holder_id: int | None) -> LeadQuerySet:
    """The guard: only leads whose holder is still the one they were seen with."""
    return leads.filter(holder_id=holder_id)


def take(leads: LeadQuerySet, ids: list[int], holder_id: int | None, to: Staff) -> list[int]:
    """Set the holder of those of `ids` that still have the holder they were seen with.

    Returns the ids that were won. When the count falls short, the winners are
    those now held by `to` without an open assignment to them: a lead that
    somebody else gave to the same manager a moment ago has one.
    """
    if not ids:
        return []
    if _still_held_by(leads.filter(Among("pk", ids)), holder_id).update(holder=to) == len(ids):
        return ids
    now_theirs = Lead.objects.unscoped("ids that were in scope a moment ago").filter(
        Among("pk", ids), holder=to
    )
    given_before = set(open_assignments(ids).filter(holder=to).values_list("lead_id", flat=True))
    return sorted(set(now_theirs.values_list("pk", flat=True)) - given_before)


def _give_back(
    ids: list[int], former: int | None, operation: AssignmentOperation, now: datetime
) -> list[int]:
    """Undo one chunk: the lead to its former holder, this assignment closed, theirs reopened."""
    if former is not None and not Staff.objects.managers().filter(pk=former).exists():
        former = None
    # End first and look at the count: the open assignment is what says it is still ours.
    mine = Assignment.objects.filter(Among("lead_id", ids), operation=operation, ended_at=None)
    mine.update(ended_at=now, end_reason=EndReason.UNDONE)
    closed = Assignment.objects.filter(
        Among("lead_id", ids), operation=operation, ended_at=now, end_reason=EndReason.UNDONE
    )
    ours = list(closed.values_list("lead_id", flat=True))
    Lead.objects.unscoped("what this operation assigned, undone by its author").filter(
        Among("pk", ours), holder_id=operation.to_id
    ).update(holder_id=former)
    if former is not None:
        reopened = Assignment.objects.filter(
            Among("lead_id", ours),
            holder_id=former,
            end_reason__in=(EndReason.REASSIGNED, EndReason.LEFT),
            ended_at__in=closed.values("at"),
        )
        reopened.update(ended_at=None, end_reason="")
    return ours


def by_holder(leads: Mapping[int, int | None]) -> Iterator[tuple[int | None, list[int]]]:
    """Chunks of ids with one holder each, in ascending order."""
    groups: dict[int | None, list[int]] = {}
    for pk in sorted(leads):
        groups.setdefault(leads[pk], []).append(pk)
    for holder_id, ids in groups.items():
        for start in range(0, len(ids), CHUNK):
            yield holder_id, ids[start : start + CHUNK]


def open_assignments(ids: Iterable[int]) -> Any:
    """The assignments of these leads that have not ended."""
    return Assignment.objects.filter(Among("lead_id", ids), ended_at=None)


def record_given(
    ids: list[int], former: int | None, operation: AssignmentOperation, at: datetime
) -> None:
    """One open assignment a lead, as INSERT … SELECT.

    `bulk_create` costs ten times as much: 5,000 rows of eight parameters each.
    """
    rows = (
        Lead.objects.unscoped("ids that were taken a moment ago")
        .filter(Among("pk", ids))
        .order_by()
        .values_list(
            "pk",
            Value(operation.to_id, BigIntegerField()),
            Value(operation.pk, BigIntegerField()),
            Value(former, BigIntegerField()),
            Value(at, DateTimeField()),
            Value("", CharField()),
            Value("", CharField()),
        )
    )
    into = ("lead", "holder", "operation", "previous_holder", "at", "end_reason", "end_note")
    quoted = connection.ops.quote_name
    fields: list[Any] = [Assignment._meta.get_field(name) for name in into]
    columns = ", ".join(quoted(field.column) for field in fields)
    select, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quoted(Assignment._meta.db_table)} ({columns}) {select}",
            parameters,
        )


def who_has(ids: Iterable[int], *, since: datetime | None = None) -> list[Lost]:
    """Who holds these leads, and who gave them (since when): the largest group first."""
    listed = sorted(ids)
    groups: Counter[tuple[Staff | None, Staff | None]] = Counter()
    for start in range(0, len(listed), CHUNK):
        now_open = open_assignments(listed[start : start + CHUNK]).select_related(
            "operation__by", "holder"
        )
        if since is not None:
            now_open = now_open.filter(at__gte=since)
        groups.update((each.operation.by, each.holder) for each in now_open)
    if since is None:
        groups[None, None] += len(listed) - sum(groups.values())
    return [Lost(count, by, holder) for (by, holder), count in groups.most_common() if count]


def _why_ended(ended: Any) -> Counter[str]:
    """How many assignments ended for which reason, in words."""
    reasons = Counter(ended.values_list("end_reason", flat=True))
    return Counter({str(EndReason(reason).label): count for reason, count in reasons.items()})
