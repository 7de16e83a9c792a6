"""The spreadsheet as a zip file: looked into before anything is unpacked."""

import os
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

from whitelist.imports.reading.problems import FileProblem
from whitelist.imports.reading.sheet import (
    CHUNK,
    SharedStrings,
    SheetReader,
    merged_columns,
    safe_parser,
)
from whitelist.imports.reading.table import MAX_COLUMNS, PEEK_ROWS

MAX_ENTRIES = 2_000
MAX_UNPACKED = 1536 * 1024 * 1024
MAX_RATIO = 150  # honest sheets pack 10 to 40 times
RATIO_FROM = 20 * 1024 * 1024
MAX_SHEETS = 30
MAX_PART = 8 * 1024 * 1024  # workbook.xml and its like
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def looks_like_one(head: bytes) -> bool:
    """Whether the file begins as a zip.

    Raises:
        FileProblem: an old .xls, a file with a password, a web page, a picture …
    """
    if head.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in head
        raise FileProblem("password" if locked else "old_excel")
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:200].lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise FileProblem("web_page")
    if head.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf")
    ):
        raise FileProblem("not_a_table")
    return head.startswith(b"PK")


class Workbook:
    """An open .xlsx whose zip has been found harmless."""

    def __init__(self, source: Any) -> None:
        self.zip = _opened(_spooled(source))
        _inspect(self.zip)
        self.sheets, self.strings_part, self.date1904 = self._contents()

    def _contents(self) -> tuple[list[tuple[str, str]], str, bool]:
        """(name, part) of the visible sheets, the shared strings' part, the date system."""
        links: dict[str, tuple[str, str]] = {}
        sheets: list[tuple[str, str]] = []
        flags: dict[str, bool] = {}

        def link(tag: str, attrs: dict[str, str]) -> None:
            if tag == "Relationship":
                target = attrs.get("Target", "")
                part = (
                    target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
                )
                links[attrs.get("Id", "")] = (posixpath.normpath(part), attrs.get("Type", ""))

        def sheet(tag: str, attrs: dict[str, str]) -> None:
            if tag == "workbookPr":
                flags["1904"] = attrs.get("date1904", "0") in {"1", "true"}
            if tag == "sheet" and attrs.get("state", "visible") == "visible":
                number = next((v for k, v in attrs.items() if k.split(":")[-1] == "id"), "")
                if number in links:
                    sheets.append((attrs.get("name", ""), links[number][0]))

        self._each_tag("xl/_rels/workbook.xml.rels", link)
        self._each_tag("xl/workbook.xml", sheet)
        strings = next(
            (part for part, kind in links.values() if kind.endswith("/sharedStrings")), ""
        )
        present = set(self.zip.namelist())
        sheets = [pair for pair in sheets if pair[1] in present][:MAX_SHEETS]
        return sheets, strings if strings in present else "", flags.get("1904", False)

    def _each_tag(self, part: str, see: Any) -> None:
        parser = safe_parser()
        parser.StartElementHandler = lambda tag, attrs: see(tag.split(":")[-1], attrs)
        with self.zip.open(part) as stream:
            parser.Parse(stream.read(MAX_PART), True)


def _spooled(source: Any) -> BinaryIO:
    """The zip needs seeking: keep it in memory that has no name on any disk."""
    descriptor = os.memfd_create("upload")
    spool = os.fdopen(descriptor, "w+b")
    while chunk := source.read(CHUNK):
        spool.write(chunk)
    spool.seek(0)
    return spool


def _opened(spool: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(spool)
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OSError):
        raise FileProblem("damaged") from None


def _inspect(book: zipfile.ZipFile) -> None:
    """Refuse what is no workbook, and what would unpack to more than any list is."""
    entries = book.infolist()
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileProblem("password")
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise FileProblem("other_spreadsheet")
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        raise FileProblem(
            "archive" if names and "[Content_Types].xml" not in names else "not_a_table"
        )
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    bomb = unpacked > RATIO_FROM and unpacked / packed > MAX_RATIO
    if len(entries) > MAX_ENTRIES or len(names) != len(entries) or unpacked > MAX_UNPACKED or bomb:
        raise FileProblem("bomb")


def peek(source: Any) -> dict[str, Any]:
    """The first rows of each visible sheet."""
    with _as_problems():
        book = Workbook(source)
        tables, needed = [], 0
        for name, part in book.sheets:
            with book.zip.open(part) as stream:
                reader = SheetReader(stream, strings=None, max_columns=MAX_COLUMNS)
                rows = list(reader.raw_rows(stop_after=PEEK_ROWS))
            needed = max(needed, reader.highest_string)
            tables.append({"name": name, "rows": rows})
        strings = SharedStrings.load(book.zip, book.strings_part, upto=needed)
        for table in tables:
            table["rows"] = _as_lists(table["rows"], strings)  # type: ignore[arg-type]
    return {"format": "xlsx", "date1904": book.date1904, "tables": tables}


def _as_lists(rows: list[tuple[int, dict[int, Any]]], strings: SharedStrings) -> list[list[str]]:
    """Rows by position, absent ones empty; far-off row numbers are not filled up to."""
    lists: list[list[str]] = []
    for number, cells in rows:
        if number > PEEK_ROWS:
            break
        while len(lists) < number:
            lists.append([])
        width = max(cells, default=-1) + 1
        lists[number - 1] = [strings.resolve(cells.get(i, "")) for i in range(width)]
    return lists


class OpenRows:
    """One sheet, being read."""

    def __init__(self, book: Workbook, part: str, width: int, after: int) -> None:
        self._book, self._part, self._width, self._after = book, part, width, after
        self._size = max(1, book.zip.getinfo(part).file_size)
        self._reader: SheetReader | None = None

    def share(self) -> float:
        """How much of the sheet has been read, 0 to 1."""
        return self._reader.bytes_read / self._size if self._reader else 0.0

    def rows(self) -> Iterator[tuple[int, list[str] | None]]:
        """Each row, cells as text, merged cells repeated downwards."""
        width = self._width
        with _as_problems():
            strings = SharedStrings.load(self._book.zip, self._book.strings_part)
            with self._book.zip.open(self._part) as stream:
                merged = merged_columns(stream, self._after, width)
            with self._book.zip.open(self._part) as stream:
                self._reader = SheetReader(stream, strings=strings, max_columns=width)
                for number, cells in self._reader.raw_rows():
                    row = [""] * width
                    for column, value in cells.items():
                        row[column] = value
                    if merged:
                        merged.fill(number, row)
                    yield number, row


def open_rows(source: Any, *, sheet: str, width: int, after: int) -> OpenRows:
    """The rows of the sheet of that name; `width` columns, merged ranges below row `after`."""
    with _as_problems():
        book = Workbook(source)
    part = next((part for name, part in book.sheets if name == sheet), "")
    if not part:
        raise FileProblem("damaged")
    return OpenRows(book, part, width, after)


class _as_problems:
    """Whatever a broken zip or broken XML raises, said as one thing."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, expat.ExpatError) and error.code == 1:
            raise MemoryError from None
        if isinstance(
            error,
            (
                expat.ExpatError,
                zipfile.BadZipFile,
                KeyError,
                EOFError,
                ValueError,
                OSError,
                NotImplementedError,
                RuntimeError,
                IndexError,
            ),
        ) or (error is not None and re.search("zlib|lzma", type(error).__module__)):
            raise FileProblem("damaged") from None
