#!/usr/bin/env python3
"""PostgreSQL falls and comes back, again and again, while people and the worker are at it.

    python benchmarks/torture/restarts.py [--restarts 20]

`pg_ctl restart -m immediate` is a crash: no connection is told, nothing is flushed.
Managers log visits; what gets no answer is sent again under its UUID, as phones do.
List files are uploaded meanwhile. Every acknowledged log must be on record once,
every file checked in the end, by the same worker process. The cluster is the
trial's own, with the settings of production. Control: with synchronous_commit off
acknowledged logs must be missing.
"""

import argparse
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks.torture import stage
from benchmarks.torture.said import say

SAFE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "wal_writer_delay=10s")
MANAGERS, LEADS_EACH = 8, 20
BETWEEN = (1.5, 4.0)  # seconds between two restarts


class Cluster:
    """The trial's PostgreSQL, made to fall."""

    def __init__(self, url: str) -> None:
        import psycopg

        at = urlsplit(url)
        self.superuser = f"postgresql://postgres@{at.hostname}:{at.port}{at.path}"
        with psycopg.connect(self.superuser) as server:
            (self._data,) = server.execute("SHOW data_directory").fetchone()
        self._user: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._user = {"user": "postgres", "group": "postgres", "extra_groups": []}

    def control(self, *words: str) -> None:
        log = str(Path(self._data).parent / "restarted.log")
        command = [str(stage.binaries() / "pg_ctl"), *words, "-D", self._data, "-m", "immediate"]
        command += ["-w", "-t", "60", *(("-l", log) if words[0] == "restart" else ())]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._data, **self._user)


class Manager(threading.Thread):
    """Logs visits without end; what is not answered is sent again under its UUID."""

    def __init__(self, person: Any, leads: list[int], rng: random.Random) -> None:
        super().__init__(daemon=True)
        self.person, self.leads, self.rng = person, leads, rng
        self.over = threading.Event()
        self.acknowledged: list[str] = []
        self.unanswered = 0
        self.odd: list[int] = []

    def run(self) -> None:
        while not self.over.is_set():
            self._log_one()
            time.sleep(self.rng.uniform(0, 0.1))

    def _log_one(self) -> None:
        key = str(uuid.uuid4())
        form = {"channel": "visit", "person": "self", "outcome": "considering"}
        form["lead"] = str(self.rng.choice(self.leads))
        while True:
            answer = self.person.post("log", f"/logs/{key}/", form)
            if answer.status == 200:
                self.acknowledged.append(key)
                return
            if not answer.is_broken:
                self.odd.append(answer.status)
                return
            self.unanswered += 1
            time.sleep(0.2)


def lost(managers: list[Manager]) -> tuple[int, int]:
    """Acknowledged logs that are not on record, and those with two or more."""
    from collections import Counter

    from django.db import connection

    from outreach.models import ContactLog

    connection.close()
    rows = ContactLog.objects.unscoped("the trial compares what is on record")
    stored = Counter(
        str(key) for key in rows.exclude(logged_at=None).values_list("uuid", flat=True)
    )
    every = [key for each in managers for key in each.acknowledged]
    return sum(not stored[key] for key in every), sum(stored[key] > 1 for key in every)


def fall(
    cluster: Cluster, port: int, crowd: Any, leads: Any, times: int
) -> tuple[Any, list[float]]:
    """So many restarts under load; the managers, and the seconds until a log was stored again."""
    from django.db import connection

    connection.close()  # our own has fallen, too
    rng = random.Random(times)
    tally = stage.Tally()
    people = stage.browsers(port, crowd.managers, tally)
    managers = [Manager(person, leads[n], random.Random(n)) for n, person in enumerate(people)]
    for each in managers:
        each.start()
    back = []
    for number in range(times):
        time.sleep(rng.uniform(*BETWEEN))
        cluster.control("restart")
        began, before = time.monotonic(), sum(len(each.acknowledged) for each in managers)
        while sum(len(each.acknowledged) for each in managers) == before:
            if time.monotonic() - began > 60:
                break
            time.sleep(0.02)
        back.append(time.monotonic() - began)
        print(f"restart {number + 1}: stored again after {back[-1]:.2f} s", flush=True)
    time.sleep(1)
    for each in managers:
        each.over.set()
    for each in managers:
        each.join(timeout=30)
    return managers, back


def upload_files(port: int, session: str, stop: threading.Event, sent: list[int]) -> None:
    """A clerk hands a list in now and then; what gets no answer is handed in again."""
    from benchmarks.torture.bad_files import Clerk, Ledger
    from benchmarks.torture.corpus.families import as_text, honest_rows

    clerk, number = Clerk(port, session, Ledger()), 0
    while not stop.wait(1.5):
        rows = honest_rows(random.Random(number), 40)
        status, told = clerk.upload(as_text(rows).encode(), "list.csv")
        if status == 201:
            number += 1
            sent.append(int(told["location"].rstrip("/").rpartition("/")[2]))


def unfinished(sent: list[int]) -> list[str]:
    """Uploads that the worker has not come to an end with, waited for."""
    from whitelist.models import WhitelistUpload

    rows = WhitelistUpload.objects.unscoped("the trial's own files").filter(pk__in=sent)
    for _ in range(600):
        states = dict(rows.values_list("pk", "state"))
        left = [f"{pk} {states.get(pk, 'lost')}" for pk in sent if states.get(pk) != "checked"]
        if not left:
            return []
        time.sleep(0.2)
    return left


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--restarts", type=int, default=20)
    asked = parser.parse_args()
    with stage.private_postgres(*SAFE) as server:
        os.environ.update(server)
        stage.ready()
        cluster = Cluster(server["DATABASE_URL"])
        try:
            code = run(cluster, asked.restarts)
        finally:
            cluster.control("stop")
    sys.exit(code)


def run(cluster: Cluster, times: int) -> int:
    import psycopg

    from tests.cast import make_lead

    crowd = stage.crowd(MANAGERS)
    leads = [
        [make_lead(crowd.cast, holder=who).pk for _ in range(LEADS_EACH)] for who in crowd.managers
    ]
    (session,) = stage.sessions_of([crowd.cast.qian])
    stop, sent = threading.Event(), []
    log = stage.var() / "worker.log"
    with stage.product(JOB_LEASE_SECONDS="4") as port:
        os.environ["JOB_LEASE_SECONDS"] = "4"
        with stage.worker(log) as worker:
            clerk = threading.Thread(target=upload_files, args=(port, session, stop, sent))
            clerk.start()
            managers, back = fall(cluster, port, crowd, leads, times)
            stop.set()
            clerk.join()
            missing, doubled = lost(managers)
            left = unfinished(sent)
            is_alive = worker.poll() is None
        with psycopg.connect(cluster.superuser, autocommit=True) as server:
            server.execute("ALTER DATABASE marketing_map SET synchronous_commit = off")
        cluster.control("restart")
        time.sleep(2)
        careless, _ = fall(cluster, port, crowd, leads, 3)
        fallen, _ = lost(careless)
    count = sum(len(each.acknowledged) for each in managers)
    odd = [status for each in managers for status in each.odd]
    faults = {
        "lost": missing, "doubled": doubled, "answered oddly": len(odd),
        f"files not checked ({', '.join(left[:3])})": len(left), "worker dead": not is_alive,
        "restarts after which nothing was stored": sum(each > 60 for each in back),
    }  # fmt: skip
    words = ", ".join(f"{int(n)} {what}" for what, n in faults.items() if n)
    say(
        f"{times} restarts, {count:,} acknowledged logs, {sum(m.unanswered for m in managers)} sent"
        f" again: {words or '0 lost'}; stored again after {max(back):.1f} s at most,"
        f" {len(sent)} list files checked, the worker {'alive' if is_alive else 'dead'}",
        control=f"with synchronous_commit=off {fallen} of"
        f" {sum(len(each.acknowledged) for each in careless):,} acknowledged were lost",
    )
    return 0 if not words and fallen else 1


if __name__ == "__main__":
    main()
