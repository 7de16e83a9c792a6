"""Branches from a CSV file: 机构号,机构名称,层级,上级机构号,经度,纬度,地址,电话."""

from collections.abc import Sequence
from typing import Any

from branches.imports.table import Problem, Result, Row, repeated
from branches.models import Branch, BranchLevel
from branches.pinyin import sort_key

REQUIRED = ("机构号", "机构名称", "层级", "上级机构号")
LEVELS = {
    "总行": BranchLevel.HEADQUARTERS,
    "一级分行": BranchLevel.PROVINCE,
    "二级分行": BranchLevel.PREFECTURE,
    "支行": BranchLevel.COUNTY,
    "网点": BranchLevel.OUTLET,
} | {level.value: level for level in BranchLevel}
# As other banks call them.
LEVELS |= {"省分行": BranchLevel.PROVINCE, "市分行": BranchLevel.PREFECTURE}
LEVELS |= {"一级支行": BranchLevel.COUNTY, "县支行": BranchLevel.COUNTY}
ORDER = list(BranchLevel)


def check(rows: Sequence[Row]) -> list[Problem]:
    """Everything that is wrong with the rows, the tree they would make included."""
    problems = repeated(rows, "机构号")
    levels = {b.code: BranchLevel(b.level) for b in Branch.objects.all()}
    levels |= {row["机构号"]: LEVELS[row["层级"]] for row in rows if row["层级"] in LEVELS}
    for row in rows:
        problems += _check_row(row, levels)
    return sorted(problems, key=lambda each: each.row) or _check_loops(rows)


def _check_row(row: Row, levels: dict[str, BranchLevel]) -> list[Problem]:
    problems = []
    if not row["机构名称"]:
        problems.append(row.problem("机构名称", "empty", "机构名称不能为空。"))
    level, parent = LEVELS.get(row["层级"]), row["上级机构号"]
    if level is None:
        names = "、".join(str(each.label) for each in BranchLevel)
        problems.append(row.problem("层级", "unknown", f"层级应为：{names}。"))
    elif level == BranchLevel.HEADQUARTERS and parent:
        problems.append(row.problem("上级机构号", "root", "总行没有上级机构。"))
    elif level != BranchLevel.HEADQUARTERS:
        if parent not in levels:
            problems.append(
                row.problem(
                    "上级机构号", "unknown", f"文件和系统中都没有机构 {parent or '（空）'}。"
                )
            )
        elif ORDER.index(levels[parent]) >= ORDER.index(level):
            problems.append(row.problem("上级机构号", "level", "上级机构的层级应高于本机构。"))
    return problems + _check_point(row)


def _check_point(row: Row) -> list[Problem]:
    """Longitude and latitude (WGS-84): both or neither, and on earth."""
    given = {name: row[name] for name in ("经度", "纬度") if row[name]}
    if len(given) == 1:
        missing = "纬度" if "经度" in given else "经度"
        return [row.problem(missing, "half_a_point", "经度和纬度要么都填，要么都不填。")]
    problems = []
    for (name, text), limit in zip(given.items(), (180, 90), strict=False):
        value = _number(text)
        if value is None or not -limit <= value <= limit:
            problems.append(
                row.problem(name, "not_a_number", f"{name}应为 {-limit} 到 {limit} 的数。")
            )
    return problems


def _check_loops(rows: Sequence[Row]) -> list[Problem]:
    """A branch whose way up never ends."""
    parents = dict(Branch.objects.values_list("code", "parent__code"))
    parents |= {row["机构号"]: row["上级机构号"] for row in rows}
    problems = []
    for row in rows:
        seen, code = set(), row["机构号"]
        while code and code not in seen:
            seen.add(code)
            code = parents.get(code) or ""
        if code:
            problems.append(row.problem("上级机构号", "loop", "上级机构绕了一圈又回到自己。"))
    return problems


def apply(rows: Sequence[Row]) -> Result:
    """Create and change branches as checked rows say. Numbers must follow: the caller's part."""
    result = Result(rows=len(rows))
    known = {branch.code: branch for branch in Branch.objects.all()}
    by_level = sorted(rows, key=lambda row: ORDER.index(LEVELS[row["层级"]]))
    for row in by_level:
        branch = known.get(row["机构号"])
        wanted = _fields(row, known)
        if branch is None:
            known[row["机构号"]] = Branch.objects.create(code=row["机构号"], **wanted)
            result.created += 1
        elif any(getattr(branch, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(branch, name, value)
            branch.save(update_fields=list(wanted))
            result.updated += 1
        else:
            result.unchanged += 1
    return result


def _fields(row: Row, known: dict[str, Branch]) -> dict[str, Any]:
    """The fields the file speaks of; a column it does not have changes nothing."""
    parent = known.get(row["上级机构号"])
    fields: dict[str, Any] = {
        "name": row["机构名称"],
        "level": LEVELS[row["层级"]].value,
        "parent_id": parent.pk if parent else None,
        "sort_key": sort_key(row["机构名称"]),
    }
    if "经度" in row.cells and "纬度" in row.cells:
        fields |= {"lon": _number(row["经度"]), "lat": _number(row["纬度"])}
    for heading, name in (("地址", "address"), ("电话", "phone")):
        if heading in row.cells:
            fields[name] = row[heading]
    return fields


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
