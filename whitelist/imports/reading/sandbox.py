"""The side that asks: starts the reading process, feeds it, listens, and outlives it."""

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from whitelist.imports.reading import wire
from whitelist.imports.reading.problems import FileProblem

Chunks = Callable[[], Iterable[bytes]]
COMMAND = (sys.executable, "-m", "whitelist.imports.reading.child")


@dataclass
class Batch:
    """Some rows, as the reader wrote them."""

    body: bytes
    count: int
    share: float  # of the file, read so far

    @property
    def rows(self) -> list[tuple[int, list[str] | None, int]]:
        """(row number, wanted cells or None, cells too many or too few) of each."""
        return rows_in(self.body)


def rows_in(body: bytes) -> list[tuple[int, list[str] | None, int]]:
    """The rows of a batch's body."""
    found: list[tuple[int, list[str] | None, int]] = json.loads(body)
    return found


def peek(chunks: Chunks) -> dict[str, Any]:
    """Format, encoding and the first rows of each table (sheet, or delimiter) in the file.

    Raises:
        FileProblem: the file as a whole cannot be used.
    """
    found: dict[str, Any] = {}
    with _child({"task": "peek"}, chunks) as messages:
        for message in messages:
            if message["kind"] == "peek":
                found = message
    return found


def rows(chunks: Chunks, task: dict[str, Any], skipped: dict[str, int]) -> Iterator[Batch]:
    """All rows below the header, in the wanted columns; `skipped` is filled at the end.

    `task` says how to read: headings, wanted (column indexes), header_row,
    max_rows, and encoding, delimiter and size, or sheet.

    Raises:
        FileProblem: the file as a whole cannot be used.
    """
    with _child({"task": "rows", **task}, chunks) as messages:
        for message in messages:
            if message["kind"] == "rows":
                yield Batch(message["body"], message["count"], message["share"])
            elif message["kind"] == "skipped":
                skipped.update(message["skipped"])


@contextmanager
def _child(task: dict[str, Any], chunks: Chunks) -> Iterator[Iterator[dict[str, Any]]]:
    """A reading process for one task; killed when the block is left, however."""
    task = {
        "max_memory": settings.READER_MAX_MEMORY,
        "max_seconds": settings.READER_MAX_SECONDS,
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        **task,
    }
    process = subprocess.Popen(  # noqa: S603 (our own module, no shell)
        [*COMMAND, json.dumps(task)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        stderr=subprocess.DEVNULL,  # a traceback could quote personal data
        cwd=settings.BASE_DIR,
        env={"PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"},  # no keys, no addresses
    )
    feeder = _Feeder(process.stdin, chunks)
    feeder.start()
    try:
        yield _messages(process)
    except FileProblem:
        if feeder.failure is None:
            raise
    finally:
        process.kill()
        process.wait()
        feeder.join()
        if process.stdout:
            process.stdout.close()
    if feeder.failure is not None:
        raise feeder.failure  # what the child made of half a file does not matter


class _Feeder(threading.Thread):
    """Hands the file over; a child that has heard enough closes its ear.

    `failure` is why the file could not be handed over whole.
    """

    def __init__(self, stdin: Any, chunks: Chunks) -> None:
        super().__init__(daemon=True)
        self._stdin = stdin
        self._chunks = chunks
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            for chunk in self._chunks():
                view = memoryview(chunk)
                while view:  # a raw pipe takes what it has room for
                    view = view[self._stdin.write(view) :]
        except BrokenPipeError:
            pass
        except Exception as error:
            self.failure = error
        finally:
            with suppress(BrokenPipeError):
                self._stdin.close()  # else the child would wait for ever


def _messages(process: "subprocess.Popen[bytes]") -> Iterator[dict[str, Any]]:
    """What the child says, until it says that it has finished.

    Raises:
        FileProblem: the child reports one, takes too long, or dies.
    """
    assert process.stdout is not None  # noqa: S101 (we asked for a pipe)
    answers = _Patient(process.stdout.fileno(), float(settings.READER_MAX_SECONDS))
    while True:
        message = wire.read(answers)
        if message is None:
            raise FileProblem(_how_it_died(process))
        if message["kind"] == "end":
            return
        if message["kind"] == "rows":
            message["body"] = wire.read_frame(answers)
            if message["body"] is None:
                raise FileProblem(_how_it_died(process))
        if message["kind"] == "problem":
            raise FileProblem(message["code"], **message["params"])
        yield message


class _Patient:
    """A pipe that is waited for only so long altogether.

    The time its listener takes over what it heard does not count.
    """

    def __init__(self, descriptor: int, seconds: float) -> None:
        self._descriptor = descriptor
        self._seconds = seconds

    def read(self, size: int) -> bytes:
        """So many bytes; fewer when the other side has gone."""
        data = bytearray()
        while len(data) < size:
            asked = time.monotonic()
            ready, _, _ = select.select([self._descriptor], [], [], max(0.0, self._seconds))
            self._seconds -= time.monotonic() - asked
            if not ready:
                raise FileProblem("too_slow")
            piece = os.read(self._descriptor, min(size - len(data), 1024 * 1024))
            if not piece:
                break
            data += piece
        return bytes(data)


def _how_it_died(process: "subprocess.Popen[bytes]") -> str:
    """XCPU means too slow; anything else, most likely memory."""
    code = process.wait()
    return "too_slow" if code in {-24, 128 + 24} else "reader_died"
