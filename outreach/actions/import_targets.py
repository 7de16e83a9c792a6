"""任务目标 from a CSV file: 机构号,工号(可空),指标,开始,结束,目标."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from branches.imports.table import Problem, Result, Row, read_table
from branches.models import Branch, Role, Staff
from outreach.actions.set_targets import MOST, is_confirmed_above
from outreach.models import Metric, Target
from trust import audit
from whitelist.imports.values import dates
from whitelist.imports.values.text import Invalid, half_width

REQUIRED = ("机构号", "指标", "开始", "结束", "目标")
METRICS = {metric.value: metric for metric in Metric} | {
    "触达": Metric.CONTACTED,
    "触达客户": Metric.CONTACTED,
    "有意向": Metric.INTERESTED,
    "有意向客户": Metric.INTERESTED,
    "申请": Metric.APPLIED,
    "申请（核实）": Metric.APPLIED,
    "支用": Metric.DRAWN,
    "支用（核实）": Metric.DRAWN,
}
Key = tuple[int, int | None, str, date, date]


@dataclass(frozen=True)
class _Known:
    branches: dict[str, Branch]
    managers: dict[str, Staff]


@transaction.atomic
def import_targets(*, data: bytes, by: Staff | None) -> Result:
    """Create and change targets as the file says; with a problem in it, nothing.

    The same file again changes nothing. Targets the file does not name stay.

    Raises:
        UnreadableFile: the file as a whole cannot be used.
    """
    rows = read_table(data, REQUIRED)
    known = _Known(
        {branch.code: branch for branch in Branch.objects.all()},
        {staff.username: staff for staff in Staff.objects.filter(role=Role.MANAGER)},
    )
    problems: list[Problem] = []
    wanted: dict[Key, tuple[int, int]] = {}  # the value, and the row that says it
    for row in rows:
        found = _check(row, known)
        problems += found
        if not found:
            key, value = _read(row, known)
            if key in wanted:
                text = f"与第 {wanted[key][1]} 行是同一个目标。"
                problems.append(row.problem("目标", "repeated", text))
            wanted.setdefault(key, (value, row.number))
    if problems:
        return Result(rows=len(rows), problems=problems)
    result = _apply({key: value for key, (value, _row) in wanted.items()}, by)
    result.rows = len(rows)
    if result.created or result.updated:
        audit.record("target.import", by=by, created=result.created, updated=result.updated)
    return result


def _check(row: Row, known: _Known) -> list[Problem]:
    problems = []
    branch = known.branches.get(row["机构号"])
    if branch is None:
        text = f"没有机构 {row['机构号'] or '（空）'}，请先导入机构。"
        problems.append(row.problem("机构号", "unknown", text))
    manager = known.managers.get(row["工号"])
    if row["工号"] and manager is None:
        problems.append(row.problem("工号", "unknown", f"没有客户经理 {row['工号']}。"))
    elif manager and branch and manager.branch_id != branch.pk:
        text = f"{row['工号']} 不是机构 {row['机构号']} 的客户经理。"
        problems.append(row.problem("工号", "elsewhere", text))
    if row["指标"] not in METRICS:
        problems.append(row.problem("指标", "unknown", "指标应为：触达、有意向、申请、支用。"))
    days = [_day(row[heading]) for heading in ("开始", "结束")]
    for heading, day in zip(("开始", "结束"), days, strict=True):
        if day is None:
            text = "日期写成 2026-11-01 这样，年份在 2000 到 2100 之间。"
            problems.append(row.problem(heading, "date_invalid", text))
    if days[0] and days[1] and days[1] < days[0]:
        problems.append(row.problem("结束", "before_start", "结束不能早于开始。"))
    if _value(row["目标"]) is None:
        text = f"目标应是 1 到 {MOST} 的整数。"
        problems.append(row.problem("目标", "value_invalid", text))
    return problems


def _read(row: Row, known: _Known) -> tuple[Key, int]:
    """What a row without problems says."""
    branch = known.branches[row["机构号"]]
    manager = known.managers.get(row["工号"])
    first, last = dates.parse(row["开始"]), dates.parse(row["结束"])
    metric = METRICS[row["指标"]].value
    key = (branch.pk, manager.pk if manager else None, metric, first, last)
    return key, _value(row["目标"]) or 0


def _apply(wanted: dict[Key, int], by: Staff | None) -> Result:
    result = Result()
    rows: Iterable[Target] = Target.objects.unscoped("the whole file decides").select_related(
        "set_by__branch"
    )
    stands = {
        (each.branch_id, each.manager_id, each.metric, each.first_day, each.last_day): each
        for each in rows
    }
    for key, value in wanted.items():
        target = stands.get(key)
        if target is None:
            branch, manager, metric, first, last = key
            Target.objects.create(
                branch_id=branch,
                manager_id=manager,
                metric=metric,
                first_day=first,
                last_day=last,
                value=value,
                set_by=by,
            )
            result.created += 1
        elif target.value != value or is_confirmed_above(target, by):
            target.value, target.set_by = value, by
            target.save()
            result.updated += 1
        else:
            result.unchanged += 1
    return result


def _day(text: str) -> date | None:
    try:
        day = dates.parse(text)
    except Invalid:
        return None
    return day if 2000 <= day.year < 2100 else None


def _value(text: str) -> int | None:
    plain = half_width(text).replace(",", "")
    if not plain.isascii() or not plain.isdecimal() or len(plain) > len(str(MOST)):
        return None
    return int(plain) or None
