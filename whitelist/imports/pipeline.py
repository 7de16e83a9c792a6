"""From the stored file to a checked, compared upload: what the worker does.

    received → reading → (mapping: a person is asked) → checking → checked

Rows are staged in chunks, each in a transaction of its own that first proves
the worker still holds the job. Staged rows count for nothing, so a worker that
dies leaves nothing half-done: the next one clears them and starts over.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_noop

from jobs.queue import Lease
from trust import audit
from trust.cipher import Unreadable
from trust.files import unsealed
from whitelist.geocoding.index import rows_of
from whitelist.imports import cross_checks, staging
from whitelist.imports.checkers import Checked, checkers_for
from whitelist.imports.checking import Plan
from whitelist.imports.diffing import compare
from whitelist.imports.layout import layout_of
from whitelist.imports.mapping import problems_of
from whitelist.imports.reading import sandbox
from whitelist.imports.reading.problems import FileProblem
from whitelist.imports.sentences import file_sentence
from whitelist.imports.timing import stage
from whitelist.models import ColumnMapping, Product, UploadProblem, UploadState, WhitelistUpload

CHUNK = 4_000
WORKABLE = (UploadState.RECEIVED, UploadState.READING, UploadState.CHECKING)


class KeptFile(Protocol):
    """A record whose file is kept sealed in the store."""

    stored_as: str


class Stopped(Exception):
    """The upload was given up by a person while the worker was at it."""


def run(upload: WhitelistUpload, lease: Lease) -> None:
    """Read, map, check and compare one upload; starts over whatever came before.

    A file that cannot be used, and a mapping a person must confirm, are ends
    like any other: they are written down in the upload.
    """
    try:
        _move(upload, UploadState.READING)
        lease.progress(gettext_noop("读取"))
        if not upload.mapping and not _map(upload):
            return
        _move(upload, UploadState.CHECKING)
        _check(upload, lease)
        with stage(upload.pk, "comparing"):
            compare(upload, lease.progress)
        with transaction.atomic():
            lease.fence()
            _move(upload, UploadState.CHECKED)
            audit.record("upload.checked", by=None, target=f"upload:{upload.pk}", **upload.totals)
    except FileProblem as problem:
        fail(upload, problem.code, problem.params)
    except Unreadable:
        fail(upload, "file_sealed", {})
    except Stopped:
        return


@transaction.atomic
def fail(upload: WhitelistUpload, code: str, params: dict[str, Any]) -> None:
    """Write down that the file cannot be used, and why; nothing when it was given up meanwhile."""
    reason = file_sentence(code, params)[:300]
    failed = _mine(upload).update(state=UploadState.FAILED, failure=reason)
    if failed:
        upload.state, upload.failure = UploadState.FAILED, reason
        staging.clear(upload)
        audit.record("upload.failed", by=None, target=f"upload:{upload.pk}", result=code)


def _mine(upload: WhitelistUpload) -> Any:
    return WhitelistUpload.objects.unscoped("the worker's own upload").filter(
        pk=upload.pk, state__in=WORKABLE
    )


def _move(upload: WhitelistUpload, state: str, **changes: Any) -> None:
    """Change the state if the upload is still ours to work on.

    Raises:
        Stopped: it is not.
    """
    if not _mine(upload).update(state=state, **changes):
        raise Stopped
    upload.state = state


# --- reading and mapping ------------------------------------------------------------


def stored_chunks(upload: KeptFile) -> Iterator[bytes]:
    """The plain bytes of the stored file, as they are unsealed."""
    with default_storage.open(upload.stored_as, "rb") as file:
        yield from unsealed(file)


def require_file(upload: KeptFile) -> None:
    """FileProblem ``file_gone`` when the file is not (or no longer) kept."""
    if not upload.stored_as or not default_storage.exists(upload.stored_as):
        raise FileProblem("file_gone")


def _map(upload: WhitelistUpload) -> bool:
    """Find layout and mapping; False when a person has to confirm them first."""
    require_file(upload)
    remembered = dict(
        ColumnMapping.objects.filter(programme=upload.programme).values_list("heading", "field")
    )
    layout = layout_of(sandbox.peek(lambda: stored_chunks(upload)), remembered)
    mapping = {
        str(column["index"]): column["field"] for column in layout["columns"] if column["field"]
    }
    problems = problems_of(mapping.values(), mode=upload.mode, one_product=has_one_product(upload))
    upload.layout = layout
    if problems or layout["unsure"]:
        _move(upload, UploadState.MAPPING, layout=layout)
        return False
    upload.mapping = mapping
    _move(upload, UploadState.READING, layout=layout, mapping=mapping)
    return True


def has_one_product(upload: WhitelistUpload) -> bool:
    """Whether rows need not say which product: the programme has exactly one."""
    return (upload.programme.products.count() or Product.objects.count()) == 1


# --- checking ---------------------------------------------------------------------


def _check(upload: WhitelistUpload, lease: Lease) -> None:
    """Stage every row and problem, then look across rows; fills in the row totals."""
    require_file(upload)
    columns = [
        (int(index), field, upload.layout["columns"][int(index)]["heading"])
        for index, field in sorted(upload.mapping.items(), key=lambda pair: int(pair[0]))
    ]
    plan = Plan.of(upload, [(field, heading) for _, field, heading in columns])
    places = list(rows_of(_code_prefixes(upload)))
    with transaction.atomic():
        lease.fence()
        staging.clear(upload)
    skipped: dict[str, int] = {}
    task = reading_task(upload.layout, upload.size, [index for index, _, _ in columns])
    batches = sandbox.rows(lambda: stored_chunks(upload), task, skipped)
    with stage(upload.pk, "checking"), checkers_for(upload, plan, places) as check_each:
        counts = _stage(upload, lease, check_each(batches))
    if not counts["rows"]:
        raise FileProblem("no_rows")
    with stage(upload.pk, "looking across rows"), transaction.atomic():
        lease.fence()
        rejected = cross_checks.check_across(
            upload, {field: heading for _, field, heading in columns}
        )
        upload.layout["skipped"] = skipped
        upload.totals = {
            "rows": counts["rows"],
            "accepted": counts["accepted"] - rejected,
            "rejected": counts["rows"] - counts["accepted"] + rejected,
            "warned": _warned(upload),
        }
        _move(upload, UploadState.CHECKING, layout=upload.layout, totals=upload.totals)


def _stage(upload: WhitelistUpload, lease: Lease, blocks: Iterable[Checked]) -> dict[str, int]:
    """Write checked rows in chunks as they come; how many there were and passed."""
    counts = {"rows": 0, "accepted": 0}
    rows: list[Any] = []
    problems: list[tuple[Any, ...]] = []
    waiting = 0
    for block in blocks:
        counts["rows"] += block.rows
        counts["accepted"] += block.accepted
        rows += block.staged
        problems += block.problems
        waiting += block.accepted + len(block.problems)
        if waiting >= CHUNK:
            total = round(counts["rows"] / max(block.share, 0.001))
            _write(upload, lease, rows, problems, done=counts["rows"], total=total)
            rows, problems, waiting = [], [], 0
    _write(upload, lease, rows, problems, done=counts["rows"], total=counts["rows"])
    return counts


def _write(
    upload: WhitelistUpload,
    lease: Lease,
    rows: list[Any],
    problems: list[tuple[Any, ...]],
    *,
    done: int,
    total: int,
) -> None:
    with transaction.atomic():
        lease.progress(gettext_noop("校验"), done, max(done, total))
        _move(upload, UploadState.CHECKING)
        staging.insert_rows(rows)
        staging.insert_problems(problems)


def reading_task(layout: dict[str, Any], size: int, wanted: list[int]) -> dict[str, Any]:
    """How the reader shall read the rows of a file of so many bytes: which columns, from where."""
    is_sheet = layout["format"] == "xlsx"
    return {
        "headings": [column["heading"] for column in layout["columns"]],
        "wanted": wanted,
        "header_row": layout["header_row"],
        "sheet": layout["sheet"],
        "encoding": layout["encoding"],
        "delimiter": layout["delimiter"],
        "size": size,
        "max_rows": settings.UPLOAD_MAX_ROWS_XLSX if is_sheet else settings.UPLOAD_MAX_ROWS_CSV,
    }


def _warned(upload: WhitelistUpload) -> int:
    """Accepted rows with something to look at."""
    problems = UploadProblem.objects.filter(upload=upload).order_by()
    failed = problems.filter(level="error").values("row_no")
    return (
        problems.filter(level="warning")
        .exclude(row_no__in=failed)
        .values("row_no")
        .distinct()
        .count()
    )


def _code_prefixes(upload: WhitelistUpload) -> list[str]:
    """The province of the scope; everything when the scope does not say where it is."""
    code = upload.scope.division_code
    return [code[:2]] if code[:2].isdigit() and len(code) >= 6 else []
