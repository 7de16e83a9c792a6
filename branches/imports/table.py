"""A small CSV file as rows of named cells, and what is wrong with it."""

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

ENCODINGS = ("utf-8-sig", "gb18030")
DELIMITERS = ",\t;，"


class UnreadableFile(Exception):
    """The file as a whole cannot be used; the text says why, for people."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell. `row` counts as a spreadsheet does, from 1."""

    row: int
    column: str
    code: str
    message: str


@dataclass(frozen=True)
class Row:
    """One row: its number and its cells by heading, trimmed."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, heading: str) -> str:
        return self.cells.get(heading, "")

    def problem(self, column: str, code: str, message: str) -> Problem:
        return Problem(self.number, column, code, message)


@dataclass
class Result:
    """What an import found and did. With problems, nothing was changed."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def read_table(data: bytes, required: Iterable[str]) -> list[Row]:
    """The rows below the header; UTF-8 with or without BOM, or GB18030; comma, tab, semicolon.

    Raises:
        UnreadableFile: not text, no rows, or a required heading is missing.
    """
    if b"\0" in data:
        raise UnreadableFile("这不是 CSV 文件：请另存为 CSV 再导入。")
    text = _decoded(data)
    lines = text.splitlines()
    if not lines:
        raise UnreadableFile("文件是空的。")
    delimiter = max(DELIMITERS, key=lines[0].count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as reason:
        raise UnreadableFile("文件格式不对，有没有配对的引号？") from reason
    headings = [cell.strip() for cell in table[0]]
    missing = [heading for heading in required if heading not in headings]
    if missing:
        raise UnreadableFile(f"第一行缺少列：{'、'.join(missing)}。")
    return [
        Row(number, dict(zip(headings, (cell.strip() for cell in cells), strict=False)))
        for number, cells in enumerate(table[1:], 2)
        if any(cell.strip() for cell in cells)
    ]


def _decoded(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("文字编码不对：请存为 UTF-8 或 GB18030。")


def repeated(rows: Iterable[Row], column: str) -> list[Problem]:
    """A problem for each row whose key stood in an earlier row, or is empty."""
    first: dict[str, int] = {}
    problems = []
    for row in rows:
        key = row[column]
        if not key:
            problems.append(row.problem(column, "empty", f"{column}不能为空。"))
        elif key in first:
            problems.append(
                row.problem(column, "repeated", f"{column} {key} 与第 {first[key]} 行重复。")
            )
        else:
            first[key] = row.number
    return problems
