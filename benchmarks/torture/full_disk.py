#!/usr/bin/env python3
"""The disk fills under the database and the stored files; then there is space again.

    python benchmarks/torture/full_disk.py        (as root, on Linux: it mounts a small tmpfs)

Everything of the trial lies on a small file system: the database (SQLite, or
a PostgreSQL cluster of its own), sealed files, temporary uploads. It is filled up.
An upload and a log must be refused in words (507), and nothing of them may be
there. Then a list is put in force where there is space to begin, and not to end:
not one of its customers may be seen. With space again, each works, the list unaided.
Where no tmpfs may be mounted, this fails: nothing is shown.
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
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks.torture import stage
from benchmarks.torture.bad_files import Clerk, Ledger
from benchmarks.torture.corpus.families import as_text, honest_rows
from benchmarks.torture.said import say

SIZE = {"sqlite": "96m", "postgresql": "480m"}
LIST_ROWS = 5_000
NO_SPACE = ("disk is full", "No space left on device")
TO_BEGIN = 1 << 20  # bytes: enough to approve a list, too few to put it in force


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

    def empty(self, *, size: int = 0) -> None:
        """All of it is free again, or so many bytes."""
        ballast = self.disk / "ballast"
        if size:
            os.truncate(ballast, ballast.stat().st_size - size)
        else:
            ballast.unlink()

    def upload(self, rows: int = 200) -> tuple[int, Any]:
        content = as_text(honest_rows(random.Random(rows), rows)).encode()
        return self.clerk.upload(content, "list.csv")

    def log(self, key: str) -> int:
        form = {"lead": self.lead, "channel": "visit", "person": "self", "outcome": "considering"}
        return self.manager.post("log", f"/logs/{key}/", form).status


def counts() -> dict[str, int]:
    """What an upload or a log leaves; not the jobs of the clock, which come when their time does."""
    from django.apps import apps

    names = ("whitelist.WhitelistUpload", "outreach.ContactLog", "trust.AuditEvent", "jobs.Job")
    rows = {name: apps.get_model(name)._base_manager.all() for name in names}
    rows["jobs.Job"] = rows["jobs.Job"].filter(kind="whitelist.check")
    return {name: found.count() for name, found in rows.items()}


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
    more = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    if more.get("trust.AuditEvent", 0) > 0:  # what the worker and the record of reading wrote
        del more["trust.AuditEvent"]
    trial.expect(f"nothing half-applied ({more or 'the same numbers of rows'})", not more)
    left = len(list(files.rglob("*.sealed")))
    trial.expect(f"no sealed file left behind ({left - stored})", left == stored)
    trial.expect("with space again a log is stored", trial.log(key) == 200)
    status, told = trial.upload()
    trial.expect(f"with space again a file is taken (was {status})", status == 201)
    pks = [int(where.rstrip("/").rpartition("/")[2]) for where in (waiting, told["location"])]
    trial.expect("both files are checked in the end", _checked(pks))


def attack_a_list(trial: Trial, log: Path) -> None:
    """A list comes into force while the disk fills under the worker, which says so in its log."""
    from django.db import connection

    from benchmarks.crash_import import visible
    from outreach.actions.list_decisions import approve_list, submit_list
    from whitelist.models import WhitelistUpload

    pk = int(trial.upload(LIST_ROWS)[1]["location"].rstrip("/").rpartition("/")[2])
    trial.expect("a list is checked while there is space", _checked([pk]))
    upload = WhitelistUpload.objects.unscoped("the trial's own file").get(pk=pk)
    submit_list(
        upload=upload, by=upload.uploaded_by, approval_no="T", model_version="T",
        confirm_withdrawals=True, confirm_unmatched=True,
    )  # fmt: skip
    before, said_before = visible(), log.stat().st_size
    _new_wal_segment()
    trial.fill()
    trial.empty(size=TO_BEGIN)
    approve_list(upload=upload, by=None)
    connection.close()
    said, seen = "", set()
    until = time.monotonic() + 60
    while time.monotonic() < until and not any(words in said for words in NO_SPACE):
        time.sleep(0.2)
        trial.fill()
        seen.add(visible())
        said = log.read_text(errors="replace")[said_before:]
    seen.add(visible())
    upload.refresh_from_db()
    trial.expect("the worker has met the full disk", any(words in said for words in NO_SPACE))
    trial.expect(f"no part of it is seen (it is {upload.state})", seen == {before})
    connection.close()
    trial.empty()
    for _ in range(600):
        upload.refresh_from_db()
        if upload.state == "in_force":
            break
        time.sleep(0.2)
    trial.expect(f"with space again it is in force unaided ({upload.state})", visible() != before)


def _new_wal_segment() -> None:
    """PostgreSQL: so that it is tables that find no space; without space for its log it stops."""
    import psycopg

    url = os.environ.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        at = urlsplit(url)
        superuser = f"postgresql://postgres@{at.hostname}:{at.port}/postgres"
        with psycopg.connect(superuser, autocommit=True) as server:
            server.execute("CHECKPOINT")
            server.execute("SELECT pg_switch_wal()")
            server.execute("CREATE TABLE first_in_the_new_one (); DROP TABLE first_in_the_new_one")


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
            say("not shown: no small file system may be mounted here (root on Linux may)")
            sys.exit(1)
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
            attack_a_list(trial, log)
            trial.expect("the worker lives", worker.poll() is None)
    said = ", ".join(f"{what}: {status}" for what, status in trial.refused.items())
    say(
        f"{said}; " + ("; ".join(f"NOT {each}" for each in trial.wrong) or
        "nothing half-applied, nor of a list that comes into force, all of it works with space again,"
        " worker alive"),
    )  # fmt: skip
    return 1 if trial.wrong else 0


if __name__ == "__main__":
    main()
