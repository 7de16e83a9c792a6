"""The table of problems on a file's page: filtered, paged, each with its sentence."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import QueryDict
from django.utils.translation import gettext as _

from whitelist.asked import text_of
from whitelist.imports.sentences import sentence, title
from whitelist.models import ProblemLevel, UploadProblem, WhitelistUpload

PAGE_SIZE = 20


def problems_context(upload: WhitelistUpload, asked: QueryDict) -> dict[str, Any]:
    """One page of problems, as filtered, and the choices of the filters."""
    rows = UploadProblem.objects.filter(upload=upload)
    kinds = list(rows.order_by().values("level", "code", "column").annotate(count=Count("pk")))
    filters = {key: text_of(asked, key) for key in ("level", "code", "column", "row")}
    if filters["level"] in ProblemLevel.values:
        rows = rows.filter(level=filters["level"])
    if filters["code"]:
        rows = rows.filter(code=filters["code"])
    if filters["column"]:
        rows = rows.filter(column=filters["column"])
    if filters["row"]:
        number = int(filters["row"]) if filters["row"].isdecimal() else 0
        rows = rows.filter(row_no=min(number, 2**31 - 1))
    page = Paginator(rows.select_related("branch"), PAGE_SIZE).get_page(asked.get("page"))
    totals = upload.totals
    return {
        "problem_page": page,
        "problems": [(row, sentence(row.code, row.params)) for row in page],
        "filters": filters,
        "is_filtered": any(filters.values()),
        "levels": ProblemLevel.choices,
        "codes": _choices(kinds, "code"),
        "columns": _choices(kinds, "column"),
        "has_problems": bool(kinds),
        "three": [
            {"label": _("可用"), "count": totals.get("accepted", 0), "level": ""},
            {"label": _("校验不通过"), "count": totals.get("rejected", 0), "level": "error"},
            {"label": _("提醒"), "count": totals.get("warned", 0), "level": "warning"},
        ],
    }


def _choices(kinds: Iterable[Mapping[str, Any]], key: str) -> list[tuple[str, str, int]]:
    """Value, label and number of problems, the commonest first."""
    counts: dict[str, int] = {}
    for kind in kinds:
        counts[kind[key]] = counts.get(kind[key], 0) + kind["count"]
    counts.pop("", None)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    label = title if key == "code" else str
    return [(value, label(value), count) for value, count in ordered]
