#!/usr/bin/env python3
"""The worker is killed with SIGKILL in the middle of imports; nothing is half-applied.

    python benchmarks/crash_import.py [--rows 5000] [--kills 30]
    python scripts/with_postgres.py .venv/bin/python benchmarks/crash_import.py

Two lists take turns being in force. In each round the other one goes in, and the
worker (`manage.py work`, a process of its own) dies on the way, at named steps or
at random moments: up to three times while checking, and three times while
applying, each death on top of what the last one left. Right after each the digest
of everything visible must be that of before, or, once the last transaction has
committed, that of after; then an ordinary worker must finish the job unaided, to
the same digest as without any crash. Prints one line a kill, and exits 1 if any
of it fails, if there were fewer kills than asked for, or fewer than 40 of 100 of
them inside applying.
"""

import argparse
import hashlib
import itertools
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
LEASE = 2  # seconds: a dead worker's job is free soon
os.environ["JOB_LEASE_SECONDS"] = str(LEASE)
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
A_ROUND = 3  # deaths of one job; the fifth attempt would be its last (jobs.queue: MAX_ATTEMPTS)
IN_APPLYING = 40  # of 100 kills, at least
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


class Kill(NamedTuple):
    """A death that is planned: at a named step, or at a moment (seconds after the start)."""

    phase: str  # checking, applying
    point: str = ""
    seconds: float = 0.0

    @property
    def name(self) -> str:
        return self.point or f"after {self.seconds:.2f} s"


class Death(NamedTuple):
    """What became of a planned kill."""

    kill: Kill
    died: bool  # False: the worker had finished before
    state: str

    @property
    def is_right(self) -> bool:
        return self.state != "HALF-APPLIED" and (self.died or not self.kill.point)


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


def die(kill: Kill) -> bool:
    """A worker that dies as planned; False when it had finished before."""
    for _ in range(3):
        process = worker(kill.point)
        if not kill.point:
            time.sleep(kill.seconds)
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
        self.seconds = {"checking": 0.0, "applying": 0.0}  # an undisturbed worker's, at the last
        for turn in range(4):  # until each has settled: who is held by whom repeats itself
            self.digests[turn % 2], _ = self.round()

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

    def round(self, kills: Sequence[Kill] = ()) -> tuple[str, list[Death]]:
        """One list goes in, with deaths on the way. Returns the digest at the end, and the deaths."""
        before, after = self.digests[(self.turn + 1) % 2], self.digests[self.turn % 2]
        states = {before: "as before", after: "all of it"}
        upload = self.new_file()
        deaths = self._work("checking", kills, states)
        self.approve(upload)
        deaths += self._work("applying", kills, states)
        upload.refresh_from_db()
        if upload.state != "in_force":
            sys.exit(f"the list ended as {upload.state}: {upload.failure}")
        self.turn += 1
        return visible(), deaths

    def _work(self, phase: str, kills: Sequence[Kill], states: dict[str, str]) -> list[Death]:
        """Workers until nothing is left to do; the first of them die as planned."""
        deaths = []
        for kill in kills:
            if kill.phase == phase:
                died = die(kill)
                deaths.append(Death(kill, died, states.get(visible(), "HALF-APPLIED")))
                time.sleep(LEASE + 0.1)  # until then the job is the dead worker's
        began = time.monotonic()
        finish()
        if not deaths:
            self.seconds[phase] = time.monotonic() - began
        return deaths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--kills", type=int, default=30, help="after the named steps, at random")
    parser.add_argument("--points", type=int, default=0, help="only so many named steps, evenly")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crash-import-") as folder:
        os.environ["VAR_DIR"] = folder
        subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"], check=True)
        import django

        django.setup()
        sys.exit(kill_all(Path(folder), options))


def named(points: int) -> list[Kill]:
    """The named steps in their order; only so many of them, evenly, the last inside applying."""
    steps = [Kill("checking", point) for point in CHECKING]
    steps += [Kill("applying", point) for point in APPLYING]
    if not points:
        return steps
    every = len(steps) / points
    return [steps[min(len(steps) - 1, int((n + 1) * every) - 1)] for n in range(points)]


def rounds(
    steps: Sequence[Kill], seconds: dict[str, float], rng: random.Random
) -> Iterator[list[Kill]]:
    """Which deaths each round has: the named steps first, then random moments without end.

    Args:
        seconds: how long an undisturbed worker takes for each phase, its start included.
    """
    checking = [kill for kill in steps if kill.phase == "checking"]
    applying = [kill for kill in steps if kill.phase == "applying"]
    while checking or applying:
        yield checking[:A_ROUND] + applying[:A_ROUND]
        checking, applying = checking[A_ROUND:], applying[A_ROUND:]
    while True:
        yield [
            Kill(phase, seconds=rng.uniform(0.3, 0.9) * whole)
            for phase, whole in seconds.items()
            for _ in range(A_ROUND)
        ]


def kill_all(folder: Path, options: argparse.Namespace) -> int:
    from django.db import connection

    steps = named(options.points)
    wanted_kills = max(options.kills, len(steps))
    world = World(folder, options.rows)
    print(f"{connection.vendor}, {options.rows:,} rows; the two states {world.digests}")
    plan = rounds(steps, world.seconds, random.Random(options.seed))
    failures = kills = in_applying = 0
    for kills_planned in itertools.islice(plan, wanted_kills):  # one kill a round at the least
        if kills >= wanted_kills:
            break
        end, deaths = world.round(kills_planned)
        is_same = end == world.digests[(world.turn + 1) % 2]
        finished = "finished unaided" if is_same else "ENDED DIFFERENTLY"
        for death in deaths:
            ok = death.is_right and is_same
            failures += not ok
            kills += death.died
            in_applying += death.died and death.kill.phase == "applying"
            what = "killed" if death.died else "had finished"
            print(
                f"{death.kill.phase:9} {death.kill.name:26} {what:13} {death.state:13} {finished}"
                f"{'' if ok else '  <-- FAILED'}",
                flush=True,
            )
    print(
        f"{options.rows:,} rows: {kills} kills, {in_applying} inside applying, {failures} failures"
    )
    few = kills < wanted_kills or in_applying * 100 < kills * IN_APPLYING
    return 1 if failures or few else 0


if __name__ == "__main__":
    main()
