"""The funnel: how far the customers of a branch or a manager have come, and who says so.

It counts the customers on the list today (`LeadQuerySet.workable`) by the stage
they are at. 触达 means that the person was spoken to or met. A stage is 自报 when
staff reported it, 核实 when the bank's systems confirmed it.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count
from django.http import QueryDict

from branches.models import Branch, BranchLevel, Staff
from outreach.models import Lead, Stage, StageBasis
from outreach.querysets import LeadQuerySet
from outreach.stages import PATH, STEPS

Query = Mapping[str, list[str]]
# Whoever said no had been reached: they count among the reached, and nowhere later.
REACHED = (*PATH[1:], Stage.NOT_INTERESTED)


@dataclass(frozen=True)
class Figure:
    """A count, and the query of the lead list that answers with exactly these rows.

    `query` is None when the viewer may know the number but not the rows.
    """

    count: int
    query: str | None


@dataclass
class Line:
    """One unit of the funnel: a branch, a manager, or the unassigned."""

    label: str
    query: Query | None
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    into: str = ""  # branch code to look into

    def figure(self, stages: Iterable[str] = (), basis: str = "") -> Figure:
        """Customers at any of the stages (none given: at all), by this basis if one is given."""
        wanted = [str(stage) for stage in stages]
        count = sum(
            n
            for (stage, says), n in self.counts.items()
            if (not wanted or stage in wanted) and (not basis or says == basis)
        )
        if self.query is None:
            return Figure(count, None)
        narrowed = {**self.query, "stage": wanted, "basis": [basis] if basis else []}
        return Figure(count, _encoded(narrowed))

    @property
    def total(self) -> Figure:
        return self.figure()

    @property
    def reached(self) -> Figure:
        return self.figure(REACHED)

    @property
    def interested(self) -> Figure:
        """有意向 and beyond."""
        return self.figure(from_stage(Stage.INTERESTED))

    @property
    def cells(self) -> list["Cell"]:
        """The stages one by one, the one aside last."""
        return [Cell(self, stage) for stage in (*PATH, Stage.NOT_INTERESTED)]

    @property
    def steps(self) -> list["Step"]:
        """The funnel itself: how many came at least so far, each against the one before."""
        steps = []
        before = self.total.count
        for stage in PATH[1:]:
            stages = REACHED if stage == Stage.CONTACTED else from_stage(stage)
            step = Step(self, stage, tuple(stages), before)
            steps.append(step)
            before = step.all.count
        return steps


@dataclass(frozen=True)
class Cell:
    """The customers of a line at one stage."""

    line: Line
    stage: Stage

    @property
    def all(self) -> Figure:
        return self.line.figure([self.stage])

    @property
    def confirmed(self) -> Figure:
        return self.line.figure([self.stage], StageBasis.CONFIRMED)

    @property
    def reported(self) -> Figure:
        return self.line.figure([self.stage], StageBasis.REPORTED)


@dataclass(frozen=True)
class Step:
    """Those who came at least to a stage. `before` is the denominator: those of the step before.

    It has a name of its own: 授信 holds 已支用, 已授信未用信 does not.
    """

    line: Line
    stage: Stage
    stages: tuple[Stage, ...]
    before: int

    @property
    def name(self) -> str:
        return str(STEPS[self.stage])

    @property
    def all(self) -> Figure:
        return self.line.figure(self.stages)

    @property
    def confirmed(self) -> Figure:
        return self.line.figure(self.stages, StageBasis.CONFIRMED)

    @property
    def reported(self) -> Figure:
        return self.line.figure(self.stages, StageBasis.REPORTED)


def from_stage(stage: Stage) -> tuple[Stage, ...]:
    """The stage and those after it on the path."""
    return PATH[PATH.index(stage) :]


def branch_line(branch: Branch, leads: LeadQuerySet, narrowed: Query) -> Line:
    """The whole of a branch."""
    line = Line(branch.name, {**narrowed, "branch": [branch.code]})
    line.counts = _counted(leads.in_branch(branch)).get((), Counter())
    return line


def child_lines(branch: Branch, leads: LeadQuerySet, narrowed: Query) -> list[Line]:
    """One line for each branch directly below, in tree order; and one for its own customers."""
    below = list(Branch.objects.filter(parent=branch).order_by("number"))
    lines = [Line(each.name, {**narrowed, "branch": [each.code]}, into=each.code) for each in below]
    starts = [each.number for each in below]
    for (number,), counts in _counted(leads.in_branch(branch), "branch_number").items():
        at = bisect_right(starts, number or 0) - 1
        if at >= 0:  # customers managed by the branch itself stand in the total alone
            lines[at].counts += counts
    return lines


def manager_lines(outlet: Branch, leads: LeadQuerySet, narrowed: Query) -> list[Line]:
    """One line for each manager of the outlet or with customers there, then 待分配."""
    counted = _counted(leads.in_branch(outlet), "holder")
    holders = {pk for (pk,) in counted if pk is not None}
    staff = Staff.objects.managers().filter(branch=outlet) | Staff.objects.filter(pk__in=holders)
    here = {**narrowed, "branch": [outlet.code]}
    lines = [
        Line(each.name, {**here, "holder": [str(each.pk)]}, counted.get((each.pk,), Counter()))
        for each in staff.distinct().order_by("sort_key", "username")
    ]
    lines.append(Line("", {**here, "holder": ["none"]}, counted.get((None,), Counter())))
    return lines


def own_line(manager: Staff, leads: LeadQuerySet, narrowed: Query) -> Line:
    """What a manager holds, wherever it belongs."""
    line = Line(manager.name, {**narrowed, "holder": ["me"]})
    line.counts = _counted(leads.held_by(manager)).get((), Counter())
    return line


def outlet_aggregate(outlet: Branch, narrow: "Narrow") -> Line:
    """The outlet's totals for its managers to compare with: numbers without rows."""
    leads = Lead.objects.unscoped("aggregates of the manager's own outlet, no rows").workable()
    line = Line(outlet.name, None)
    line.counts = _counted(narrow(leads).in_branch(outlet)).get((), Counter())
    return line


def looks_into_managers(branch: Branch) -> bool:
    """Whether the next level down is people: at an outlet."""
    return branch.level == BranchLevel.OUTLET


class Narrow:
    """The product and segment asked for, applied to any set of leads."""

    def __init__(self, product: str, segment: str) -> None:
        self.product, self.segment = product, segment

    def __call__(self, leads: LeadQuerySet) -> LeadQuerySet:
        if self.product:
            leads = leads.filter(product__code=self.product)
        if self.segment:
            leads = leads.filter(segment=self.segment)
        return leads

    @property
    def query(self) -> Query:
        """The same as parameters of the lead list."""
        asked = {"product": self.product, "segment": self.segment}
        return {name: [value] for name, value in asked.items() if value}


def _counted(
    leads: LeadQuerySet, *groups: str
) -> dict[tuple[int | None, ...], Counter[tuple[str, str]]]:
    """Counts by stage and basis, for each value of the grouping columns."""
    found: dict[tuple[int | None, ...], Counter[tuple[str, str]]] = {}
    rows = leads.order_by().values_list(*groups, "stage", "stage_basis").annotate(n=Count("pk"))
    for *group, stage, basis, n in rows:
        found.setdefault(tuple(group), Counter())[stage, basis] += n
    return found


def _encoded(parameters: Query) -> str:
    query = QueryDict(mutable=True)
    for name, values in parameters.items():
        query.setlist(name, values)
    return query.urlencode()
