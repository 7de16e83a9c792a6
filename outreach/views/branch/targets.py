"""任务目标: set them for a branch and whoever stands below it, and see how far they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from branches.access import StaffRequest, allow
from branches.models import Branch, Role, Staff
from outreach.actions.set_targets import MOST, Aim, FixedAbove, is_fixed_for, set_targets, setter_of
from outreach.filters import EVER, NEVER
from outreach.funnel import looks_into_managers
from outreach.models import Metric, Target
from outreach.morning.activity import Days
from outreach.morning.progress import DEFINITIONS, Progress, progress_of
from outreach.morning.sharing import month_of, split_evenly
from outreach.views.branch.funnel import trail

LONGEST = 366  # days of a period


class PeriodForm(forms.Form):
    """From a day to a day, both inclusive; a month unless told."""

    first = forms.DateField(label=gettext_lazy("开始"), input_formats=["%Y-%m-%d"])
    last = forms.DateField(label=gettext_lazy("结束"), input_formats=["%Y-%m-%d"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last:
            if not EVER <= first <= NEVER or not EVER <= last <= NEVER:
                raise forms.ValidationError(_("年份应在 2000 到 2100 之间。"))
            if last < first:
                raise forms.ValidationError(_("结束日期不能早于开始日期。"))
            if (last - first).days >= LONGEST:
                raise forms.ValidationError(_("一个期间最长一年。"))
        return given


@dataclass
class Unit:
    """A line of the form: whose target, how many managers share it, and how far it is."""

    key: str
    label: str
    aim: Aim
    managers: int
    fixed_by: str = ""
    progress: Progress | None = None
    field: Any = None

    @property
    def value(self) -> int | None:
        return self.progress.target.value if self.progress else None


class TargetForm(forms.Form):
    """One number a unit; blank takes the target away."""

    def __init__(self, units: Sequence[Unit], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for unit in units:
            self.fields[unit.key] = forms.IntegerField(
                label=unit.label,
                required=False,
                min_value=1,
                max_value=MOST,
                initial=unit.value,
                disabled=bool(unit.fixed_by),
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1, "max": MOST}),
                error_messages={"invalid": gettext_lazy("请填整数。")},
            )
            unit.field = self[unit.key]


@allow(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def targets(request: StaffRequest) -> HttpResponse:
    """The targets of a branch and the units below it, for one metric and period."""
    asked = request.POST if request.method == "POST" else request.GET
    reachable = Branch.objects.within(request.user.branch)
    branch = get_object_or_404(reachable, code=asked.get("branch") or request.user.branch.code)
    metric = Metric(asked["metric"]) if asked.get("metric") in Metric.values else Metric.CONTACTED
    days, period = _period(asked)
    units = _units(request.user, branch, metric, days)
    if request.method == "GET":
        return _page(request, branch, metric, days, units, TargetForm(units), period)
    form = TargetForm(units, request.POST)
    if not form.is_valid() or period.errors:
        return _page(request, branch, metric, days, units, form, period, status=422)
    if "split" in request.POST:
        return _split(request, branch, metric, days, units, form, period)
    values = {unit.aim: form.cleaned_data[unit.key] for unit in units if not unit.fixed_by}
    try:
        changes = set_targets(values=values, metric=metric, days=days, by=request.user)
    except FixedAbove as fixed:
        form.add_error(
            None, _("%(name)s的目标由上级下达，没有保存。") % {"name": fixed.target.branch}
        )
        return _page(request, branch, metric, days, units, form, period, status=409)
    messages.success(request, _("任务目标已保存。") if changes else _("没有改动。"))
    return redirect(_address(branch, metric, days))


def _split(
    request: StaffRequest,
    branch: Branch,
    metric: Metric,
    days: Days,
    units: list[Unit],
    form: TargetForm,
    period: PeriodForm,
) -> HttpResponse:
    """The form again, filled evenly and not saved yet."""
    own, *below = units
    total = form.cleaned_data[own.key]
    free = [unit for unit in below if not unit.fixed_by]
    if not total or not any(unit.managers for unit in free):
        why = _("请先填上面的总目标。") if not total else _("下面没有客户经理，无法平均。")
        form.add_error(None, why)
        return _page(request, branch, metric, days, units, form, period, status=422)
    fixed = sum(unit.value or 0 for unit in below if unit.fixed_by)
    parts = split_evenly(max(total - fixed, 0), [unit.managers for unit in free])
    filled = request.POST.copy()
    for unit, part in zip(free, parts, strict=True):
        filled[unit.key] = str(part or "")
    again = TargetForm(units, filled)
    return _page(request, branch, metric, days, units, again, period, has_split=True)


def _page(
    request: StaffRequest,
    branch: Branch,
    metric: Metric,
    days: Days,
    units: list[Unit],
    form: TargetForm,
    period: PeriodForm,
    *,
    has_split: bool = False,
    status: int = 200,
) -> HttpResponse:
    own, *below = units
    of_branch = _running(request.user, days).filter(branch=branch, manager=None)
    order = list(Metric)
    context = {
        "branch": branch,
        "trail": trail(branch, request.user.branch),
        "metric": metric,
        "metrics": [(each, _address(branch, each, days)) for each in Metric],
        "definition": DEFINITIONS[metric],
        "days": days,
        "months": _months(branch, metric),
        "period": period,
        "own": own,
        "below": below,
        "by_manager": looks_into_managers(branch),
        "progress": progress_of(
            sorted(of_branch, key=lambda each: order.index(Metric(each.metric)))
        ),
        "form": form,
        "has_split": has_split,
        "managers": sum(unit.managers for unit in below),
    }
    return render(request, "targets/page.html", context, status=status)


def _period(asked: Any) -> tuple[Days, PeriodForm]:
    """The period asked for; this month when none is, or when it makes no sense (the form says)."""
    month = month_of(timezone.localdate())
    given = {name: asked.get(name) for name in ("first", "last") if asked.get(name)}
    form = PeriodForm({"first": month.first.isoformat(), "last": month.last.isoformat()} | given)
    if not form.is_valid():
        return month, form
    return Days(form.cleaned_data["first"], form.cleaned_data["last"]), form


def _running(user: Staff, days: Days) -> Any:
    same = Target.objects.visible_to(user).filter(first_day=days.first, last_day=days.last)
    return same.select_related("branch", "manager", "set_by__branch")


def _units(user: Staff, branch: Branch, metric: Metric, days: Days) -> list[Unit]:
    """The branch itself, then the branches below it or, at an outlet, its managers."""
    units = [Unit("own", branch.name, Aim(branch), 0)]
    if looks_into_managers(branch):
        managers = Staff.objects.managers().filter(branch=branch).order_by("sort_key", "username")
        units += [Unit(f"m{each.pk}", each.name, Aim(branch, each), 1) for each in managers]
    else:
        units += [
            Unit(f"b{each.pk}", each.name, Aim(each), _managers_in(each))
            for each in Branch.objects.filter(parent=branch).order_by("number")
        ]
    here = Q(branch__in=[unit.aim.branch.pk for unit in units])
    found = progress_of(_running(user, days).filter(here, metric=metric))
    by_aim = {Aim(each.target.branch, each.target.manager): each for each in found}
    for unit in units:
        unit.progress = by_aim.get(unit.aim)
        if unit.progress and is_fixed_for(unit.progress.target, user):
            unit.fixed_by = setter_of(unit.progress.target)
    return units


def _managers_in(branch: Branch) -> int:
    return Staff.objects.managers().within(branch).aggregate(n=Count("pk"))["n"]


def _months(branch: Branch, metric: Metric) -> list[tuple[Days, str]]:
    """Last month, this one and the next."""
    this = month_of(timezone.localdate())
    months = (
        month_of(this.first - timedelta(days=1)),
        this,
        month_of(this.last + timedelta(days=1)),
    )
    return [(month, _address(branch, metric, month)) for month in months]


def _address(branch: Branch, metric: Metric, days: Days) -> str:
    asked = {
        "branch": branch.code,
        "metric": metric.value,
        "first": days.first.isoformat(),
        "last": days.last.isoformat(),
    }
    return f"{reverse('targets')}?{urlencode(asked)}"
