"""Who is behind: managers whose work of yesterday and before is not done."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Count
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from branches.models import Branch, Staff
from outreach.models import Metric, Target
from outreach.morning.activity import Activity, Days, customers_by_staff, logs_within
from outreach.morning.briefing import SATURDAY
from outreach.morning.progress import Progress, progress_of
from outreach.querysets import LeadQuerySet

EVER = date(2000, 1, 1)


class Reason(NamedTuple):
    """Why somebody is behind, and the query of the rows that show it (None: there are none)."""

    words: str
    query: str | None


@dataclass
class Behind:
    """One manager and what they are behind with."""

    person: Staff
    reasons: list[Reason] = field(default_factory=list)


@dataclass(frozen=True)
class Arrears:
    """How many of the managers with customers are behind, with what, and who they are.

    `nothing_logged` is None when yesterday is not judged: a Saturday or Sunday
    on which nobody logged anything.
    """

    managers: int
    nothing_logged: int | None
    waiting: int
    overdue: int
    behind_schedule: int
    people: list[Behind]


def arrears_of(branch: Branch, leads: LeadQuerySet, today: date) -> Arrears:
    """Of the managers of a branch who hold customers; `leads` is the scope of who asks."""
    yesterday = today - timedelta(days=1)
    held = leads.workable().filter(holder__isnull=False)
    managers = list(
        Staff.objects.managers()
        .within(branch)
        .filter(pk__in=held.order_by().values("holder"))
        .select_related("branch")
        .order_by("branch__number", "sort_key", "username")
    )
    behind = {each.pk: Behind(each) for each in managers}
    silent = _without_a_log(managers, yesterday)
    for pk in silent or ():
        behind[pk].reasons.append(Reason(_("昨天没有登记"), None))
    waiting = customers_by_staff(leads, Activity.UNLOGGED, Days(EVER, yesterday))
    for pk, count in _of(behind, waiting):
        query = urlencode(
            {"happened": Activity.UNLOGGED.value, "until": yesterday.isoformat(), "by": str(pk)}
        )
        words = _("待登记超过一天 %(count)s") % {"count": f"{count:,}"}
        behind[pk].reasons.append(Reason(words, query))
    overdue = dict(held.overdue().order_by().values_list("holder").annotate(n=Count("pk")))
    for pk, count in _of(behind, overdue):
        words = _("逾期未跟进 %(count)s") % {"count": f"{count:,}"}
        behind[pk].reasons.append(Reason(words, urlencode({"holder": pk, "overdue": 1})))
    late = _late(managers, today)
    for each in late:
        behind[each.target.manager_id or 0].reasons.append(_schedule(each))
    people = [each for each in behind.values() if each.reasons]
    return Arrears(
        managers=len(managers),
        nothing_logged=None if silent is None else len(silent),
        waiting=len(list(_of(behind, waiting))),
        overdue=len(list(_of(behind, overdue))),
        behind_schedule=len({each.target.manager_id for each in late}),
        people=sorted(people, key=lambda each: -len(each.reasons)),
    )


def _without_a_log(managers: list[Staff], day: date) -> list[int] | None:
    """Who began no contact that day; None on a weekend on which nobody did."""
    ids = [each.pk for each in managers]
    began = logs_within(Days.only(day)).filter(staff__in=ids)
    active = set(began.values_list("staff", flat=True).distinct())
    if not active and day.weekday() >= SATURDAY:
        return None
    return [pk for pk in ids if pk not in active]


def _of(behind: dict[int, Behind], counts: dict[int, int]) -> Iterable[tuple[int, int]]:
    """Those of the counts that are of these managers."""
    return ((pk, counts[pk]) for pk in behind if counts.get(pk))


def _late(managers: list[Staff], today: date) -> list[Progress]:
    """Running targets of theirs that are below 序时进度."""
    targets = (
        Target.objects.unscoped("of managers of a branch the asker may see")
        .filter(manager__in=managers, first_day__lte=today, last_day__gte=today)
        .select_related("branch", "manager")
    )
    order = list(Metric)
    listed = sorted(targets, key=lambda each: order.index(Metric(each.metric)))
    return [each for each in progress_of(listed, today) if each.is_behind]


def _schedule(late: Progress) -> Reason:
    words = _("低于序时：%(metric)s %(done)s/%(target)s") % {
        "metric": late.target.get_metric_display(),
        "done": f"{late.done:,}",
        "target": f"{late.target.value:,}",
    }
    return Reason(words, urlencode(late.query, doseq=True) if late.done else None)
