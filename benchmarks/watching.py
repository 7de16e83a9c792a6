"""What an import does to the machine and to others: memory of each process, a writer's longest wait."""

import os
import random
import threading
import time
from pathlib import Path

KINDS = {
    "whitelist.imports.reading.child": "reader",
    "whitelist.imports.checking_process": "checker",
    "import_whitelist": "worker",
}
EVERY = 0.05  # s between two writes of the writer
ASK_AGAIN = 5.0  # s between two looks for leads, while there are none


class Memory(threading.Thread):
    """Peak resident memory of a process and its children, by what they are, in MB.

    On PostgreSQL the server's memory is not in it. Linux only.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._over = threading.Event()
        self.peak: dict[str, int] = {}

    def run(self) -> None:
        while not self._over.wait(0.2):
            self._look(self._pid)

    def _look(self, pid: int) -> None:
        folder = Path("/proc") / str(pid)
        try:
            command = (folder / "cmdline").read_text()
            status = (folder / "status").read_text()
            children = [p.read_text() for p in (folder / "task").glob("*/children")]
        except OSError:
            return  # it has just ended
        kind = next((name for sign, name in KINDS.items() if sign in command), "")
        high = next((line for line in status.splitlines() if line.startswith("VmHWM")), "")
        if kind and high:
            self.peak[kind] = max(self.peak.get(kind, 0), int(high.split()[1]) // 1024)
        for child in " ".join(children).split():
            self._look(int(child))

    def stop(self) -> dict[str, int]:
        """End watching; the peaks."""
        self._over.set()
        self.join()
        return dict(sorted(self.peak.items()))


def server_seconds() -> float:
    """Processor time of the PostgreSQL server's ended sessions so far; 0 when it is not at hand."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (session,) = cursor.fetchone()
    try:
        parent = _fields(session)[1]
        return sum(map(int, _fields(int(parent))[11:15])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        return 0.0


def _fields(pid: int) -> list[str]:
    """/proc/PID/stat from the state on (proc(5)): its second is the parent, 12 to 15 are times."""
    return (Path("/proc") / str(pid) / "stat").read_text().rpartition(") ")[2].split()


class Writer(threading.Thread):
    """Somebody who writes one lead after another while a list takes effect, drawn at random.

    Each write is a transaction of its own on a connection of its own. `longest` is the longest
    one took, in seconds; `refused` how many the database gave up (SQLite's time-out).
    Which leads there are is asked rarely: while a list adds some, the
    database reads past all that nobody may see yet, and the asking would be measured.
    """

    def __init__(self, seed: int = 4) -> None:
        super().__init__(daemon=True)
        self._dice = random.Random(seed)
        self._over = threading.Event()
        self.longest, self.writes, self.refused = 0.0, 0, 0
        self._known: tuple[int, int] | None = None
        self._asked = 0.0

    def run(self) -> None:
        from django.db import OperationalError, connection

        try:
            while not self._over.wait(EVERY):
                began = time.monotonic()
                try:
                    self._write_one()
                except OperationalError:
                    self.refused += 1
                self.longest = max(self.longest, time.monotonic() - began)
        finally:
            connection.close()

    def _write_one(self) -> None:
        from django.db import connection

        if self._known is None:
            self._ask()
        if self._known is None:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE outreach_lead SET follow_up_at = follow_up_at WHERE id = %s",
                [self._dice.randint(*self._known)],
            )
            self.writes += 1

    def _ask(self) -> None:
        from django.db import connection

        if time.monotonic() - self._asked < ASK_AGAIN:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT MIN(id), MAX(id) FROM outreach_lead")
            low, high = cursor.fetchone()
        self._asked = time.monotonic()
        self._known = (low, high) if low is not None else None

    def stop(self) -> None:
        """End writing."""
        self._over.set()
        self.join()
