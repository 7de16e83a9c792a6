"""Checking the rows of a big file on every core, in the file's order.

A checker is a process of our own code (`checking_process.py`) that gets the
plan, the places and batch after batch of rows, and answers with rows as staging
takes them. It has no database. Small files are checked in this process:
starting another would take longer.
"""

import os
import pickle
import queue
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any, BinaryIO, NamedTuple, cast

from django.conf import settings
from django.db import connection

from whitelist.geocoding.index import Row
from whitelist.geocoding.ladder import Ladder
from whitelist.imports import staging
from whitelist.imports.checking import Plan, RowChecker
from whitelist.imports.reading import wire
from whitelist.imports.reading.sandbox import Batch, rows_in
from whitelist.models import WhitelistUpload

BIG = 8 * 1024 * 1024  # bytes of a text file; a workbook packs five to one
AHEAD = 2  # batches handed to each checker before the first answer is fetched
NOT_HANDED_ON = ("DATABASE_", "PG", "BAIDU_", "CALL_GATEWAY", "NOMINATIM_", "GEOCODERS")
COMMAND = (sys.executable, "-m", "whitelist.imports.checking_process")


class Checked(NamedTuple):
    """What became of one batch."""

    rows: int
    accepted: int
    staged: list[Any]  # as `staging.insert_rows` takes them
    problems: list[tuple[Any, ...]]
    share: float = 0.0  # of the file, read so far


CheckEach = Callable[[Iterable[Batch]], Iterator[Checked]]


@contextmanager
def checkers_for(upload: WhitelistUpload, plan: Plan, places: Sequence[Row]) -> Iterator[CheckEach]:
    """A function that checks batches as they come and answers in the same order."""
    packed = 5 if upload.layout["format"] == "xlsx" else 1
    for_copy = connection.vendor == "postgresql"
    if settings.CHECK_PROCESSES < 2 or upload.size * packed < BIG:
        checker = RowChecker(plan, Ladder(places))
        yield partial(_one_by_one, checker, for_copy)
        return
    task = pickle.dumps({"plan": plan, "places": places, "for_copy": for_copy})
    with ExitStack() as stack:
        free: queue.SimpleQueue[Checker] = queue.SimpleQueue()
        for _ in range(settings.CHECK_PROCESSES):
            free.put(stack.enter_context(Checker(task)))
        del task
        threads = stack.enter_context(ThreadPoolExecutor(settings.CHECK_PROCESSES))
        yield partial(_side_by_side, threads, free)


def check_batch(checker: RowChecker, body: bytes, *, for_copy: bool) -> Checked:
    """Every row of a batch's body."""
    rows: list[Any] = []
    problems: list[tuple[Any, ...]] = []
    batch = rows_in(body)
    for row_no, cells, extra in batch:
        row, wrong = checker.check(row_no, cells, extra)
        if row is not None:
            rows.append(row)
        problems += wrong
    staged = [staging.copy_text(rows)] if for_copy and rows else rows
    return Checked(len(batch), len(rows), staged, problems)


def _one_by_one(checker: RowChecker, for_copy: bool, batches: Iterable[Batch]) -> Iterator[Checked]:
    for batch in batches:
        checked = check_batch(checker, batch.body, for_copy=for_copy)
        yield checked._replace(share=batch.share)


def _side_by_side(
    threads: ThreadPoolExecutor, free: "queue.SimpleQueue[Checker]", batches: Iterable[Batch]
) -> Iterator[Checked]:
    """Answers in the order of the batches; so many are under way that no checker waits."""
    under_way: deque[tuple[float, Future[Checked]]] = deque()
    try:
        for batch in batches:
            under_way.append((batch.share, threads.submit(_ask, free, batch.body)))
            if len(under_way) > AHEAD * settings.CHECK_PROCESSES:
                yield _next(under_way)
        while under_way:
            yield _next(under_way)
    finally:
        for _, future in under_way:
            future.cancel()


def _next(under_way: deque[tuple[float, "Future[Checked]"]]) -> Checked:
    share, future = under_way.popleft()
    return future.result()._replace(share=share)


def _ask(free: "queue.SimpleQueue[Checker]", body: bytes) -> Checked:
    checker = free.get()
    try:
        return checker.check(body)
    finally:
        free.put(checker)


class CheckerFailed(RuntimeError):
    """A checking process died or raised; its text has frames, never values."""


def _environment() -> dict[str, str]:
    """Ours, with the keys, but without what leads to the database or to other systems."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_HANDED_ON)}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1"}


class Checker:
    """One checking process; used by one thread at a time."""

    def __init__(self, task: bytes) -> None:
        self._process = subprocess.Popen(  # noqa: S603 (our own module, no shell)
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback could quote personal data
            cwd=settings.BASE_DIR,
            env=_environment(),
        )
        self._in = cast(BinaryIO, self._process.stdin)
        self._out = cast(BinaryIO, self._process.stdout)
        self._first: bytes | None = task

    def __enter__(self) -> "Checker":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):  # what it did not hear any more
            self._in.close()
        self._out.close()

    def check(self, body: bytes) -> Checked:
        """One batch.

        Raises:
            CheckerFailed: the process is gone, or the check raised.
        """
        try:
            if self._first is not None:
                wire.write_frame(self._in, self._first)
                self._first = None
            wire.write_frame(self._in, body)
            answer = wire.read_frame(self._out)
        except BrokenPipeError:
            answer = None
        if answer is None:
            raise CheckerFailed("a checking process has died")
        said = pickle.loads(answer)  # noqa: S301 (our own process)
        if isinstance(said, str):
            raise CheckerFailed(said)
        return Checked(*said)
