"""Staff from a CSV file: 工号,姓名,角色,机构号,工作电话."""

import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from branches.imports.table import Problem, Result, Row, read_table, repeated
from branches.models import Branch, Role, Staff
from trust import audit

REQUIRED = ("工号", "姓名", "角色", "机构号")
ROLES = {
    "客户经理": Role.MANAGER,
    "机构负责人": Role.SUPERVISOR,
    "名单经办": Role.CLERK,
    "名单复核": Role.REVIEWER,
    "审计": Role.AUDITOR,
    "行内系统": Role.SYSTEM,
} | {role.value: role for role in Role}
ROLES |= {"经办": Role.CLERK, "复核": Role.REVIEWER, "主管": Role.SUPERVISOR}


@transaction.atomic
def import_staff(*, data: bytes, by: Staff | None) -> Result:
    """Create and change staff as the file says; with a problem in it, nothing.

    New staff have no password and cannot log in until they are given one.
    Nobody is removed: whoever left is disabled in the admin.

    Raises:
        UnreadableFile: the file as a whole cannot be used.
    """
    rows = read_table(data, REQUIRED)
    branches = {branch.code: branch for branch in Branch.objects.all()}
    problems = repeated(rows, "工号")
    for row in rows:
        problems += _check(row, branches)
    if problems:
        return Result(rows=len(rows), problems=sorted(problems, key=lambda each: each.row))
    result = _apply(rows, branches)
    if result.created or result.updated:
        audit.record("staff.import", by=by, created=result.created, updated=result.updated)
    return result


def _check(row: Row, branches: dict[str, Branch]) -> list[Problem]:
    problems = []
    if row["工号"] and not re.fullmatch(r"[\w.@+-]{1,40}", row["工号"]):
        problems.append(row.problem("工号", "form", "工号只能用字母、数字和 . @ + - _ 。"))
    if not row["姓名"]:
        problems.append(row.problem("姓名", "empty", "姓名不能为空。"))
    if row["角色"] not in ROLES:
        names = "、".join(str(role.label) for role in Role)
        problems.append(row.problem("角色", "unknown", f"角色应为：{names}。"))
    if row["机构号"] not in branches:
        problems.append(
            row.problem(
                "机构号", "unknown", f"没有机构 {row['机构号'] or '（空）'}，请先导入机构。"
            )
        )
    return problems


def _apply(rows: Sequence[Row], branches: dict[str, Branch]) -> Result:
    result = Result(rows=len(rows))
    known = {staff.username: staff for staff in Staff.objects.all()}
    for row in rows:
        wanted: dict[str, Any] = {
            "name": row["姓名"],
            "role": ROLES[row["角色"]].value,
            "branch_id": branches[row["机构号"]].pk,
        }
        if "工作电话" in row.cells:
            wanted["work_phone"] = row["工作电话"]
        staff = known.get(row["工号"])
        if staff is None:
            Staff.objects.create_user(row["工号"], password=None, **wanted)
            result.created += 1
        elif any(getattr(staff, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(staff, name, value)
            staff.save()
            result.updated += 1
        else:
            result.unchanged += 1
    return result
