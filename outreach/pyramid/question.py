"""Questions that the cells can answer, and how to tell them from the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import product
from typing import Any

from django.utils import timezone

from branches.models import Branch, Staff
from branches.scope import NumberRange
from outreach.models import BranchGrain
from outreach.pyramid.layers import STAGES, Kind, layer_for, state_of

# What `outreach.filters` knows and the cells do too; a filter that asks anything
# else is answered from the leads themselves.
_STATE = frozenset({"stage", "basis", "holder"})
_TOLD = {"segment": "segment", "band": "amount_band", "product": "product_id"}
ANSWERED = _STATE | set(_TOLD) | {"branch", "expiring", "precision"}


@dataclass(frozen=True)
class CellQuestion:
    """Leads that may be marketed to on `day`, of one scope, narrowed.

    Args:
        scope: branch numbers, both inclusive.
        depth: how far below the root the branch of the scope stands, 1 at the least.
        states: those asked for (`layers.STATE`); None for all.
        values: by column of the cells, those asked for.
        until: the last day asked for, of offers that end by then.
    """

    scope: NumberRange
    depth: int
    day: date
    states: tuple[int, ...] | None = None
    values: tuple[tuple[str, tuple[Any, ...]], ...] = ()
    until: date | None = None

    @property
    def kind(self) -> Kind | None:
        """The kind of layer that tells apart what is asked for, at this depth; None if none."""
        asked = {column for column, _ in self.values} | ({"valid_to"} if self.until else set())
        for kind in Kind:
            if asked <= kind.columns and layer_for(kind, 0, self.depth) is not None:
                return kind
        return None

    @cached_property
    def _grains(self) -> list[tuple[int, int, int]]:
        """Numbers at depth 1, 2 and 3 that leads of the scope may count under together."""
        known = BranchGrain.objects.filter(depth_3__range=self.scope).order_by()
        return list(known.values_list("depth_1", "depth_2", "depth_3").distinct())

    def grains(self, depth: int) -> list[int]:
        """The branch numbers under which layers of this depth count the leads of the scope."""
        return sorted({pair[depth - 1] for pair in self._grains})


def question_of(user: Staff, asked: Mapping[str, Any]) -> CellQuestion | None:
    """What a user asks with a valid filter, for the cells; None when they cannot answer it.

    Args:
        asked: `LeadFilter`'s cleaned data.

    A manager's leads are few and found by their holder; so are those of branches far
    down the tree, by branch number.
    """
    given = {name: value for name, value in asked.items() if _is_given(value)}
    if not user.is_supervisor or set(given) - ANSWERED or given.get("holder", "none") != "none":
        return None
    branch = _narrowest(user.branch, given.get("branch"))
    depth = _depth(branch) if branch else None
    if branch is None or depth is None:
        return None
    today = timezone.localdate()
    days = given.get("expiring")
    question = CellQuestion(
        scope=branch.number_range,
        depth=depth,
        day=today,
        states=_states(given),
        values=tuple(_values(given)),
        until=None if days is None else today + timedelta(days=int(days)),
    )
    return question if question.kind is not None else None


def is_far_down(branch: Branch) -> bool:
    """Whether a branch stands so far down the tree that its leads are few."""
    return _depth(branch) not in (1, 2)


def states_where(
    *,
    stages: Iterable[str] = STAGES,
    held: bool | None = None,
    confirmed: bool | None = None,
) -> tuple[int, ...]:
    """States of the cells that answer to all of this; None is both."""
    either = (False, True)
    return tuple(
        sorted(
            state_of(stage, held=is_held, confirmed=is_confirmed)
            for stage, is_held, is_confirmed in product(stages, either, either)
            if held in (None, is_held) and confirmed in (None, is_confirmed)
        )
    )


def _is_given(value: Any) -> bool:
    if value is None or value is False or value == "":  # due=0 asks for nothing
        return False
    return bool(value) if hasattr(value, "__len__") or hasattr(value, "exists") else True


def _narrowest(scope: Branch, asked: Branch | None) -> Branch | None:
    """The branch both mean; None when they have nothing in common."""
    if asked is None or asked.contains(scope):
        return scope
    return asked if scope.contains(asked) else None


def _depth(branch: Branch) -> int | None:
    """1 for the root and the branches below it, 2 and 3 further down; None below, or not known."""
    grain = BranchGrain.objects.filter(branch_number=branch.number).first()
    if grain is None:
        return None
    at = (grain.depth_1, grain.depth_2, grain.depth_3)
    return at.index(branch.number) + 1 if branch.number in at else None


def _states(given: Mapping[str, Any]) -> tuple[int, ...] | None:
    if not _STATE & set(given):
        return None
    basis = given.get("basis")
    return states_where(
        stages=given.get("stage") or STAGES,
        held=False if given.get("holder") == "none" else None,
        confirmed=None if basis is None else basis == "confirmed",
    )


def _values(given: Mapping[str, Any]) -> Iterable[tuple[str, tuple[Any, ...]]]:
    for name, column in _TOLD.items():
        if name in given:
            yield column, tuple(sorted(getattr(each, "pk", each) for each in given[name]))
    if "precision" in given:
        yield "precision", tuple(sorted(given["precision"]))
