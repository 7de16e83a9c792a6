"""How long a lasso of 5,000 customers and their assignment take, through HTTP.

    python benchmarks/assign.py [--leads 5000] [--around 50000] [--rounds 5] [--control]

Makes its leads in the database that is configured (use an empty one: SQLite
with VAR_DIR=/tmp/…, or scripts/with_postgres.py), asks the panel for a drawn
line around `--leads` of them among `--around` others, assigns, and undoes.
Prints the median of each request in milliseconds: view, session and templates
included, the network not. On a machine that does other work, the fastest says more.
With `--control`, every other round runs without the triggers that count leads by
cell (as the tables' owner): what they cost.
"""

import argparse
import json
import os
import random
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
os.environ.setdefault("DEBUG", "1")  # plain static names: nothing was collected

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client

from outreach.models import Lead
from outreach.tilekey import key_of
from tests.cast import Cast, make_cast
from whitelist.models import Customer, Precision

MIDDLE = (118.8, 36.85)
SIDE = 0.02  # degrees, half of the drawn square


def make_leads(cast: Cast, inside: int, around: int) -> None:
    """`inside` leads in the square, `around` others in a frame ten times as wide."""
    rng = random.Random(1)
    customers = Customer.objects.bulk_create(
        [Customer(customer_no=f"B{n}") for n in range(inside + around)], batch_size=5000
    )
    leads = []
    for n, customer in enumerate(customers):
        reach = 0.99 * SIDE if n < inside else 10 * SIDE
        lon, lat = MIDDLE
        while True:
            dx, dy = rng.uniform(-reach, reach), rng.uniform(-reach, reach)
            if n < inside or max(abs(dx), abs(dy)) > 1.01 * SIDE:
                break
        leads.append(
            Lead(
                customer=customer,
                branch=cast.outlet,
                branch_number=cast.outlet.number,
                tile_key=key_of(lon + dx, lat + dy),
                precision=Precision.HAMLET,
                product=cast.product,
                amount=100_000,
                valid_to="2099-12-31",
            )
        )
    Lead.objects.bulk_create(leads, batch_size=5000)


def timed(act: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    result = act()
    return (time.perf_counter() - start) * 1000, result


@contextmanager
def without_triggers(*, off: bool) -> Iterator[None]:
    """The lead table without its triggers for the time being."""
    if not off:
        yield
        return
    from outreach.pyramid import triggers

    def tell(*statements: str) -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    if connection.vendor == "postgresql":
        tell("ALTER TABLE outreach_lead DISABLE TRIGGER USER")
        yield
        tell("ALTER TABLE outreach_lead ENABLE TRIGGER USER")
    else:
        tell(*(f"DROP TRIGGER outreach_lead_counted_{e}" for e in ("insert", "update", "delete")))
        yield
        triggers.install(using="default")


def one_round(client: Client, drawn: dict[str, str], leads: int, to: int) -> dict[str, float]:
    """Milliseconds of the panel, the assignment and its undo."""
    panel, page = timed(lambda: client.post("/assign/panel/", drawn))
    text = page.content.decode()
    assert f'data-total="{leads}"' in text, re.findall('data-total="(.*?)"', text)
    seen = dict(re.findall(r'name="(seen|seen_at)" value="([^"]*)"', text))
    assign, done = timed(lambda: client.post("/assign/give/", {**drawn, **seen, "to": to}))
    address = json.loads(done.headers["HX-Trigger"])["assigned"]["undo"]
    undo, undone = timed(lambda: client.post(address))
    assert undone.status_code == 200
    return {"panel": panel, "assign": assign, "undo": undo}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=5000)
    parser.add_argument("--around", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--control", action="store_true")
    asked = parser.parse_args()
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.DEBUG = False
    call_command("migrate", verbosity=0)
    cast = make_cast()
    make_leads(cast, asked.leads, asked.around)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(headers={"HX-Request": "true"})
    client.force_login(cast.zhao)
    (lon, lat), ring = MIDDLE, []
    for dx, dy in ((-1, -1), (0.2, -1.01), (1, -1), (1, 1), (-1, 1)):
        ring.append([lon + dx * SIDE, lat + dy * SIDE])
    drawn = {"polygon": json.dumps({"type": "Polygon", "coordinates": [ring]})}
    times: dict[str, list[float]] = defaultdict(list)
    for number in range(asked.rounds * (1 + asked.control)):
        off = asked.control and number % 2 == 1
        with without_triggers(off=off):
            for name, took in one_round(client, drawn, asked.leads, cast.wang.pk).items():
                times[name + ", no triggers" * off].append(took)
    print(f"{connection.vendor}: {asked.leads:,} of {asked.leads + asked.around:,} leads")
    for name, found in times.items():
        print(
            f"{name:>20}: {statistics.median(found):6.0f} ms"
            f"  (fastest {min(found):.0f}, slowest {max(found):.0f})"
        )


if __name__ == "__main__":
    main()
