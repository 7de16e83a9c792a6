"""Columns: which table of the file holds the rows, and what its headings mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from whitelist.imports.layout import header_candidates
from whitelist.imports.mapping import key_of, without_unit
from whitelist.imports.reading.problems import FileProblem

WAN = 10_000


@dataclass(frozen=True)
class Column:
    """Something a column can stand for. Headings as `key_of` leaves them, apart by blanks."""

    name: str
    label: Promise
    headings: str
    required: bool = True


@dataclass(frozen=True)
class Layout:
    """How a file is to be read: `found` is column index → name; the rest as the reader needs it."""

    found: Mapping[int, str]
    headings: Sequence[str]
    task: Mapping[str, Any]

    @property
    def date1904(self) -> bool:
        return bool(self.task["date1904"])

    def heading_of(self, name: str) -> str:
        """The heading in the file's own words; empty for a column it does not have."""
        index = next((index for index, each in self.found.items() if each == name), None)
        return "" if index is None else self.headings[index]

    def unit_of(self, name: str) -> int:
        """How many 元 one of the column is: 10,000 when its heading says 万元."""
        return WAN if without_unit(self.heading_of(name))[1].startswith("万") else 1


def layout_of(peeked: Mapping[str, Any], columns: Sequence[Column]) -> Layout:
    """Find the header: the row in which most columns are recognised, the first of equals.

    Raises:
        FileProblem: empty, no_header, columns_missing, columns_twice.
    """
    best: tuple[int, Layout] | None = None
    for table in peeked["tables"]:
        for at, (headings, used) in enumerate(header_candidates(table["rows"])):
            found = recognise(headings, columns)
            score = len(set(found.values()))
            if score and (best is None or score > best[0]):
                best = score, Layout(found, headings, _task(peeked, table, headings, at + used))
    if best is None:
        cells = (cell for table in peeked["tables"] for row in table["rows"] for cell in row)
        raise FileProblem("no_header" if any(map(str.strip, cells)) else "empty")
    _require(best[1], columns)
    return best[1]


def recognise(headings: Sequence[str], columns: Iterable[Column]) -> dict[int, str]:
    """Name by column index, for the headings that are known."""
    names = {heading: column.name for column in columns for heading in column.headings.split()}
    found = {}
    for index, heading in enumerate(headings):
        name = names.get(key_of(heading)) or names.get(without_unit(heading)[0])
        if name:
            found[index] = name
    return found


def _require(layout: Layout, columns: Iterable[Column]) -> None:
    names = list(layout.found.values())
    missing = [str(each.label) for each in columns if each.required and each.name not in names]
    twice = [str(each.label) for each in columns if names.count(each.name) > 1]
    if missing:
        raise FileProblem("columns_missing", labels=_("、").join(missing))
    if twice:
        raise FileProblem("columns_twice", labels=_("、").join(twice))


def _task(
    peeked: Mapping[str, Any], table: Mapping[str, Any], headings: Sequence[str], header_row: int
) -> dict[str, Any]:
    return {
        "format": peeked["format"],
        "encoding": peeked.get("encoding", ""),
        "delimiter": table.get("delimiter", ""),
        "sheet": table["name"],
        "header_row": header_row,
        "date1904": peeked.get("date1904", False),
        "columns": [{"heading": heading} for heading in headings],
    }
