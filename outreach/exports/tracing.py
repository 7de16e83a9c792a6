"""Which download a piece of a list comes from: every copy ever handed out is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outreach.exports.evidence import Finder, Leak, Weight, threshold, weigh
from outreach.exports.rows import Row, rows_of
from outreach.exports.seeding import restated
from outreach.models import Export, ExportCopy, ExportedLead, Lead
from whitelist.imports.reading import sandbox

CHUNK = 1024 * 1024
MOST_ROWS = 300_000


@dataclass(frozen=True)
class Suspect:
    """A copy that a leak speaks for, and how loudly."""

    copy: ExportCopy
    weight: Weight


def read_leak(path: Path) -> list[list[str]]:
    """The rows of a CSV, TXT or XLSX, read in the sandbox; a line of one cell is cut at blanks.

    Raises:
        FileProblem: it cannot be read.
    """

    def chunks() -> Iterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                yield piece

    found = sandbox.peek(chunks)
    table = max(found["tables"], key=lambda each: max(map(len, each["rows"]), default=0))
    width = max(map(len, table["rows"]), default=1)
    task: dict[str, Any] = {
        "headings": [""] * width,
        "wanted": list(range(width)),
        "header_row": 0,
        "max_rows": MOST_ROWS,
        "sheet": table["name"],
        "encoding": found.get("encoding", ""),
        "delimiter": table.get("delimiter", ","),
        "size": path.stat().st_size,
    }
    rows = [cells or [] for batch in sandbox.rows(chunks, task, {}) for _, cells, _ in batch.rows]
    return [cells[0].split() if len(list(filter(None, cells))) == 1 else cells for cells in rows]


def suspects(leak: Leak) -> list[Suspect]:
    """The copies the leak comes from beyond reasonable doubt, the surest first."""
    enough = threshold(ExportCopy.objects.count())
    named = [each for each in _weighed(leak) if each.weight.score >= enough]
    return sorted(named, key=lambda each: -each.weight.score)


def _weighed(leak: Leak) -> Iterator[Suspect]:
    exports = Export.objects.unscoped("a leak may come from any of them")
    for export in exports.filter(downloads__gt=0).order_by("pk").iterator(chunk_size=100):
        found = Finder(_rows_of(export)).look_up(leak)
        for copy in export.copies.select_related("export__asked_by__branch"):
            yield Suspect(copy, weigh(found, copy.secret, restated(copy.decoys)))


def _rows_of(export: Export) -> list[Row]:
    """The rows of its file as they would be written today: the file itself is long gone."""
    leads = Lead.objects.unscoped("those of an export").filter(
        pk__in=ExportedLead.objects.filter(export=export).values("lead")
    )
    return list(rows_of(leads, export.columns, export.clear))
