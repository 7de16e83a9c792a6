"""Many people assigning and logging over the same customers at once, through HTTP.

    python benchmarks/writers.py [--writers 50] [--seconds 60] [--hot 400]

Half are supervisors of one branch, who tick customers and give them to its
managers; half are managers, who log visits and send some of them twice. All do
it over the same `--hot` customers, so that they meet. Needs a database that
holds leads (use a copy) and starts the web servers itself. At the end every
acknowledged write must be on record exactly once.

With `--without-triggers` (PostgreSQL, DATABASE_URL the owner, DATABASE_APP_URL the
application) the triggers of the lead table are off meanwhile: the control for
what the pyramid costs writers. Rebuild the pyramid afterwards.
"""

import argparse
import json
import os
import random
import re
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from crowd import Answer, Person, Tally, at_work, sessions_of
from servers import database, web_and_workers

OUTCOMES = ("interested", "not_interested", "after_season")
TICKED = (5, 60)  # customers in one assignment
TWICE = 0.3  # of the logs are sent again, as a phone does whose answer was lost


class Ledger:
    """What the servers acknowledged, to be compared with what is on record."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.logs: dict[str, tuple[int, str]] = {}  # uuid → lead, outcome
        self.operations: list[int] = []
        self.holder: dict[int, int | None] = {}  # lead → who has it, as last heard
        self.refused: Counter[str] = Counter()

    def given(self, operation: int, leads: list[int], to: int) -> None:
        with self.lock:
            self.operations.append(operation)
            self.holder.update(dict.fromkeys(leads, to))

    def theirs(self, manager: int, rng: random.Random) -> int | None:
        with self.lock:
            mine = [lead for lead, holder in self.holder.items() if holder == manager]
        return rng.choice(mine) if mine else None


class Supervisor(Person):
    def act(self, ledger: Ledger, leads: list[int], managers: list[int]) -> None:
        """Tick customers, see the panel, give all of them to somebody."""
        ticked = self.rng.sample(leads, self.rng.randint(*TICKED))
        panel = self.post("panel", "/assign/panel/", {"lead": ticked})
        seen = dict(re.findall(r'name="(seen|seen_at)" value="([^"]*)"', panel.text))
        if panel.status != 200 or "seen" not in seen:
            ledger.refused["nothing to assign"] += 1
            return
        to = self.rng.choice(managers)
        form = {"lead": ticked, **seen, "to": to, "include": "all"}
        done = self.post("assign", "/assign/give/", form)
        operation = _operation(done)
        if operation:
            ledger.given(operation, ticked, to)
        else:
            ledger.refused[f"assignment {done.status}"] += 1


class Manager(Person):
    pk = 0

    def act(self, ledger: Ledger) -> None:
        """Log a visit at one of their customers; some logs are sent twice."""
        lead = ledger.theirs(self.pk, self.rng)
        if lead is None:
            time.sleep(0.05)
            return
        log, outcome = str(uuid.uuid4()), self.rng.choice(OUTCOMES)
        form = {"lead": lead, "channel": "visit", "person": "self", "outcome": outcome}
        for _ in range(1 + (self.rng.random() < TWICE)):
            said = self.post("log", f"/logs/{log}/", form)
            if said.status == 200:
                ledger.logs[log] = lead, outcome
            else:
                ledger.refused[f"log {said.status}"] += 1


def _operation(done: Answer) -> int | None:
    """The operation that an answer acknowledges."""
    if done.status != 200 or "hx-trigger" not in done.headers:
        return None
    undo = json.loads(done.headers["hx-trigger"]).get("assigned", {}).get("undo", "")
    found = re.search(r"/(\d+)/undo/", undo)
    return int(found[1]) if found else None


def problems(ledger: Ledger, leads: list[int]) -> list[str]:
    """What of the acknowledged is not on record exactly once, in words; empty when all is."""
    from django.db.models import Count, F

    from outreach.models import Assignment, AssignmentOperation, ContactLog, Lead
    from trust.models import AuditEvent

    found = []
    rows = ContactLog.objects.unscoped("the benchmark compares what is on record")
    stored = {
        str(log): (lead, outcome)
        for log, lead, outcome in rows.filter(lead__in=leads, logged_at__isnull=False).values_list(
            "uuid", "lead_id", "outcome"
        )
    }
    wrong = [log for log, said in ledger.logs.items() if stored.get(log) != said]
    found += [f"{len(wrong)} logs lost or changed"] * bool(wrong)
    targets = [f"lead:{pk}" for pk in leads]
    events = AuditEvent.objects.filter(action="lead.log", target__in=targets)
    told = Counter(detail["log"] for detail in events.values_list("detail", flat=True))
    odd = [log for log in ledger.logs if told[log] != 1]
    found += [f"{len(odd)} logs without exactly one audit event"] * bool(odd)
    operations = AssignmentOperation.objects.filter(pk__in=ledger.operations)
    counted = operations.annotate(rows=Count("assignments"))
    short = len(ledger.operations) - counted.filter(rows=F("count")).count()
    found += [f"{short} assignments not as acknowledged"] * bool(short)
    open_now = Assignment.objects.filter(lead__in=leads, ended_at=None)
    holders = dict(open_now.values_list("lead_id", "holder_id"))
    these = Lead.objects.unscoped("the benchmark compares what is on record").filter(pk__in=leads)
    apart = [pk for pk, holder in these.values_list("pk", "holder_id") if holders.get(pk) != holder]
    found += [f"{len(apart)} customers whose holder has no open assignment"] * bool(apart)
    given = [f"operation:{pk}" for pk in ledger.operations]
    once = AuditEvent.objects.filter(action="lead.assign", target__in=given).count()
    found += [f"{once} audit events for {len(given)} assignments"] * (once != len(given))
    return found


@contextmanager
def triggers(*, off: bool) -> Iterator[None]:
    """The lead table's triggers off for the time being, by its owner."""
    if not off:
        yield
        return
    import psycopg

    owner = os.environ["DATABASE_OWNER_URL"]
    with psycopg.connect(owner.replace("postgres:", "postgresql:", 1), autocommit=True) as db:
        db.execute("ALTER TABLE outreach_lead DISABLE TRIGGER USER")
        try:
            yield
        finally:
            db.execute("ALTER TABLE outreach_lead ENABLE TRIGGER USER")


def deadlocks() -> int:
    """How often PostgreSQL ended a transaction of this database to resolve a deadlock."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot(), deadlocks FROM pg_stat_database"
            " WHERE datname = current_database()"
        )
        return int(cursor.fetchone()[1])


def cast(hot: int, count: int, rng: random.Random) -> tuple[list[Any], list[Any], list[int]]:
    """Supervisors (made for this) and managers of one county branch, and its customers."""
    from branches.models import Branch, BranchLevel, Role, Staff
    from outreach.models import Lead

    counties = Branch.objects.filter(level=BranchLevel.COUNTY).order_by("code")
    for county in counties:
        leads = Lead.objects.unscoped("the benchmark picks its customers").workable()
        found = list(leads.in_branch(county).order_by("pk").values_list("pk", flat=True))
        managers = list(Staff.objects.within(county).managers()[: count - count // 2])
        if len(found) >= hot and len(managers) >= 2:
            break
    else:
        sys.exit(f"no county branch has {hot} customers: a smaller --hot, or more data")
    supervisors = [
        Staff.objects.get_or_create(
            username=f"bench-{n}",
            defaults={"name": f"压测{n}", "role": Role.SUPERVISOR, "branch": county},
        )[0]
        for n in range(count // 2)
    ]
    return supervisors, managers, rng.sample(found, hot)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--writers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--hot", type=int, default=400)
    parser.add_argument("--port", type=int, default=8210)
    parser.add_argument("--webs", type=int, default=2)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--without-triggers", action="store_true")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
    os.environ["DATABASE_OWNER_URL"] = os.environ.get("DATABASE_URL", "")
    if database():
        os.environ["DATABASE_URL"] = database()
    import django

    django.setup()
    from trust.wall import whole_bank

    with whole_bank("the benchmark picks its customers, and compares what is on record"):
        sys.exit(run(asked))


def run(asked: argparse.Namespace) -> int:
    from django.db import connection

    from outreach.models import Lead

    rng = random.Random(1)
    supervisors, managers, leads = cast(asked.hot, asked.writers, rng)
    ledger, tally = Ledger(), Tally()
    rows = Lead.objects.unscoped("where the benchmark begins").filter(pk__in=leads)
    ledger.holder = dict(rows.values_list("pk", "holder_id"))
    ports = [asked.port + n for n in range(asked.webs)]
    sessions = sessions_of([*supervisors, *managers])
    manager_ids = [each.pk for each in managers]
    people: list[Any] = []
    for n, (session, staff) in enumerate(zip(sessions, [*supervisors, *managers], strict=True)):
        kind = Supervisor if staff.is_supervisor else Manager
        person = kind(ports[n % len(ports)], session, tally, random.Random(n))
        person.pk = staff.pk
        people.append(person)

    def act(person: Any) -> None:
        if isinstance(person, Supervisor):
            person.act(ledger, leads, manager_ids)
        else:
            person.act(ledger)

    before = deadlocks()
    with (
        triggers(off=asked.without_triggers),
        web_and_workers(ports, workers=asked.workers),
    ):
        connection.close()
        lasted = at_work(people, act, asked.seconds)
        time.sleep(2)  # until the statistics are told
    found = problems(ledger, leads)
    print(f"{connection.vendor}: {len(people)} writers, {asked.hot} customers, {lasted:.0f} s")
    print(tally.table(lasted))
    print(f"acknowledged: {len(ledger.logs)} logs, {len(ledger.operations)} assignments")
    print(f"told no: {dict(ledger.refused)}; deadlocks resolved: {deadlocks() - before}")
    print(f"not on record exactly once: {', '.join(found) or 'none'}")
    return 1 if found or tally.broken else 0


if __name__ == "__main__":
    main()
