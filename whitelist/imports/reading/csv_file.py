"""Delimited text: its encoding, its delimiter, its rows."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from whitelist.imports.reading.problems import FileProblem
from whitelist.imports.reading.table import MAX_CELL, MAX_COLUMNS, PEEK_ROWS

DELIMITERS = (",", "\t", ";", "，", "|")
HEAD_BYTES = 256 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def peek(stream: BinaryIO, head: bytes) -> dict[str, Any]:
    """The encoding, found over the whole file, and its first rows under each delimiter.

    Raises:
        FileProblem: empty, no encoding fits, or not text.
    """
    encoding, first = _encoding_of(stream, head)
    # The last line may be cut in the middle.
    lines = first.splitlines(keepends=True)
    lines = lines[:-1] if len(lines) > 1 and len(first) >= HEAD_BYTES // 4 else lines
    tables = []
    for delimiter in DELIMITERS:
        rows = _first_rows(lines, delimiter)
        if any(len(row) > 1 for row in rows) or delimiter == ",":
            tables.append({"name": "", "delimiter": delimiter, "rows": rows})
    return {"format": "csv", "encoding": encoding, "tables": tables}


def _first_rows(lines: list[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            rows.append(row[:MAX_COLUMNS])
            if len(rows) == PEEK_ROWS:
                break
    except csv.Error:
        pass  # what the head already shows is enough to find the header
    return rows


def _encoding_of(stream: BinaryIO, head: bytes) -> tuple[str, str]:
    """Name of the encoding that decodes every byte, and the head decoded with it."""
    if not head.strip():
        raise FileProblem("empty")
    bom = next((name for mark, name in _BOMS if head.startswith(mark)), "")
    names = [bom] if bom else ["utf-8", "gb18030"]
    decoders = {name: codecs.getincrementaldecoder(name)("strict") for name in names}
    firsts: dict[str, str] = {}
    line, failed_at = 1, {}
    chunk = head
    while chunk:
        for name in list(decoders):
            try:
                text = decoders[name].decode(chunk)
            except UnicodeDecodeError as error:
                del decoders[name]
                failed_at[name] = line + error.object[: error.start].count(b"\n")
                firsts.setdefault(name, error.object[: error.start].decode(name, "ignore"))
                continue
            firsts.setdefault(name, text)
            if "\0" in text:
                raise FileProblem("nul", line=line + text[: text.index("\0")].count("\n"))
        _still_possible(decoders, firsts, failed_at)
        line += chunk.count(b"\n")
        chunk = stream.read(HEAD_BYTES)
    for name in list(decoders):
        try:
            decoders[name].decode(b"", final=True)
        except UnicodeDecodeError:
            del decoders[name]
            failed_at[name] = line
    _still_possible(decoders, firsts, failed_at)
    name = next(iter(decoders))
    return name, firsts[name]


def _still_possible(
    decoders: dict[str, Any], firsts: dict[str, str], failed_at: dict[str, int]
) -> None:
    """Stop when nothing decodes the file, or when only GB18030 does what began as UTF-8.

    GB18030 accepts nearly any bytes: a UTF-8 file with one broken character
    would come out as gibberish instead of an error. Characters of three bytes
    tell: text in GB18030 hardly ever looks like four of them in a row.
    """
    began_as_utf8 = sum(1 for char in firsts.get("utf-8", "") if char >= "\u0800") >= 4
    if not decoders or ("utf-8" in failed_at and began_as_utf8):
        furthest = failed_at["utf-8"] if began_as_utf8 else max(failed_at.values())
        raise FileProblem("encoding", line=furthest)


def rows(
    stream: io.BufferedIOBase, *, encoding: str, delimiter: str, width: int
) -> Iterator[tuple[int, list[str] | None]]:
    """Each record with its number as a spreadsheet shows it; None for an unreadable one.

    `width` is the number of columns of the header, for telling a quote that
    was never closed from a cell with a line break in it.

    Raises:
        FileProblem: a quote is not closed, or a cell is longer than a cell can be.
    """
    csv.field_size_limit(MAX_CELL)
    text = io.TextIOWrapper(cast(BinaryIO, stream), encoding=encoding, errors="strict", newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    record, line = 0, 0
    while True:
        record += 1
        start, line = line + 1, line
        try:
            cells: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if reader.line_num > start or "unexpected end" in str(error):
                raise FileProblem("quote", line=start) from None
            if "field limit" in str(error):
                raise FileProblem("cell_too_long", row=record) from None
            cells = None
        line = reader.line_num
        if cells is not None and line > start and len(cells) != width:
            raise FileProblem("quote", line=start)
        yield record, cells
