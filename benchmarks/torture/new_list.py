#!/usr/bin/env python3
"""Managers log visits while the list under them is replaced, again and again.

    python benchmarks/torture/new_list.py [--managers 50] [--times 5] [--rows 2000]

Two lists take turns: each drops a fifth of the other's customers, adds as many and
raises amounts. They are handed in, submitted and approved, and a worker puts them
in force while fifty managers log visits to the customers they held at the start.
Every acknowledged log must be on record once, none may be answered with 5xx, and a
visit to a customer who was just withdrawn is put on record as well.
"""

import argparse
import io
import random
import sys
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks.torture import stage
from benchmarks.torture.again import text
from benchmarks.torture.said import say


class Manager(threading.Thread):
    """Logs visits to the customers they held when it began."""

    def __init__(self, person: Any, leads: list[int], seed: int) -> None:
        super().__init__(daemon=True)
        self._person, self._leads, self._rng = person, leads, random.Random(seed)
        self.over = threading.Event()
        self.acknowledged: dict[str, int] = {}
        self.answers: Counter[int] = Counter()

    def run(self) -> None:
        while not self.over.is_set():
            key, lead = str(uuid.uuid4()), self._rng.choice(self._leads)
            form = {"lead": lead, "channel": "visit", "person": "self", "outcome": "considering"}
            status = self._person.post("log", f"/logs/{key}/", form).status
            self.answers[status] += 1
            if status == 200:
                self.acknowledged[key] = lead
            self.over.wait(self._rng.uniform(0, 0.8))


def two_lists(rows: int) -> tuple[bytes, bytes]:
    from benchmarks import synthetic_lists as lists

    some = lists.people("41", rows)
    fresh = lists.people("41", rows // 5, first=rows)
    other = [lists.raised(each) for each in some[rows // 5 : rows // 2]] + some[rows // 2 :] + fresh
    return tuple(
        text([lists.HEADINGS, *lists.rows_of(each, month=11)]).encode() for each in (some, other)
    )  # type: ignore[return-value]


def replace(content: bytes) -> None:
    """Hand a list in, submit and approve it; the worker does the rest. Waits until it is in force."""
    from branches.models import Branch
    from outreach.actions.list_decisions import approve_list, submit_list
    from outreach.management.commands.import_whitelist import system_staff
    from whitelist.actions.uploads import receive
    from whitelist.models import Programme

    by = system_staff()
    upload = receive(
        file=io.BytesIO(content), programme=Programme.objects.get(),
        scope=Branch.objects.get(code="41"), mode="full", by=by, file_name="list.csv",
    )  # fmt: skip
    _wait_for(upload, "checked")
    submit_list(
        upload=upload, by=by, approval_no="T", model_version="T",
        confirm_withdrawals=True, confirm_unmatched=True,
    )  # fmt: skip
    approve_list(upload=upload, by=None)
    _wait_for(upload, "in_force")


def _wait_for(upload: Any, state: str) -> None:
    for _ in range(3000):
        upload.refresh_from_db()
        if upload.state == state:
            return
        if upload.state == "failed":
            sys.exit(f"the list failed: {upload.failure}")
        time.sleep(0.1)
    sys.exit(f"the list is {upload.state}, not {state}")


def managers_with_customers(count: int) -> dict[Any, list[int]]:
    from branches.models import Staff
    from outreach.models import Lead

    rows = Lead.objects.unscoped("the trial plays their holders")
    held: dict[Any, list[int]] = {}
    for who in Staff.objects.managers().order_by("pk"):
        leads = list(rows.filter(holder=who).values_list("pk", flat=True))
        if len(leads) >= 2:
            held[who] = leads
        if len(held) == count:
            return held
    return held


def problems(managers: list[Manager]) -> dict[str, int]:
    from outreach.models import ContactLog, Lead

    rows = ContactLog.objects.unscoped("the trial compares what is on record")
    stored = Counter(
        (str(key), lead)
        for key, lead in rows.exclude(logged_at=None).values_list("uuid", "lead_id")
    )
    acknowledged = [pair for each in managers for pair in each.acknowledged.items()]
    answers: Counter[int] = sum((each.answers for each in managers), Counter())
    worked = {lead for _, lead in acknowledged}
    present = Lead.objects.unscoped("the trial looks").filter(pk__in=worked).count()
    return {
        "lost": sum(stored[pair] != 1 for pair in acknowledged),
        "answers 5xx": sum(n for status, n in answers.items() if status == 0 or status >= 500),
        "answers neither 200 nor 409": sum(
            n for status, n in answers.items() if status not in (0, 200, 409) and status < 500
        ),
        "customers deleted": len(worked) - present,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--managers", type=int, default=50)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--rows", type=int, default=2_000)
    asked = parser.parse_args()
    stage.ready()
    from benchmarks import synthetic_lists as lists
    from outreach.models import Lead

    lists.build_bank(prefectures=1, counties=6)
    both = two_lists(asked.rows)
    with stage.product() as port, stage.worker(stage.var() / "worker.log") as worker:
        replace(both[0])
        held = managers_with_customers(asked.managers)
        people = stage.browsers(port, list(held), stage.Tally())
        managers = [
            Manager(person, leads, n)
            for n, (person, leads) in enumerate(zip(people, held.values(), strict=True))
        ]
        for each in managers:
            each.start()
        for turn in range(1, asked.times + 1):
            replace(both[turn % 2])
            print(f"list {turn} in force", flush=True)
        time.sleep(2)
        for each in managers:
            each.over.set()
        for each in managers:
            each.join()
        is_alive = worker.poll() is None
    gone = Lead.objects.unscoped("the trial looks").exclude(eligibility="yes").count()
    found = {what: n for what, n in problems(managers).items() if n}
    found |= {} if is_alive else {"worker dead": 1}
    count = sum(len(each.acknowledged) for each in managers)
    print(sum((each.answers for each in managers), Counter()))
    say(
        f"{len(managers)} managers, {asked.times} lists, {count:,} acknowledged logs: "
        + (", ".join(f"{n} {what}" for what, n in found.items()) or "0 lost, 0 × 5xx"),
        control=f"{gone} customers are off the list at the end",
    )
    sys.exit(1 if found or len(managers) < asked.managers or not gone else 0)


if __name__ == "__main__":
    main()
