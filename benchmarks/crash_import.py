#!/usr/bin/env python3
"""The worker is killed with SIGKILL in the middle of imports; nothing is half-applied.

    python benchmarks/crash_import.py [--rows 5000] [--random 6]
    python scripts/with_postgres.py .venv/bin/python benchmarks/crash_import.py

Two lists take turns being in force. In each round the other one goes in, and the
worker (`manage.py work`, a process of its own) dies at a named step or at a
random moment. Right after its death the digest of everything visible must be
that of before, or, once the last transaction has committed, that of after;
then an ordinary worker must finish the job unaided, to the same digest as
without any crash. Prints one line a kill, and exits 1 if any of it fails.
"""

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
os.environ["JOB_LEASE_SECONDS"] = "2"  # a dead worker's job is free soon
os.environ["LOG_LEVEL"] = "CRITICAL"

CHECKING = (
    "whitelist.check:读取",
    "whitelist.check:校验",
    "whitelist.check:校验#2",
    "whitelist.check:比对",
)
APPLYING = (
    "applying:customers",
    "applying:before",
    "applying:batch",
    "applying:changes",
    "applying:offers",
    "applying:withdrawals",
    "applying:offers_changed",
    "applying:personal",
    "applying:locations",
    "applying:standing",
    "applying:leads",
    "applying:leads_changed",
    "applying:assignments",
    "applying:audited",
    "applying:committed",
)
# What anybody can see of lists; numbers of rows, batches and files are left out on purpose.
VISIBLE = {
    "offers": """
        SELECT c.customer_no, p.code, o.amount, o.valid_from, o.valid_to, o.score, o.segment,
            b.code, o.is_control FROM whitelist_offer o
        JOIN whitelist_customer c ON c.id = o.customer_id
        JOIN whitelist_product p ON p.id = o.product_id
        JOIN branches_branch b ON b.id = o.branch_id WHERE o.is_in_force""",
    "leads": """
        SELECT c.customer_no, l.branch_number, h.username, l.stage, l.eligibility, l.tile_key,
            l.precision, l.amount, l.amount_band, l.valid_to, l.segment FROM outreach_lead l
        JOIN whitelist_customer c ON c.id = l.customer_id
        LEFT JOIN branches_staff h ON h.id = l.holder_id""",
    "assignments": """
        SELECT c.customer_no, h.username FROM outreach_assignment a
        JOIN outreach_lead l ON l.id = a.lead_id JOIN whitelist_customer c ON c.id = l.customer_id
        JOIN branches_staff h ON h.id = a.holder_id WHERE a.ended_at IS NULL""",
    "locations": """
        SELECT c.customer_no, l.lon, l.lat, l.precision FROM whitelist_location l
        JOIN whitelist_customer c ON c.id = l.customer_id WHERE l.is_current""",
    "people": """
        SELECT c.customer_no, c.phone_index, c.name_index FROM whitelist_customer c
        WHERE EXISTS (SELECT 1 FROM whitelist_offer o WHERE o.customer_id = c.id
                      AND o.is_in_force)""",
}


def visible() -> str:
    """Digest of everything a list makes visible."""
    from whitelist.imports.statements import fetch

    found = hashlib.sha256()
    for query in VISIBLE.values():
        plain = [
            [bytes(v).hex() if isinstance(v, bytes | memoryview) else str(v) for v in row]
            for row in fetch(query)
        ]
        found.update(repr(sorted(plain)).encode())
    return found.hexdigest()[:12]


def worker(crash_at: str = "") -> subprocess.Popen[bytes]:
    env = {**os.environ, "CRASH_AT": crash_at}
    if env.get("DATABASE_APP_URL"):
        env["DATABASE_URL"] = env["DATABASE_APP_URL"]
    command = [sys.executable, str(ROOT / "manage.py"), "work", "--until-empty", "--pause", "0.1"]
    return subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)


def finish() -> None:
    """Ordinary workers until no job is left."""
    from jobs.models import UNFINISHED, Job

    for _ in range(120):
        if not Job.objects.filter(state__in=UNFINISHED).exists():
            return
        worker().wait()
        time.sleep(0.3)
    sys.exit("the work does not go on by itself")


def die(crash_at: str, seconds: float) -> bool:
    """A worker that dies at a step, or after so long; False when it had finished before."""
    for _ in range(3):
        process = worker(crash_at)
        if not crash_at:
            time.sleep(seconds)
            process.kill()
        ended = process.wait()
        if ended in (0, -signal.SIGKILL):
            break  # else it did not even start
    return ended == -signal.SIGKILL


class World:
    """Two files, the digests each leaves, and what happened so far."""

    def __init__(self, folder: Path, rows: int) -> None:
        from benchmarks import synthetic_lists as lists

        lists.build_bank(prefectures=1, counties=2)
        some = lists.people("41", rows)
        fresh = lists.people("41", rows // 10, first=rows)
        self.files = [folder / "a.csv", folder / "b.csv"]
        other = [lists.raised(p) for p in some[rows // 5 : rows // 3]] + some[rows // 3 :] + fresh
        lists.write_csv(self.files[0], lists.rows_of(some, month=10))
        lists.write_csv(self.files[1], lists.rows_of(other, month=11))
        self.turn = 0
        self.digests = ["", ""]
        self.bad = 0
        for turn in range(4):  # until each has settled: who is held by whom repeats itself
            self.digests[turn % 2] = self.round()

    def new_file(self) -> Any:
        """The next file goes in, and waits for a worker."""
        from branches.models import Branch
        from outreach.management.commands.import_whitelist import system_staff
        from whitelist.actions.uploads import receive
        from whitelist.models import Programme

        path = self.files[self.turn % 2]
        with path.open("rb") as file:
            return receive(
                file=file,
                programme=Programme.objects.get(),
                scope=Branch.objects.get(code="41"),
                mode="full",
                by=system_staff(),
                file_name=path.name,
            )

    def approve(self, upload: Any) -> None:
        from outreach.actions.list_decisions import approve_list, submit_list

        upload.refresh_from_db()
        submit_list(
            upload=upload, by=upload.uploaded_by, approval_no="T", model_version="T",
            confirm_withdrawals=True, confirm_unmatched=True,
        )  # fmt: skip
        approve_list(upload=upload, by=None)

    def round(self, kill: str = "", phase: str = "", seconds: float = 0) -> str:
        """One list goes in, with at most one death on the way. Returns the digest at the end."""
        before, after = self.digests[(self.turn + 1) % 2], self.digests[self.turn % 2]
        upload = self.new_file()
        if phase == "checking":
            self._die(kill, seconds, before, after)
        finish()
        self.approve(upload)
        if phase == "applying":
            self._die(kill, seconds, before, after)
        finish()
        upload.refresh_from_db()
        if upload.state != "in_force":
            sys.exit(f"the list ended as {upload.state}: {upload.failure}")
        self.turn += 1
        return visible()

    def _die(self, kill: str, seconds: float, before: str, after: str) -> None:
        self.died = die(kill, seconds)
        now = visible()
        self.state = {before: "as before", after: "all of it"}.get(now, "HALF-APPLIED")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--random", type=int, default=6, help="kills at random moments")
    parser.add_argument("--points", type=int, default=0, help="only so many named steps, evenly")
    parser.add_argument("--within", type=float, default=3.5, help="seconds: the random moments")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crash-import-") as folder:
        os.environ["VAR_DIR"] = folder
        subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"], check=True)
        import django

        django.setup()
        sys.exit(kill_all(Path(folder), options))


def kill_all(folder: Path, options: argparse.Namespace) -> int:
    from django.db import connection

    rng = random.Random(options.seed)
    world = World(folder, options.rows)
    print(f"{connection.vendor}, {options.rows:,} rows; the two states {world.digests}")
    plan = [(point, "checking", 0.0) for point in CHECKING]
    plan += [(point, "applying", 0.0) for point in APPLYING]
    if options.points:  # every so-manieth, the last of them inside applying
        step = len(plan) / options.points
        plan = [plan[min(len(plan) - 1, int((n + 1) * step) - 1)] for n in range(options.points)]
    plan += [
        ("", ("checking", "applying")[n % 2], rng.uniform(0.8, options.within))
        for n in range(options.random)
    ]
    failures = kills = in_applying = 0
    for point, phase, seconds in plan:
        end = world.round(point, phase, seconds)
        wanted = world.digests[(world.turn + 1) % 2]
        ok = world.state != "HALF-APPLIED" and end == wanted and (world.died or not point)
        kills += world.died
        in_applying += world.died and phase == "applying"
        failures += not ok
        name = point or f"after {seconds:.2f} s"
        what = "killed" if world.died else "had finished"
        print(
            f"{phase:9} {name:26} {what:13} {world.state:13}"
            f" {'finished unaided' if end == wanted else 'ENDED DIFFERENTLY'}"
            f" {'' if ok else '  <-- FAILED'}",
            flush=True,
        )
    print(
        f"{options.rows:,} rows: {kills} kills, {in_applying} inside applying, {failures} failures"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    main()
