#!/usr/bin/env python3
"""The disk fills under the database and the stored files; then there is space again.

    python benchmarks/torture/full_disk.py        (as root, on Linux: it mounts a small tmpfs)

Everything of the trial lies on a file system of 48 MB: the database (SQLite, or
a PostgreSQL cluster of its own), sealed files, temporary uploads. It is filled up.
An upload, a log, an assignment and a list in the worker must be refused in words
(507) or wait, and nothing of them may be there; with space again, each works.
Where no tmpfs may be mounted, this says so and shows nothing.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks.torture import stage
from benchmarks.torture.bad_files import Clerk, Ledger
from benchmarks.torture.corpus.families import as_text, honest_rows
from benchmarks.torture.said import say

SIZE = {"sqlite": "48m", "postgresql": "420m"}


class Trial:
    """The product on a small disk, and what was found."""

    def __init__(self, disk: Path, port: int, crowd: Any, lead: int) -> None:
        self.disk, self.crowd, self.lead = disk, crowd, lead
        self.clerk = Clerk(port, stage.sessions_of([crowd.cast.qian])[0], Ledger())
        self.manager, *_ = stage.browsers(port, crowd.managers, stage.Tally())
        self.wrong: list[str] = []
        self.refused: dict[str, int] = {}

    def expect(self, what: str, is_so: bool) -> None:
        print(("ok   " if is_so else "WRONG"), what, flush=True)
        if not is_so:
            self.wrong.append(what)

    def fill(self) -> None:
        """Until not one byte is left, also after what others have freed."""
        with (self.disk / "ballast").open("ab", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        ballast.write(b"\0" * size)
                except OSError:
                    continue

    def empty(self) -> None:
        (self.disk / "ballast").unlink()

    def upload(self, rows: int = 200) -> tuple[int, Any]:
        content = as_text(honest_rows(random.Random(rows), rows)).encode()
        return self.clerk.upload(content, "list.csv")

    def log(self, key: str) -> int:
        form = {"lead": self.lead, "channel": "visit", "person": "self", "outcome": "considering"}
        return self.manager.post("log", f"/logs/{key}/", form).status


def counts() -> dict[str, int]:
    from django.apps import apps

    return {
        name: apps.get_model(name)._base_manager.count()
        for name in ("whitelist.WhitelistUpload", "outreach.ContactLog", "outreach.Assignment",
                     "trust.AuditEvent", "jobs.Job")
    }  # fmt: skip


def attack(trial: Trial, files: Path) -> None:
    from django.db import connection

    waiting = trial.upload()[1].get("location", "")
    before, stored = counts(), len(list(files.rglob("*.sealed")))
    trial.fill()
    key = str(uuid.uuid4())
    for what, act in (
        ("an upload", lambda: trial.upload()[0]),
        ("a large upload", lambda: trial.upload(20_000)[0]),
        ("a log", lambda: trial.log(key)),
    ):
        status = act()
        trial.refused[what] = status
        trial.expect(f"{what} without space is answered 507 (was {status})", status == 507)
        trial.fill()
    trial.clerk.ask("GET", "/lists/")  # the connection of a form that was not read to its end
    status, _ = trial.clerk.ask("GET", "/lists/")
    trial.expect(f"pages that only read are there (was {status})", status in (200, 507))
    trial.empty()
    connection.close()
    after = counts()
    trial.expect("nothing half-applied", {**before, **_visits(after, before)} == after)
    left = len(list(files.rglob("*.sealed")))
    trial.expect(f"no sealed file left behind ({left - stored})", left == stored)
    trial.expect("with space again a log is stored", trial.log(key) == 200)
    status, told = trial.upload()
    trial.expect(f"with space again a file is taken (was {status})", status == 201)
    pks = [int(where.rstrip("/").rpartition("/")[2]) for where in (waiting, told["location"])]
    trial.expect("both files are checked in the end", _checked(pks))


def _visits(after: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    """What the worker and the record of reading may have written meanwhile."""
    events = "trust.AuditEvent"
    return {events: after[events]} if after[events] >= before[events] else {}


def _checked(pks: list[int]) -> bool:
    from whitelist.models import WhitelistUpload

    rows = WhitelistUpload.objects.unscoped("the trial's own files").filter(pk__in=pks)
    for _ in range(600):
        if set(rows.values_list("state", flat=True)) == {"checked"}:
            return True
        time.sleep(0.2)
    return False


def main() -> None:
    engine = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"
    with ExitStack() as stack:
        disk = Path(tempfile.mkdtemp(prefix="full-disk-"))
        stack.callback(disk.rmdir)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE[engine]}", "tmpfs", str(disk)]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
            say("skipped: no small file system may be mounted here (root on Linux may)")
            return
        stack.callback(subprocess.run, ["umount", "--lazy", str(disk)])
        disk.chmod(0o755)
        static = Path(os.environ["VAR_DIR"]) / "static"
        var = disk / "var"
        (var / "tmp").mkdir(parents=True)
        (var / "static").symlink_to(static)
        os.environ["VAR_DIR"] = str(var)
        if engine == "sqlite":
            os.environ["DATABASE_URL"] = f"sqlite:///{var / 'db.sqlite3'}"
        else:
            space = disk / "cluster"
            space.mkdir(mode=0o777)
            space.chmod(0o777)
            server = stack.enter_context(
                stage.private_postgres(
                    "min_wal_size=32MB", "wal_recycle=off", "max_wal_size=48MB", folder=space
                )
            )
            os.environ.update(server)
        code = run(disk, engine)
    sys.exit(code)


def run(disk: Path, engine: str) -> int:
    stage.ready()
    from tests.cast import make_lead

    crowd = stage.crowd(1)
    lead = make_lead(crowd.cast, holder=crowd.managers[0]).pk
    log = Path(tempfile.mkdtemp()) / "worker.log"
    with stage.product(JOB_LEASE_SECONDS="4") as port:
        trial = Trial(disk, port, crowd, lead)
        os.environ["JOB_LEASE_SECONDS"] = "4"
        with stage.worker(log) as worker:
            attack(trial, disk / "var" / "files")
            trial.expect("the worker lives", worker.poll() is None)
    said = ", ".join(f"{what}: {status}" for what, status in trial.refused.items())
    say(
        f"{said}; " + ("; ".join(f"NOT {each}" for each in trial.wrong) or
        "nothing half-applied, all of it works with space again, worker alive"),
    )  # fmt: skip
    return 1 if trial.wrong else 0


if __name__ == "__main__":
    main()
