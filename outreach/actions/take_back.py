"""收回 and 离岗释放: customers back into the pool, or from somebody who leaves to a colleague.

As when assigning: a lead changes hands by a conditional UPDATE that names the
holder it was seen with, so that one of two supervisors wins; the other is told
how many were gone. What ended carries the operation in `end_note`, since a lead
in nobody's hands has no assignment that could point at it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Staff
from outreach.actions.assign import (
    CHUNK,
    UndoResult,
    by_holder,
    open_assignments,
    record_given,
    take,
)
from outreach.actions.deadlock import again_on_deadlock
from outreach.actions.lead_lock import lock_in_order
from outreach.among import Among
from outreach.models import (
    Assignment,
    AssignmentOperation,
    ContactLog,
    Eligibility,
    EndReason,
    Lead,
    OperationKind,
)
from outreach.querysets import LeadQuerySet
from outreach.stages import IN_PROCESS
from trust import audit

CLOSED = (Eligibility.REFUSED, Eligibility.CONTROL)  # business in process or not


@dataclass(frozen=True)
class TakeBackResult:
    """What came of it. `operation` is None when nothing changed; `lost` had changed before."""

    operation: AssignmentOperation | None
    count: int
    lost: int


@again_on_deadlock
@transaction.atomic
def take_back(
    *,
    leads: Mapping[int, int | None],
    by: Staff,
    include_in_process: bool = False,
    request: HttpRequest | None = None,
) -> TakeBackResult:
    """Free leads from their holders. Those that changed hands since they were seen are lost.

    Leads out of scope, withdrawn, expired or refused stay as they are; business
    in process stays with its holder unless `include_in_process`.

    Args:
        leads: lead id → id of the holder it was seen with.
    """
    scope = Lead.objects.visible_to(by).workable()
    if not include_in_process:
        scope = scope.exclude(stage__in=IN_PROCESS, application_refused=False)
    lock_in_order(leads)
    operation = AssignmentOperation.objects.create(kind=OperationKind.TAKE_BACK, to=None, by=by)
    freed: list[int] = []
    for holder_id, ids in by_holder(leads):
        if holder_id is not None:
            freed += _free(scope, ids, holder_id, operation, EndReason.TAKEN_BACK)
    return _done(operation, freed, len(leads) - len(freed), "lead.take_back", request)


@again_on_deadlock
@transaction.atomic
def release_leaver(
    *, staff: Staff, by: Staff, to: Staff | None = None, request: HttpRequest | None = None
) -> TakeBackResult:
    """Free every lead of somebody who leaves, or hand all of them to one colleague.

    All means all that the supervisor may see, on the list or not, business in
    process included: whoever has left serves nobody. It does not matter whether
    they are disabled already.

    Raises:
        ValueError: `to` is the leaver, or no active manager of the subtree of `by`.
    """
    if to is not None:
        receivers = Staff.objects.visible_to(by).managers().exclude(pk=staff.pk)
        if not receivers.filter(pk=to.pk).exists():
            raise ValueError("not another manager of this subtree")
    scope = Lead.objects.visible_to(by)
    theirs = dict(scope.held_by(staff).values_list("pk", "holder_id"))
    lock_in_order(theirs)
    operation = AssignmentOperation.objects.create(kind=OperationKind.LEAVER, to=to, by=by)
    moved: list[int] = []
    for _holder, ids in by_holder(theirs):
        if to is None:
            moved += _free(scope, ids, staff.pk, operation, EndReason.LEFT)
        else:
            moved += _hand_over(scope, ids, staff.pk, operation, to)
    lost = len(theirs) - len(moved)
    return _done(operation, moved, lost, "lead.release", request, staff=staff.pk)


@again_on_deadlock
@transaction.atomic
def undo_take_back(
    *, operation: AssignmentOperation, by: Staff, request: HttpRequest | None = None
) -> UndoResult:
    """Give what was freed back to whoever had it, as far as nobody has touched it since.

    Touched: somebody holds it now, it was contacted, or it has left the list. A
    former holder who is no active manager any more does not get it back.
    Nothing restored: the operation can be undone later.

    Raises:
        ValueError: it was undone already.
    """
    claimed = AssignmentOperation.objects.filter(pk=operation.pk, undone_at=None)
    if not claimed.update(undone_at=timezone.now()):
        raise ValueError("undone already")
    ended = ended_by(operation)
    former = dict(ended.values_list("lead_id", "holder_id"))
    lock_in_order(former)
    managers = Staff.objects.managers().in_bulk(set(former.values()))
    kept = _why_kept(former, operation.at, managers)
    free = {pk: holder for pk, holder in former.items() if pk not in kept}
    restored: list[int] = []
    for holder_id, ids in by_holder(free):
        leads = Lead.objects.unscoped("what this operation freed, undone by its author")
        leads = leads.exclude(eligibility__in=CLOSED)  # also when they refuse this very moment
        back = take(leads, ids, None, managers[holder_id or 0])
        ended.filter(Among("lead_id", back)).update(ended_at=None, end_reason="", end_note="")
        restored += back
    for pk in set(free) - set(restored):
        kept[pk] = _("已有新的持有人")
    if not restored:
        AssignmentOperation.objects.filter(pk=operation.pk).update(undone_at=None)
    audit.record(
        "lead.take_back_undo",
        by=by,
        target=f"operation:{operation.pk}",
        request=request,
        result="ok" if restored else "nothing to undo",
        count=len(restored),
        kept=len(kept),
        leads_digest=audit.digest_of_ids(restored),
    )
    return UndoResult(restored=len(restored), kept=Counter(kept.values()))


def _free(
    leads: LeadQuerySet,
    ids: list[int],
    holder_id: int,
    operation: AssignmentOperation,
    reason: EndReason,
) -> list[int]:
    """Leave nobody as the holder of those that still have this one; returns which.

    When the count falls short, ours are those without holder whose assignment is
    still open: whoever frees a lead ends it in the same transaction.
    """
    freed = ids
    if leads.filter(Among("pk", ids), holder_id=holder_id).update(holder=None) < len(ids):
        ours = open_assignments(ids).filter(holder_id=holder_id, lead__holder=None)
        freed = sorted(ours.values_list("lead_id", flat=True))
    open_assignments(freed).update(
        ended_at=operation.at, end_reason=reason, end_note=_note(operation)
    )
    return freed


def _hand_over(
    leads: LeadQuerySet, ids: list[int], holder_id: int, operation: AssignmentOperation, to: Staff
) -> list[int]:
    moved = take(leads, ids, holder_id, to)
    open_assignments(moved).update(ended_at=operation.at, end_reason=EndReason.LEFT)
    if moved:
        record_given(moved, holder_id, operation, operation.at)
    return moved


def _done(
    operation: AssignmentOperation,
    moved: list[int],
    lost: int,
    action: str,
    request: HttpRequest | None,
    **detail: Any,
) -> TakeBackResult:
    """Keep the operation and its one event, or neither when nothing moved."""
    if not moved:
        operation.delete()
        return TakeBackResult(operation=None, count=0, lost=lost)
    operation.count = len(moved)
    operation.save(update_fields=["count"])
    audit.record(
        action,
        by=operation.by,
        target=f"operation:{operation.pk}",
        request=request,
        to=operation.to_id,
        count=len(moved),
        lost=lost,
        leads_digest=audit.digest_of_ids(moved),
        **detail,
    )
    return TakeBackResult(operation=operation, count=len(moved), lost=lost)


def _note(operation: AssignmentOperation) -> str:
    return f"operation:{operation.pk}"


def ended_by(operation: AssignmentOperation) -> Any:
    """The assignments that this operation ended."""
    return Assignment.objects.filter(
        ended_at=operation.at,
        end_reason__in=(EndReason.TAKEN_BACK, EndReason.LEFT),
        end_note=_note(operation),
    )


def _why_kept(
    former: Mapping[int, int], since: datetime, managers: Mapping[int, Staff]
) -> dict[int, str]:
    """Lead id → why it does not go back, of those that do not."""
    kept = {pk: _("原持有人已离岗") for pk, holder in former.items() if holder not in managers}
    leads = Lead.objects.unscoped("what this operation freed, undone by its author")
    for ids in _chunks(former):
        these = leads.filter(Among("pk", ids))
        served = these.filter(stage__in=IN_PROCESS).exclude(eligibility__in=CLOSED)
        alive = these.workable() | served
        open_to_return = set(alive.values_list("pk", flat=True))
        kept |= {pk: _("已移出、过期或拒绝营销") for pk in ids if pk not in open_to_return}
        logs = ContactLog.objects.unscoped("whether anybody contacted them since")
        touched = logs.filter(Among("lead_id", ids), started_at__gte=since)
        kept |= dict.fromkeys(touched.values_list("lead_id", flat=True), _("已有联系记录"))
        held = these.filter(holder__isnull=False).values_list("pk", flat=True)
        kept |= dict.fromkeys(held, _("已有新的持有人"))
    return kept


def _chunks(ids: Iterable[int]) -> list[list[int]]:
    listed = sorted(ids)
    return [listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK)]
