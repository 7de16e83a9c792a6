"""Builds .xlsx files for tests from a plain description, part by part, without any library.

A description is ``{"sheets": [{"name": …, "state": …, "rows": [[cell, …], …], "merges": […]}],
"date1904": …}``. A cell is text (shared string), ``null`` (absent) or one of
``{"number": "4.11E+17"}`` (as it stands in the XML), ``{"inline": "…"}``,
``{"rich": ["…", "…"]}``, ``{"formula": "…"}`` (its cached text),
``{"bool": "1"}``, ``{"error": "#N/A"}``.
"""

import io
import zipfile
from typing import Any
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def letters(index: int) -> str:
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def build(description: dict[str, Any]) -> bytes:
    """The workbook's bytes."""
    strings: list[str] = []
    parts: dict[str, str] = {}
    entries, links = [], []
    for number, sheet in enumerate(description["sheets"], start=1):
        state = f' state="{sheet["state"]}"' if "state" in sheet else ""
        entries.append(
            f'<sheet name="{escape(sheet["name"])}" sheetId="{number}"{state} r:id="rId{number}"/>'
        )
        links.append(
            f'<Relationship Id="rId{number}" Type="{RELS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        )
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(sheet, strings)
    links.append(
        f'<Relationship Id="rIdS" Type="{RELS}/sharedStrings" Target="sharedStrings.xml"/>'
    )
    flag = ' date1904="1"' if description.get("date1904") else ""
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><workbookPr{flag}/><sheets>{"".join(entries)}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = f"<Relationships>{''.join(links)}</Relationships>"
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{"".join(strings)}</sst>'
    return package(parts)


def package(parts: dict[str, "str | bytes"]) -> bytes:
    """A zip of these parts, with a content list as spreadsheets have it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            book.writestr(name, content)
    return buffer.getvalue()


def _sheet(sheet: dict[str, Any], strings: list[str]) -> str:
    rows = []
    for number, row in enumerate(sheet["rows"], start=1):
        cells = "".join(
            _cell(f"{letters(index)}{number}", cell, strings)
            for index, cell in enumerate(row)
            if cell is not None
        )
        rows.append(f'<row r="{number}">{cells}</row>')
    merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in sheet.get("merges", []))
    merged = f"<mergeCells>{merges}</mergeCells>" if merges else ""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData>{merged}</worksheet>'


def _cell(place: str, cell: Any, strings: list[str]) -> str:
    if isinstance(cell, str):
        cell = {"rich": [cell], "plain": True}
    ((kind, value), *plain) = cell.items()
    if kind == "rich":
        runs = "".join(f"<r><t xml:space='preserve'>{escape(run)}</t></r>" for run in value)
        phonetic = '<rPh sb="0" eb="1"><t>ignored</t></rPh>' if not plain else ""
        strings.append(
            f"<si><t>{escape(value[0])}</t></si>" if plain else f"<si>{runs}{phonetic}</si>"
        )
        return f'<c r="{place}" t="s"><v>{len(strings) - 1}</v></c>'
    if kind == "inline":
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    types = {"number": "", "formula": ' t="str"', "bool": ' t="b"', "error": ' t="e"'}
    return f'<c r="{place}"{types[kind]}><v>{escape(value)}</v></c>'
