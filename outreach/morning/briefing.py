"""晨会: what a branch did yesterday and today, by branch, outlet and person.

The numbers are those of `outreach.morning.activity`; a line of a branch counts its
customers, a line of a person what they did with the customers of the outlet.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.http import urlencode

from branches.models import Branch, Staff
from outreach.models import Lead, Stage
from outreach.morning.activity import (
    CONFIRMED,
    DEFINITIONS,
    REPORTED,
    Activity,
    Counts,
    Days,
    counts_by,
)
from outreach.morning.progress import rows_query
from outreach.querysets import LeadQuerySet

Query = Mapping[str, list[str]]
# What each number is set against; the rest have nothing to be a part of.
WHOLE_OF = {
    Activity.REACHED: Activity.ATTEMPTED,
    Activity.INTERESTED: Activity.REACHED,
    Activity.REFUSED: Activity.ATTEMPTED,
    Activity.UNLOGGED: Activity.ATTEMPTED,
}
SATURDAY = 5


@dataclass(frozen=True)
class Figure:
    """A count, what it is a part of (None: of nothing), and the query of its rows."""

    activity: Activity
    count: int
    whole: int | None
    query: str

    @property
    def label(self) -> str:
        return str(self.activity.label)


@dataclass
class Line:
    """One unit of the page on one day: a branch, or a person at an outlet."""

    label: str
    query: Query
    day: date
    into: str = ""  # branch code to look into
    person: int | None = None
    counts: Counts = field(default_factory=Counter)
    ending: int = 0
    ending_untouched: int = 0

    def figure(self, activity: Activity) -> Figure:
        whole = WHOLE_OF.get(activity)
        asked = {**self.query, **rows_query(activity, Days.only(self.day))}
        return Figure(
            activity,
            self.counts[activity],
            self.counts[whole] if whole else None,
            urlencode(asked, doseq=True),
        )

    @property
    def reported(self) -> list[Figure]:
        return [self.figure(activity) for activity in REPORTED]

    @property
    def confirmed(self) -> list[Figure]:
        return [self.figure(activity) for activity in CONFIRMED]

    @property
    def times(self) -> int:
        """Attempts, not customers."""
        return self.counts["times"]

    @property
    def ending_query(self) -> str:
        """The rows behind `ending_untouched`; a person's are those they hold."""
        asked = {name: values for name, values in self.query.items() if name != "by"}
        if self.person is not None:
            asked["holder"] = [str(self.person)]
        asked |= {"stage": [Stage.TO_CONTACT.value], "expiring": [str(settings.EXPIRING_DAYS)]}
        return urlencode(asked, doseq=True)


@dataclass(frozen=True)
class Row:
    """One number of a unit on several days, under its definition."""

    activity: Activity
    definition: Promise
    figures: list[Figure]


def rows_of(lines: list[Line], activities: Iterable[Activity]) -> list[Row]:
    """The same unit's lines of several days, turned: a row for each number."""
    return [
        Row(activity, DEFINITIONS[activity], [line.figure(activity) for line in lines])
        for activity in activities
    ]


def branch_line(branch: Branch, leads: LeadQuerySet, day: date) -> Line:
    """The whole of a branch."""
    line = Line(branch.name, {"branch": [branch.code]}, day)
    inside = leads.in_branch(branch)
    for counts in counts_by("branch", Days.only(day), leads=inside).values():
        line.counts += counts
    for ending, untouched in _ending(inside, "branch_number").values():
        line.ending += ending
        line.ending_untouched += untouched
    return line


def child_lines(branch: Branch, leads: LeadQuerySet, day: date) -> list[Line]:
    """One line for each branch directly below, in tree order."""
    below = list(Branch.objects.filter(parent=branch).order_by("number"))
    lines = [Line(each.name, {"branch": [each.code]}, day, into=each.code) for each in below]
    starts = [each.number for each in below]
    inside = leads.in_branch(branch)

    def line_of(number: int | None) -> Line | None:
        at = bisect_right(starts, number or 0) - 1
        return lines[at] if at >= 0 else None  # the branch's own customers: in the total alone

    for number, counts in counts_by("branch", Days.only(day), leads=inside).items():
        if line := line_of(number):
            line.counts += counts
    for number, (ending, untouched) in _ending(inside, "branch_number").items():
        if line := line_of(number):
            line.ending += ending
            line.ending_untouched += untouched
    return lines


def manager_lines(outlet: Branch, leads: LeadQuerySet, day: date) -> list[Line]:
    """One line for each manager of the outlet, and for whoever else worked its customers."""
    inside = leads.in_branch(outlet)
    counted = counts_by("staff", Days.only(day), leads=inside)
    ending = _ending(inside, "holder")
    worked = {pk for pk in (*counted, *ending) if pk is not None}
    staff = Staff.objects.managers().filter(branch=outlet) | Staff.objects.filter(pk__in=worked)
    return [
        _person_line(each, {"branch": [outlet.code]}, day, counted, ending)
        for each in staff.distinct().order_by("sort_key", "username")
    ]


def person_line(person: Staff, leads: LeadQuerySet, day: date) -> Line:
    """What one person did with the customers of the asker's scope."""
    counted = counts_by("staff", Days.only(day), leads=leads, people=[person.pk])
    return _person_line(person, {}, day, counted, _ending(leads.held_by(person), "holder"))


def _person_line(
    person: Staff,
    here: Query,
    day: date,
    counted: dict[int | None, Counts],
    ending: dict[int | None, tuple[int, int]],
) -> Line:
    line = Line(person.name, {**here, "by": [str(person.pk)]}, day, person=person.pk)
    line.counts = counted.get(person.pk, Counter())
    line.ending, line.ending_untouched = ending.get(person.pk, (0, 0))
    return line


def _ending(leads: LeadQuerySet, group: str) -> dict[int | None, tuple[int, int]]:
    """Whose offers end within days: all that may be worked on, and those nobody has reached."""
    soon = leads.workable().expiring(settings.EXPIRING_DAYS).order_by()
    untouched = Count("pk", filter=Q(stage=Stage.TO_CONTACT))
    rows = soon.values_list(group).annotate(n=Count("pk"), untouched=untouched)
    return {value: (n, left) for value, n, left in rows}


def days_to_show(today: date) -> list[date]:
    """Yesterday and today; on Sunday and Monday also the Friday before, the last working day."""
    yesterday = today - timedelta(days=1)
    if yesterday.weekday() < SATURDAY:
        return [yesterday, today]
    friday = yesterday - timedelta(days=yesterday.weekday() - SATURDAY + 1)
    return [friday, yesterday, today]


def leads_of(user: Staff) -> LeadQuerySet:
    """The customers a briefing speaks of: the whole scope, on the list or not any more."""
    return Lead.objects.visible_to(user)
