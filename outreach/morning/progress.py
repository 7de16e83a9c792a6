"""How far a target has come: 完成率 beside 序时进度.

完成率 = done ÷ target. 序时进度 = the share of the period's days that have passed;
both ends of the period count, and today counts as passed. Behind means: 完成率 is
less than 序时进度.

Who counts: customers, each once in the period. 触达 and 有意向 are 自报: of a
branch, its customers, whoever spoke to them; of a manager, all customers they
spoke to themselves. 申请 and 支用 are 核实, by the day the loan system names: of a
branch, its customers; of a manager, those they held on that day. The control
group never counts.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, IntegerField, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.models import Staff
from outreach.models import Lead, Metric, Target
from outreach.models.target import TargetQuerySet
from outreach.morning.activity import Activity, Counts, Days, counts_by
from trust.wall import whole_bank

ACTIVITY_OF = {
    Metric.CONTACTED: Activity.REACHED,
    Metric.INTERESTED: Activity.INTERESTED,
    Metric.APPLIED: Activity.APPLIED,
    Metric.DRAWN: Activity.DRAWN,
}
DEFINITIONS: dict[Metric, Promise] = {
    Metric.CONTACTED: gettext_lazy("期间本人接通或见面的客户，每位计一次；自报"),
    Metric.INTERESTED: gettext_lazy("期间触达后登记为有意向的客户，每位计一次；自报"),
    Metric.APPLIED: gettext_lazy("业务系统在期间有申请的客户，每位计一次；核实"),
    Metric.DRAWN: gettext_lazy("业务系统在期间有放款的客户，每位计一次；核实"),
}


@dataclass(frozen=True)
class Progress:
    """A target, what is done of it, and how many of its days have passed."""

    target: Target
    done: int
    passed: int
    days: int

    @property
    def missing(self) -> int:
        """差距: how many are still to come; 0 when reached."""
        return max(self.target.value - self.done, 0)

    @property
    def due_by_now(self) -> int:
        """What 序时进度 asks for by the end of today, rounded up."""
        return -(-self.target.value * self.passed // self.days)

    @property
    def is_behind(self) -> bool:
        return self.done * self.days < self.target.value * self.passed

    @property
    def is_reached(self) -> bool:
        return self.done >= self.target.value

    @property
    def state(self) -> str:
        """``reached``, ``ahead``, ``behind``, or ``ahead`` while the period has not begun."""
        if self.is_reached:
            return "reached"
        return "behind" if self.is_behind else "ahead"

    @property
    def state_in_words(self) -> str:
        if self.is_reached:
            return _("已完成")
        if not self.passed:
            return _("未开始")
        if self.is_behind:
            return _("落后序时 %(count)s") % {"count": f"{self.due_by_now - self.done:,}"}
        return _("达到序时")

    @property
    def percent(self) -> int:
        """完成率, rounded down: 99.6 % is not done."""
        return self.done * 100 // self.target.value

    @property
    def length(self) -> int:
        """完成率 as a length of the bar's 1,000 units."""
        return min(self.done * 1000 // self.target.value, 1000)

    @property
    def time_mark(self) -> int:
        """Where 序时进度 stands on the bar."""
        return min(self.passed * 1000 // self.days, 996)

    @property
    def percent_of_time(self) -> int:
        return self.passed * 100 // self.days

    @property
    def rows(self) -> str:
        """The same as a query string."""
        return urlencode(self.query, doseq=True)

    @property
    def query(self) -> dict[str, list[str]]:
        """The rows of the lead list behind `done`."""
        asked = rows_query(ACTIVITY_OF[Metric(self.target.metric)], _days_of(self.target))
        if self.target.manager_id is not None:
            return {**asked, "by": [str(self.target.manager_id)]}
        return {**asked, "branch": [self.target.branch.code]}


def running_targets(user: Staff, today: date) -> TargetQuerySet:
    """The targets a user may see whose period is on."""
    targets = Target.objects.visible_to(user).filter(first_day__lte=today, last_day__gte=today)
    order = [When(metric=each, then=Value(place)) for place, each in enumerate(Metric)]
    turn = Case(*order, output_field=IntegerField())
    return targets.select_related("branch", "manager").order_by("last_day", turn)


def rows_query(activity: Activity, days: Days) -> dict[str, list[str]]:
    """The parameters of the lead list that ask for these customers."""
    return {
        "happened": [activity.value],
        "since": [days.first.isoformat()],
        "until": [days.last.isoformat()],
    }


def days_passed(first: date, last: date, today: date) -> int:
    """How many of the days from `first` to `last` have passed, today included."""
    return max((min(today, last) - first).days + 1, 0)


@whole_bank("only counts, for targets the asker may see")
def progress_of(targets: Iterable[Target], today: date | None = None) -> list[Progress]:
    """The targets with what is done, in the order given; a few queries for each period."""
    today = today or timezone.localdate()
    listed = list(targets)
    counted = _Counted(listed)
    return [
        Progress(
            target,
            counted.done(target),
            days_passed(target.first_day, target.last_day, today),
            len(Days(target.first_day, target.last_day)),
        )
        for target in listed
    ]


class _Counted:
    """The counts behind some targets, asked for once a period."""

    def __init__(self, targets: list[Target]) -> None:
        everywhere = Lead.objects.unscoped("counts for targets the asker may see; no rows")
        self.of_people: dict[Days, dict[int | None, Counts]] = {}
        self.of_branches: dict[Days, dict[int | None, Counts]] = {}
        for days in {_days_of(target) for target in targets}:
            now = [target for target in targets if _days_of(target) == days]
            people = [target.manager_id for target in now if target.manager_id is not None]
            ranges = [target.branch.number_range for target in now if target.manager_id is None]
            if people:
                self.of_people[days] = counts_by("staff", days, leads=everywhere, people=people)
            if ranges:
                span = min(first for first, last in ranges), max(last for first, last in ranges)
                leads = everywhere.filter(branch_number__range=span)
                self.of_branches[days] = counts_by("branch", days, leads=leads)

    def done(self, target: Target) -> int:
        activity = ACTIVITY_OF[Metric(target.metric)]
        days = _days_of(target)
        if target.manager_id is not None:
            return self.of_people[days].get(target.manager_id, Counter())[activity]
        first, last = target.branch.number_range
        numbers = self.of_branches[days].items()
        return sum(counts[activity] for at, counts in numbers if first <= (at or 0) <= last)


def _days_of(target: Target) -> Days:
    return Days(target.first_day, target.last_day)
