"""The reading process: ``python -m whitelist.imports.reading.child '{"task": …}'``.

It gets the file on its standard input, says what it found on its standard
output, and may open, start and allocate next to nothing. It has no keys, no
settings and no database; its environment is empty.
"""

import io
import json
import os
import resource
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from whitelist.imports.reading import csv_file, wire, workbook
from whitelist.imports.reading.problems import FileProblem
from whitelist.imports.reading.table import BATCH_ROWS, ROW, kind_of

Rows = Iterator[tuple[int, list[str] | None]]


class _Counted(io.BufferedIOBase):
    """Standard input, and how much of it has been read."""

    def __init__(self, stream: BinaryIO, head: bytes) -> None:
        self._stream = stream
        self._head = head
        self.bytes_read = 0

    def read(self, size: int | None = -1) -> bytes:
        data, self._head = self._head or self._stream.read(size or -1), b""
        self.bytes_read += len(data)
        return data

    read1 = read

    def readable(self) -> bool:
        return True


def main(task: dict[str, Any], source: BinaryIO, answers: BinaryIO) -> None:
    """Do one task and say how it ended; a whole-file problem is an answer too."""
    try:
        head = source.read(csv_file.HEAD_BYTES)
        counted = _Counted(source, head)
        is_zip = workbook.looks_like_one(head)
        if task["task"] == "peek":
            found = workbook.peek(counted) if is_zip else csv_file.peek(source, head)
            wire.write(answers, {"kind": "peek", **found})
        else:
            _send_rows(task, counted, answers, is_zip=is_zip)
        wire.write(answers, {"kind": "end"})
    except FileProblem as problem:
        wire.write(answers, {"kind": "problem", "code": problem.code, "params": problem.params})
    except MemoryError:
        wire.write(answers, {"kind": "problem", "code": "too_much_memory", "params": {}})


def _send_rows(task: dict[str, Any], source: _Counted, answers: BinaryIO, *, is_zip: bool) -> None:
    """Send the wanted columns of every row below the header, and counts of the rest."""
    headings, wanted = task["headings"], task["wanted"]
    rows: Rows
    if is_zip:
        book = workbook.open_rows(
            source, sheet=task["sheet"], width=len(headings), after=task["header_row"]
        )
        rows, share = book.rows(), book.share
    else:
        rows = csv_file.rows(
            source,
            encoding=task["encoding"],
            delimiter=task["delimiter"],
            width=len(headings),
        )
        size = max(1, task["size"])

        def share() -> float:
            return source.bytes_read / size

    skipped: dict[str, int] = {}
    batch: list[tuple[int, list[str] | None, int]] = []
    count = 0
    for number, cells in rows:
        if number <= task["header_row"]:
            continue
        kind = ROW if cells is None else kind_of(cells, headings)
        if kind != ROW:
            skipped[kind] = skipped.get(kind, 0) + 1
            continue
        count += 1
        if count > task["max_rows"]:
            raise FileProblem("too_many_rows", limit=task["max_rows"])
        batch.append((number, *_project(cells, wanted, len(headings))))
        if len(batch) == BATCH_ROWS:
            _send(answers, batch, share())
            batch = []
    _send(answers, batch, 1.0)
    wire.write(answers, {"kind": "skipped", "skipped": skipped})


def _send(answers: BinaryIO, batch: list[tuple[int, list[str] | None, int]], share: float) -> None:
    """Announce some rows and send them in a frame of their own: who passes them on need not look."""
    wire.write(answers, {"kind": "rows", "count": len(batch), "share": share})
    wire.write_frame(answers, wire.as_json(batch))


def _project(
    cells: list[str] | None, wanted: list[int], width: int
) -> tuple[list[str] | None, int]:
    """The wanted cells, and by how many cells the row is longer (or shorter) than the header."""
    if cells is None:
        return None, 0
    length = len(cells)
    if length >= width:
        extra = sum(1 for cell in cells[width:] if cell.strip())
        return [cells[index] for index in wanted], extra
    return [cells[index] if index < length else "" for index in wanted], length - width


def _renounce(task: dict[str, Any]) -> None:
    """Give up what reading a file does not need. Core dumps would hold personal data."""
    limits = {
        resource.RLIMIT_AS: task["max_memory"],
        resource.RLIMIT_CPU: task["max_seconds"],
        resource.RLIMIT_FSIZE: task["max_bytes"],
        resource.RLIMIT_NOFILE: 16,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }
    for which, limit in limits.items():
        # One second more on the hard side: XCPU says why, KILL would not.
        spare = 1 if which == resource.RLIMIT_CPU else 0
        resource.setrlimit(which, (limit, limit + spare))


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    _renounce(asked)
    main(asked, sys.stdin.buffer, sys.stdout.buffer)
    sys.stdout.flush()
    os._exit(0)
