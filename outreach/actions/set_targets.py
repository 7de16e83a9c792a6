"""任务目标: set, changed and taken away, all of a form or none."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest

from branches.models import Branch, BranchLevel, Staff
from outreach.models import Metric, Target
from outreach.morning.activity import Days
from trust import audit

MOST = 9_999_999  # customers anybody could be asked to reach


class FixedAbove(Exception):
    """A target that a branch above has set; only they change it. `target` says which."""

    def __init__(self, target: Target) -> None:
        super().__init__(str(target))
        self.target = target


@dataclass(frozen=True)
class Aim:
    """Whose target: a branch's, or one manager's there."""

    branch: Branch
    manager: Staff | None = None


@dataclass(frozen=True)
class Changes:
    """How many targets were made, changed and taken away."""

    created: int = 0
    updated: int = 0
    removed: int = 0

    def __bool__(self) -> bool:
        return bool(self.created or self.updated or self.removed)


def is_fixed_for(target: Target, user: Staff) -> bool:
    """Whether a branch above the user's has set it. One of a file that nobody signed is the root's."""
    if target.set_by is None:
        return user.branch.parent_id is not None
    return not user.branch.contains(target.set_by.branch)


def is_confirmed_above(target: Target, by: Staff | None) -> bool:
    """Whether who says the same value again stands above who has set it (None: the root)."""
    if target.set_by is None:
        return False
    setter = target.set_by.branch
    if by is None:
        return setter.parent_id is not None
    return by.branch_id != setter.pk and by.branch.contains(setter)


def setter_of(target: Target) -> str:
    """The branch that has set a target."""
    if target.set_by:
        return target.set_by.branch.name
    here = target.branch.number
    root = Branch.objects.filter(parent=None, number__lte=here, last_number__gte=here).first()
    return root.name if root else str(BranchLevel.HEADQUARTERS.label)


@transaction.atomic
def set_targets(
    *,
    values: Mapping[Aim, int | None],
    metric: Metric,
    days: Days,
    by: Staff,
    request: HttpRequest | None = None,
) -> Changes:
    """Give each aim its target for a metric and a period; None takes it away.

    A value that stands and is said again from further above is theirs from then on.

    Raises:
        FixedAbove: one of them differs from what a branch above has set; nothing is changed.
        ValueError: an aim outside the subtree of `by`, or a value that is no target.
    """
    counted = {"created": 0, "updated": 0, "removed": 0}
    for aim, value in values.items():
        if not by.branch.contains(aim.branch):
            raise ValueError("not a branch of this subtree")
        if value is not None and not 0 < value <= MOST:
            raise ValueError("no number of customers")
        done = _set(aim, value, metric, days, by)
        if done:
            counted[done] += 1
    changes = Changes(**counted)
    if changes:
        audit.record(
            "target.set",
            by=by,
            target=f"branch:{next(iter(values)).branch.code}",
            request=request,
            metric=metric.value,
            first_day=days.first.isoformat(),
            last_day=days.last.isoformat(),
            created=changes.created,
            updated=changes.updated,
            removed=changes.removed,
        )
    return changes


def _set(aim: Aim, value: int | None, metric: Metric, days: Days, by: Staff) -> str:
    """Bring one target to its value; what was done, or nothing."""
    targets = Target.objects.unscoped("an aim checked to be in the subtree")
    same = {
        "branch": aim.branch,
        "manager": aim.manager,
        "metric": metric,
        "first_day": days.first,
        "last_day": days.last,
    }
    if value is None:
        stands = targets.filter(**same).first()
        made = False
    else:
        stands, made = targets.get_or_create(**same, defaults={"value": value, "set_by": by})
    if made:
        return "created"
    if stands is None or (stands.value == value and not is_confirmed_above(stands, by)):
        return ""
    if is_fixed_for(stands, by):
        raise FixedAbove(stands)
    if value is None:
        targets.filter(pk=stands.pk).delete()
        return "removed"
    stands.value, stands.set_by = value, by
    stands.save()
    return "updated"
