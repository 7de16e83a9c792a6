"""Which table of the file is the list, where its header stands, what its columns mean."""

import re
from collections.abc import Mapping
from typing import Any

from trust.masking import mask_id_number, mask_name, mask_phone
from whitelist.imports.mapping import FIELDS, recognise, says_unit
from whitelist.imports.reading.problems import FileProblem

MIN_RECOGNISED = 2
SAMPLES = 3
_WAN_LIKELY_BELOW = 1000  # amounts "in 元" that are all smaller are more likely 万元


def layout_of(found: dict[str, Any], remembered: Mapping[str, str]) -> dict[str, Any]:
    """The layout of the upload, from what the reader saw of the file's first rows.

    Keys: format, encoding, delimiter, sheet, sheets, header_row (from 1),
    columns [{index, heading, field, samples}], skipped, date1904, unsure.

    Raises:
        FileProblem: nothing in the file looks like a header.
    """
    best: tuple[int, int, dict[str, Any], int, list[str]] | None = None
    for table in found["tables"]:
        for at, (headings, used) in enumerate(header_candidates(table["rows"])):
            score = len(set(recognise(headings, remembered).values()))
            if score and (best is None or (score, -at) > best[:2]):
                best = (score, -at, table, at + used, headings)
    if best is None or best[0] < MIN_RECOGNISED:
        best = _unknown_header(found)
    _, _, table, header_row, headings = best
    fields = recognise(headings, remembered)
    below = table["rows"][header_row:]
    columns = [
        _column(index, heading, fields.get(index, ""), below)
        for index, heading in enumerate(headings)
    ]
    return {
        "format": found["format"],
        "encoding": found.get("encoding", ""),
        "delimiter": table.get("delimiter", ""),
        "sheet": table["name"],
        "sheets": [each["name"] for each in found["tables"] if each["name"]],
        "date1904": found.get("date1904", False),
        "header_row": header_row,
        "columns": columns,
        "unsure": _unsure(columns, below),
        "skipped": {},
    }


def header_candidates(rows: list[list[str]]) -> list[tuple[list[str], int]]:
    """Each row as a header, and each pair of rows as one of two lines; with rows used."""
    headers = []
    for at, row in enumerate(rows):
        headings = [" ".join(cell.split()) for cell in row]
        follower = rows[at + 1] if at + 1 < len(rows) else []
        if "" in headings and _all_words(follower) and any(follower):
            wide = max(len(headings), len(follower))
            pair = zip(
                headings + [""] * (wide - len(headings)),
                follower + [""] * (wide - len(follower)),
                strict=True,
            )
            headers.append(([" ".join((low or high).split()) for high, low in pair], 2))
        else:
            headers.append((_trimmed(headings), 1))
    return headers


def _all_words(row: list[str]) -> bool:
    return not any(re.search(r"\d{2}", cell) for cell in row)


def _trimmed(headings: list[str]) -> list[str]:
    while headings and not headings[-1]:
        headings = headings[:-1]
    return headings


def _unknown_header(found: dict[str, Any]) -> tuple[int, int, dict[str, Any], int, list[str]]:
    """A header in words we do not know, above rows with figures: the clerk will say.

    Raises:
        FileProblem: there is no such row, or there are no rows at all.
    """
    if not any(cell.strip() for table in found["tables"] for row in table["rows"] for cell in row):
        raise FileProblem("empty")
    for table in sorted(found["tables"], key=lambda each: -max(map(len, each["rows"]), default=0)):
        rows = table["rows"]
        for at, row in enumerate(rows[:-1]):
            headings = _trimmed([" ".join(cell.split()) for cell in row])
            named = len(headings) >= 3 and all(headings) and len(set(headings)) == len(headings)
            if named and _all_words(headings) and not _all_words(rows[at + 1]):
                return 0, -at, table, at + 1, headings
    raise FileProblem("no_header")


def _column(index: int, heading: str, field: str, below: list[list[str]]) -> dict[str, Any]:
    values = (row[index].strip() for row in below if index < len(row))
    samples = list(dict.fromkeys(value for value in values if value))[:SAMPLES]
    return {
        "index": index,
        "heading": heading[:120],
        "field": field,
        "samples": [masked(value, field) for value in samples],
    }


def _unsure(columns: list[dict[str, Any]], below: list[list[str]]) -> list[str]:
    """``["unit"]`` when the amounts are small and the heading does not say in what."""
    for column in columns:
        if column["field"] == "amount" and not says_unit(column["heading"]):
            index = column["index"]
            cells = [row[index].replace(",", "") for row in below if index < len(row)]
            figures = [float(cell) for cell in cells if re.fullmatch(r"\s*\d+(\.\d+)?\s*", cell)]
            if figures and max(figures) < _WAN_LIKELY_BELOW:
                return ["unit"]
    return []


_PLAIN = frozenset(FIELDS) - {
    "customer_no", "name", "id_number", "phone", "phone2",
    "registered_address", "home_address", "business_address",
}  # fmt: skip


def masked(value: str, field: str) -> str:
    """A cell as a report or the mapping screen may show it, whatever column it is in."""
    value = value.strip()[:60]
    if field == "name":
        return mask_name(value)
    if field == "id_number":
        return (
            mask_id_number(value) if len(value) > 12 else value[:2] + "*" * max(0, len(value) - 2)
        )
    if field in {"phone", "phone2"}:
        return mask_phone(value)
    if field.endswith("_address"):
        return value[:6] + ("…" if len(value) > 6 else "")
    if field in _PLAIN and not re.search(r"\d{9}", value):
        return value[:40]
    return _masked_unknown(value)


def _masked_unknown(value: str) -> str:
    """Anything may stand in a column nobody has named: show only its shape."""
    if len(value) >= 9 and re.search(r"\d{6}", value):
        return value[:3] + "*" * (len(value) - 5) + value[-2:]
    if re.search(r"[^\x00-\xff]", value):
        return value[:1] + "*" * min(12, len(value) - 1)
    return value if len(value) <= 8 else value[:4] + "*" * (len(value) - 4)
