"""The report of a file: three numbers, the problems behind them, and the same as XLSX."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import FileResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from branches.access import LIST_ROLES, StaffRequest, allow
from trust import audit
from whitelist.asked import text_of
from whitelist.imports.sentences import sentence, title
from whitelist.models import ProblemLevel, UploadProblem, WhitelistUpload
from whitelist.report import write_report

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


@allow(*LIST_ROLES)
@require_GET
def upload_report(request: StaffRequest, pk: int) -> FileResponse:
    """The report as XLSX. It is masked, so it needs no second person."""
    from whitelist.views.detail import upload_or_404

    upload = upload_or_404(request.user, pk)
    audit.record("upload.report", by=request.user, target=f"upload:{pk}", request=request)
    return FileResponse(
        write_report(upload),
        as_attachment=True,
        filename=_("校验报告_%(pk)d.xlsx") % {"pk": pk},
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
