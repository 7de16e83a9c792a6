"""What was done with customers on which days: the numbers of 晨会, and the rows behind them.

Everything counts customers, never calls: whoever was rung twice counts once. Two
words are kept apart throughout. 自报 is what colleagues logged, on the day the
contact began; headquarters' own channels do not count. 核实 is what the loan
system says, on the day it names (`LoanResult.on`). The control group never counts.

The numbers (`counts_by`) and the rows (`customers_with`) are built from the same
two querysets, so that a number equals the rows its link leads to.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from outreach.models import Assignment, ContactLog, Eligibility, Outcome
from outreach.models.contact_log import ContactLogQuerySet
from outreach.querysets import LeadQuerySet
from whitelist.models import LoanResult, LoanStep
from whitelist.models.loan_result import LoanResultQuerySet


class Activity(models.TextChoices):
    """What can have happened with a customer on a day."""

    ATTEMPTED = "attempted", _("联系")
    REACHED = "reached", _("触达")
    INTERESTED = "interested", _("有意向")
    REFUSED = "refused", _("拒绝")
    UNLOGGED = "unlogged", _("未登记")
    APPLIED = "applied", _("申请")
    APPROVED = "approved", _("授信")
    DRAWN = "drawn", _("支用")


REPORTED = (
    Activity.ATTEMPTED,
    Activity.REACHED,
    Activity.INTERESTED,
    Activity.REFUSED,
    Activity.UNLOGGED,
)
CONFIRMED = {
    Activity.APPLIED: LoanStep.APPLIED,
    Activity.APPROVED: LoanStep.APPROVED,
    Activity.DRAWN: LoanStep.DRAWN,
}
_ACTIVITY_OF_STEP = {step: activity.value for activity, step in CONFIRMED.items()}
# Which logs are meant. Only somebody spoken to can be interested: as `standing` has it.
_LOGS = {
    Activity.ATTEMPTED: Q(),
    Activity.REACHED: Q(is_contact=True),
    Activity.INTERESTED: Q(is_contact=True, outcome=Outcome.INTERESTED),
    Activity.REFUSED: Q(outcome=Outcome.REFUSED),
    Activity.UNLOGGED: Q(logged_at=None),
}
# One line under each number: what counts, and on whose word.
DEFINITIONS: dict[Activity, Promise] = {
    Activity.ATTEMPTED: _("联系 = 当天打过电话或上门等的客户，没接通也算；自报"),
    Activity.REACHED: _("触达 = 本人接通或见面的客户；自报"),
    Activity.INTERESTED: _("有意向 = 触达后登记为有意向的客户；自报"),
    Activity.REFUSED: _("拒绝 = 登记为拒绝营销的客户，不再联系；自报"),
    Activity.UNLOGGED: _("未登记 = 联系过、还没有登记结果的客户"),
    Activity.APPLIED: _("申请 = 业务系统当天有申请的客户；核实"),
    Activity.APPROVED: _("授信 = 业务系统当天审批通过的客户；核实"),
    Activity.DRAWN: _("支用 = 业务系统当天有放款的客户；核实"),
}


@dataclass(frozen=True)
class Days:
    """From a day to a day, both inclusive, in the branch's time."""

    first: date
    last: date

    @classmethod
    def only(cls, day: date) -> "Days":
        return cls(day, day)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Midnight at the beginning of the first day, and at the end of the last."""
        zone = timezone.get_current_timezone()
        after = self.last + timedelta(days=1)
        return (
            datetime.combine(self.first, time(), tzinfo=zone),
            datetime.combine(after, time(), tzinfo=zone),
        )

    def __len__(self) -> int:
        return (self.last - self.first).days + 1


def logs_within(days: Days) -> ContactLogQuerySet:
    """What colleagues began within the days."""
    begin, end = days.moments
    logs = ContactLog.objects.unscoped("joined to leads that were scoped before")
    return logs.filter(started_at__gte=begin, started_at__lt=end, staff__isnull=False).order_by()


def results_within(days: Days) -> LoanResultQuerySet:
    """What the loan system dates within the days, with `holder_then` at the end of that day."""
    results = LoanResult.objects.unscoped("joined to leads that were scoped before")
    held_then = (
        Assignment.objects.filter(
            lead__customer=OuterRef("offer__customer"), at__date__lte=OuterRef("on")
        )
        .filter(Q(ended_at=None) | Q(ended_at__date__gt=OuterRef("on")))
        .order_by("-at", "-pk")
    )
    return (
        results.filter(on__range=(days.first, days.last), step__in=CONFIRMED.values())
        .annotate(holder_then=Subquery(held_then.values("holder")[:1]))
        .order_by()
    )


def customers_with(
    leads: LeadQuerySet, activity: Activity, days: Days, *, by: int | None = None
) -> LeadQuerySet:
    """The leads with whom this happened; `by`: the colleague, or for results who held them then."""
    leads = leads.exclude(eligibility=Eligibility.CONTROL)
    if activity in CONFIRMED:
        results = results_within(days).filter(
            offer__customer=OuterRef("customer"), step=CONFIRMED[activity]
        )
        return leads.filter(Exists(results if by is None else results.filter(holder_then=by)))
    logs = logs_within(days).filter(_LOGS[activity], lead=OuterRef("pk"))
    return leads.filter(Exists(logs if by is None else logs.filter(staff=by)))


Counts = Counter[str]  # by `Activity`; "times" counts the attempts themselves


def counts_by(
    group: str, days: Days, *, leads: LeadQuerySet, people: Collection[int] | None = None
) -> dict[int | None, Counts]:
    """Customers by activity, for each branch number (``"branch"``) or person (``"staff"``).

    A customer stands in one branch, so branches may be added up; two colleagues
    may have rung the same customer, so people may not. `people` narrows to what
    these did (of results: to whom they held then).
    """
    leads = leads.exclude(eligibility=Eligibility.CONTROL).order_by()
    logs = logs_within(days).filter(lead__in=leads.values("pk"))
    results = results_within(days).filter(offer__customer__in=leads.values("customer"))
    if people is not None:
        logs, results = logs.filter(staff__in=people), results.filter(holder_then__in=people)
    of_branch = group == "branch"
    found: dict[int | None, Counts] = {}
    by_log = logs.values(of=F("lead__branch_number" if of_branch else "staff"))
    numbers = {each.value: _customers(_LOGS[each]) for each in REPORTED}
    for row in by_log.annotate(times=Count("pk"), **numbers):
        found.setdefault(row.pop("of"), Counter()).update(row)
    by_result = results.values(
        of=F("offer__customer__lead__branch_number" if of_branch else "holder_then"), said=F("step")
    )
    for row in by_result.annotate(n=Count("offer__customer", distinct=True)):
        found.setdefault(row["of"], Counter())[_ACTIVITY_OF_STEP[row["said"]]] += row["n"]
    return found


def customers_by_staff(leads: LeadQuerySet, activity: Activity, days: Days) -> dict[int, int]:
    """With how many customers each colleague did this; for one reported activity alone."""
    leads = leads.exclude(eligibility=Eligibility.CONTROL).order_by()
    logs = logs_within(days).filter(_LOGS[activity], lead__in=leads.values("pk"))
    return dict(logs.values_list("staff").annotate(n=_customers(Q())))


def _customers(condition: Q) -> Count:
    return Count("lead", distinct=True, filter=condition or None)
