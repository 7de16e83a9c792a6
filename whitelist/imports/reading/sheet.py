"""One sheet's XML, streamed: memory stays small however large the sheet is.

Written over the standard library's expat, cell by cell. Anything that declares
a document type is refused, so there are no entities to expand.
"""

import re
import zipfile
from array import array
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from whitelist.imports.reading.problems import FileProblem
from whitelist.imports.reading.table import MAX_CELL

CHUNK = 256 * 1024
MAX_STRINGS_BYTES = 300 * 1024 * 1024
MAX_MERGES = 200_000
MAX_TAG = 1024 * 1024
_MAX_ROW_NUMBER = 1_048_576
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def safe_parser() -> Any:
    """An XML parser that refuses document types, and so entities."""

    def refuse(*args: Any) -> None:
        raise FileProblem("bomb")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    return parser


def feed(parser: Any, chunk: bytes, fed: int, *, ended: bool = False) -> int:
    """Parse one more piece of a stream; returns how many bytes there have been.

    One tag spread over megabytes would be scanned again with every piece, in a
    time that grows with its square: nothing honest has such a tag.

    Raises:
        FileProblem: bomb.
    """
    parser.Parse(chunk, ended)
    fed += len(chunk)
    if fed - parser.CurrentByteIndex > MAX_TAG + len(chunk):
        raise FileProblem("bomb")
    return fed


class SharedStrings:
    """The workbook's text, kept as bytes: a third of what Python strings take."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("Q")

    @classmethod
    def load(cls, book: zipfile.ZipFile, part: str, upto: int | None = None) -> "SharedStrings":
        """Read the part; with `upto`, only as far as that index."""
        strings = cls()
        if not part or upto == 0:
            return strings
        with book.open(part) as stream:
            strings._read(stream, upto)
        return strings

    def _read(self, stream: Any, upto: int | None) -> None:
        parser = safe_parser()
        pieces: list[str] = []
        state = {"text": False, "phonetic": False, "length": 0}
        kept, ends = self._bytes, self._ends

        def start(tag: str, attrs: Any) -> None:
            name = tag.rpartition(":")[2]
            if name == "t":
                state["text"] = not state["phonetic"]
            elif name == "rPh":
                state["phonetic"] = True

        def text(data: str) -> None:
            if state["text"]:
                state["length"] += len(data)
                if state["length"] > MAX_CELL:
                    raise FileProblem("cell_too_long", row=0)
                pieces.append(data)

        def end(tag: str) -> None:
            name = tag.rpartition(":")[2]
            if name == "t":
                state["text"] = False
            elif name == "rPh":
                state["phonetic"] = False
            elif name == "si":
                kept.extend("".join(pieces).encode("utf-8", "replace"))
                ends.append(len(kept))
                pieces.clear()
                state["length"] = 0
                if len(kept) > MAX_STRINGS_BYTES:
                    raise MemoryError

        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = text
        fed = 0
        while chunk := stream.read(CHUNK):
            fed = feed(parser, chunk, fed)
            if upto is not None and len(ends) >= upto:
                return
        parser.Parse(b"", True)

    def __getitem__(self, index: int) -> str:
        begin = self._ends[index - 1] if index else 0
        return plain(self._bytes[begin : self._ends[index]].decode())

    def resolve(self, value: "str | int") -> str:
        """The text of a cell that was read before the strings were."""
        return value if isinstance(value, str) else self[value]


def plain(text: str) -> str:
    """Undo the format's own escapes of control characters: ``_x000D_``."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: _character(int(found[1], 16)), text)


def _character(code: int) -> str:
    return chr(code) if code >= 32 and not 0xD800 <= code <= 0xDFFF else " "


def number_text(text: str) -> str:
    """A number as a person wrote it: ``50000.0`` → ``50000``, ``0.30000000000000004`` → ``0.3``.

    Past fifteen digits the spreadsheet has lost the rest; then it stays as it
    stands, so that whoever checks it can say so.
    """
    if text.isdigit():
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    if abs(value) >= 1e15 or value != value:
        return text
    return str(int(value)) if value == int(value) else format(value, ".15g")


class SheetReader:
    """Rows of a sheet as ``(row number, {column index: text})``."""

    def __init__(self, stream: Any, strings: SharedStrings | None, max_columns: int) -> None:
        self._stream = stream
        self._strings = strings
        self._max_columns = max_columns
        self._finished: list[tuple[int, dict[int, Any]]] = []
        self._columns: dict[str, int] = {}
        self.bytes_read = 0
        self.highest_string = 0  # one past the highest shared string seen

    def raw_rows(self, stop_after: int | None = None) -> Iterator[tuple[int, dict[int, Any]]]:
        """Each row that has cells. Without `strings`, shared ones stay as their number."""
        parser = self._parser()
        seen = 0
        ended = False
        while not ended:
            chunk = self._stream.read(CHUNK)
            ended = not chunk
            self.bytes_read = feed(parser, chunk, self.bytes_read, ended=ended)
            for row in self._finished:
                yield row
                seen += 1
                if seen == stop_after:
                    return
            self._finished.clear()

    def _parser(self) -> Any:  # one closure for speed: it runs for every cell
        parser = safe_parser()
        parser.ordered_attributes = True
        strings, limit, columns = self._strings, self._max_columns, self._columns
        finished, column_of = self._finished, self._column_of
        pieces: list[str] = []
        cells: dict[int, Any] = {}
        row_number, column, kind = 0, -1, "n"
        reading, phonetic, length = False, False, 0
        names: dict[str, str] = {}

        def start(tag: str, attrs: list[str]) -> None:
            nonlocal row_number, column, kind, reading, phonetic, length
            name = names.get(tag) or names.setdefault(tag, tag.rpartition(":")[2])
            if name == "c":
                kind, place = "n", ""
                for i in range(0, len(attrs), 2):
                    if attrs[i] == "r":
                        place = attrs[i + 1]
                    elif attrs[i] == "t":
                        kind = attrs[i + 1]
                if place:
                    letters = place.rstrip("0123456789")
                    column = columns[letters] if letters in columns else column_of(letters)
                else:
                    column += 1
                length = 0
            elif name == "v" or name == "t":
                reading = not phonetic
            elif name == "row":
                place = attrs[attrs.index("r") + 1] if "r" in attrs else ""
                row_number = int(place) if place else row_number + 1
                if not 0 < row_number <= _MAX_ROW_NUMBER:
                    raise FileProblem("damaged")
                column = -1
            elif name == "rPh":
                phonetic = True

        def text(data: str) -> None:
            nonlocal length
            if reading:
                length += len(data)
                if length > MAX_CELL:
                    raise FileProblem("cell_too_long", row=row_number)
                pieces.append(data)

        def end(tag: str) -> None:
            nonlocal reading, phonetic, cells
            name = names[tag]
            if name == "v" or name == "t":
                reading = False
            elif name == "c":
                if pieces:
                    value = "".join(pieces) if len(pieces) > 1 else pieces[0]
                    pieces.clear()
                    if 0 <= column < limit:
                        cells[column] = self._value(kind, value, strings)
            elif name == "row":
                if cells:
                    finished.append((row_number, cells))
                    cells = {}
            elif name == "rPh":
                phonetic = False

        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = text
        return parser

    def _value(self, kind: str, value: str, strings: SharedStrings | None) -> Any:
        if kind == "s":
            index = int(value)
            if index < 0:
                raise FileProblem("damaged")
            if strings is None:
                self.highest_string = max(self.highest_string, index + 1)
                return index
            return strings[index]
        if kind == "n":
            return number_text(value.strip())
        if kind == "b":
            return "是" if value.strip() == "1" else "否"
        return plain(value)

    def _column_of(self, letters: str) -> int:
        index = 0
        for letter in letters[:4]:
            index = index * 26 + ord(letter) - 64
        self._columns[letters] = index - 1
        return index - 1


class Merged:
    """Vertical merged ranges: the first cell's value stands for all cells below it."""

    def __init__(self) -> None:
        self._until: dict[tuple[int, int], int] = {}  # (first row, column) → last row
        self._open: dict[int, tuple[int, str]] = {}  # column → (last row, value)

    def add(self, column: int, first: int, last: int) -> None:
        self._until[first, column] = last

    def __bool__(self) -> bool:
        return bool(self._until)

    def fill(self, number: int, row: list[str]) -> None:
        """Complete one row; rows must come in order."""
        for column, value in enumerate(row):
            last = self._until.get((number, column))
            if last is not None:
                self._open[column] = (last, value)
        for column, (last, value) in list(self._open.items()):
            if number > last:
                del self._open[column]
            elif not row[column]:
                row[column] = value


# Bounded, and never across the next tag: a file of beginnings alone is read once, not once for each.
_MERGE = re.compile(
    rb'<(?:\w{1,20}:)?mergeCell\s[^<>]{0,80}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"'
)


def merged_columns(stream: IO[bytes], after: int, width: int) -> Merged:
    """The vertical merges below row `after`. They stand behind the rows, so look first."""
    merged = Merged()
    tail, found = b"", 0
    while chunk := stream.read(CHUNK):
        window = tail + chunk
        consumed = 0
        if b"mergeCell" in window:
            for match in _MERGE.finditer(window):
                consumed = match.end()
                column, first, _, last = match.groups()
                index = 0
                for letter in column:
                    index = index * 26 + letter - 64
                found += 1
                if found > MAX_MERGES:
                    raise FileProblem("bomb")
                if int(first) > after and int(last) > int(first) and index <= width:
                    merged.add(index - 1, int(first), int(last))
        tail = window[max(consumed, len(window) - 120) :]
    return merged
