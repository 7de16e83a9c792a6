"""Managers browsing, calling and logging at once, on two web servers and two workers.

    python benchmarks/load.py [--managers 200] [--seconds 120] [--think 8] [--pgbouncer]

Each manager has a session of their own and does what their day is made of: map
views (tiles, asked again with their ETag), the list beside the map, 今日, a
village, a card; now and then a call and its outcome, or a visit. `--think` is the
mean pause between two requests of one manager in seconds (0: none, the servers
are full). Needs a database that holds leads (use a copy: calls and logs stay in
it) and starts the servers itself; DATABASE_APP_URL, where set, is what they use.
At the end every acknowledged call and log must be on record exactly once.
"""

import argparse
import os
import random
import sys
import threading
import uuid
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from crowd import Person, Tally, at_work, sessions_of
from servers import database, pgbouncer, web_and_workers

# What a manager does next, in parts of a hundred.
DAY = {"map": 50, "list": 12, "today": 8, "village": 8, "card": 10, "call": 8, "visit": 4}
CALL_ENDS = ("busy", "no_answer")
VIEW_ZOOMS = (9, 11, 12, 13)  # of tiles; the screen's is two more


class Ledger:
    """Acknowledged calls and logs: uuid → lead and outcome (None: not logged yet)."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.calls: set[str] = set()
        self.logs: dict[str, str] = {}
        self.refused: Counter[str] = Counter()


class Manager(Person):
    """One of the crowd; `leads` are theirs as (key, tile key, village code)."""

    leads: list[tuple[int, int, str]]
    think: float
    ledger: Ledger

    def act(self) -> None:
        self.pause(self.think)
        what = self.rng.choices(list(DAY), list(DAY.values()))[0]
        getattr(self, f"_{what}")(*self.rng.choice(self.leads))

    def _map(self, lead: int, key: int, village: str) -> None:
        z = self.rng.choice(VIEW_ZOOMS)
        x, y = _tile(key, z)
        self.get(f"map z{z + 2}", f"/map/tiles/?z={z}&t={x},{y}")

    def _list(self, lead: int, key: int, village: str) -> None:
        from outreach.tilekey import lonlat_of_key

        lon, lat = lonlat_of_key(key)
        bounds = f"{lon - 0.05:.4f},{lat - 0.07:.4f},{lon + 0.05:.4f},{lat + 0.07:.4f}"
        self.get("list", f"/map/list/?bounds={bounds}", is_fragment=True)

    def _today(self, lead: int, key: int, village: str) -> None:
        self.get("today", "/today/")

    def _village(self, lead: int, key: int, village: str) -> None:
        if village:
            self.get("village", f"/map/villages/{village}/", is_fragment=True)

    def _card(self, lead: int, key: int, village: str) -> None:
        self.get("card", f"/leads/{lead}/card/", is_fragment=True)

    def _call(self, lead: int, key: int, village: str) -> None:
        log = str(uuid.uuid4())
        if self.post("call", f"/leads/{lead}/call/", {"log_uuid": log}).status != 200:
            self._note("call")
            return
        with self.ledger.lock:
            self.ledger.calls.add(log)
        self.pause(self.think)
        state = self.rng.choice(CALL_ENDS)
        if self.post("log", f"/logs/{log}/", {"call_state": state}).status == 200:
            with self.ledger.lock:
                self.ledger.logs[log] = state
        else:
            self._note("log")

    def _visit(self, lead: int, key: int, village: str) -> None:
        log = str(uuid.uuid4())
        form = {"lead": lead, "channel": "visit", "person": "self", "outcome": "interested"}
        if self.post("visit", f"/logs/{log}/", form).status == 200:
            with self.ledger.lock:
                self.ledger.logs[log] = "interested"
        else:
            self._note("visit")

    def _note(self, what: str) -> None:
        with self.ledger.lock:
            self.ledger.refused[what] += 1


def _tile(key: int, z: int) -> tuple[int, int]:
    from outreach.tilekey import ZOOM, deinterleave

    return deinterleave(key >> 2 * (ZOOM - z))


def crowd(count: int, ports: list[int], tally: Tally, ledger: Ledger, think: float) -> list[Any]:
    """Managers who hold customers, as many as asked for, with their customers."""
    from branches.models import Staff
    from outreach.models import Lead

    rows = Lead.objects.unscoped("the benchmark plays their holders").workable().located()
    theirs: dict[int, list[tuple[int, int, str]]] = {}
    columns = ("holder_id", "pk", "tile_key", "village__code")
    holders = Staff.objects.managers().order_by("pk")
    staff = []
    step = max(1, holders.count() // (2 * count))  # from all over the tree
    for each in list(holders)[::step]:
        held = rows.held_by(each).values_list(*columns)
        theirs[each.pk] = [(pk, key, village or "") for _, pk, key, village in held]
        if len(theirs[each.pk]) >= 3:
            staff.append(each)
        if len(staff) == count:
            break
    if len(staff) < count:
        sys.exit(f"only {len(staff)} managers hold three customers or more: --managers fewer")
    people = []
    for n, (each, session) in enumerate(zip(staff, sessions_of(staff), strict=True)):
        person = Manager(ports[n % len(ports)], session, tally, random.Random(n))
        person.leads, person.think, person.ledger = theirs[each.pk], think, ledger
        people.append(person)
    return people


def problems(ledger: Ledger) -> list[str]:
    """What of the acknowledged is not on record exactly once, in words."""
    from outreach.models import ContactLog
    from trust.models import AuditEvent

    rows = ContactLog.objects.unscoped("the benchmark compares what is on record")
    every = {*ledger.calls, *ledger.logs}
    stored = {
        str(key): (outcome or state, logged)
        for key, outcome, state, logged in rows.filter(uuid__in=every).values_list(
            "uuid", "outcome", "call_state", "logged_at"
        )
    }
    found = []
    lost = [key for key in ledger.calls if key not in stored]
    found += [f"{len(lost)} calls lost"] * bool(lost)
    wrong = [key for key, said in ledger.logs.items() if stored.get(key, ("",))[0] != said]
    found += [f"{len(wrong)} logs lost or changed"] * bool(wrong)
    events = AuditEvent.objects.filter(action__in=("lead.call", "lead.log"), result="ok")
    told = Counter(
        (action, detail["log"])
        for action, detail in events.values_list("action", "detail")
        if detail.get("log") in every
    )
    odd = sum(told["lead.call", key] != 1 for key in ledger.calls)
    odd += sum(told["lead.log", key] != 1 for key in ledger.logs)
    return [*found, *[f"{odd} without exactly one audit event"] * bool(odd)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--managers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--think", type=float, default=8)
    parser.add_argument("--webs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--port", type=int, default=8210, help="the first of some ports in a row")
    parser.add_argument("--pgbouncer", action="store_true", help="at the port after the servers'")
    parser.add_argument("--pool", type=int, default=8, help="connections behind PgBouncer")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
    if database():
        os.environ["DATABASE_URL"] = database()
    import django

    django.setup()
    sys.exit(run(asked))


def run(asked: argparse.Namespace) -> int:
    from django.db import connection

    ledger, tally = Ledger(), Tally()
    ports = [asked.port + n for n in range(asked.webs)]
    people = crowd(asked.managers, ports, tally, ledger, asked.think)
    connection.close()
    with ExitStack() as running:
        url = ""
        if asked.pgbouncer:
            url = running.enter_context(pgbouncer(asked.port + asked.webs, asked.pool))
        running.enter_context(
            web_and_workers(ports, workers=asked.workers, threads=asked.threads, url=url)
        )
        lasted = at_work(people, Manager.act, asked.seconds)
        load = os.getloadavg()[0]
    found = problems(ledger)
    through = f" through PgBouncer, {asked.pool} connections" if asked.pgbouncer else ""
    print(
        f"{connection.vendor}{through}: {len(people)} managers, think {asked.think:g} s,"
        f" {asked.webs} web servers, {asked.workers} workers, {lasted:.0f} s, load {load:.1f}"
    )
    print(tally.table(lasted))
    print(f"acknowledged: {len(ledger.calls)} calls, {len(ledger.logs)} outcomes and visits")
    print(f"told no: {dict(ledger.refused) or 'nobody'}; 5xx or broken: {tally.broken}")
    print(f"not on record exactly once: {', '.join(found) or 'none'}")
    return 1 if found or tally.broken else 0


if __name__ == "__main__":
    main()
