#!/usr/bin/env python3
"""What the application's database role sees without a context: nothing, of every guarded table.

    python3 scripts/with_postgres.py .venv/bin/python benchmarks/second_wall.py [--pgbouncer]

Migrates, and seeds the demo where there are no customers. Raw SQL as the role of
DATABASE_APP_URL, without the application: no row is shown, changed or taken in
any table that `outreach.wall.RULES` names. Control: the owner (DATABASE_URL)
counts rows in each of them. `--pgbouncer` adds two outlets that ask at once
through one pooled connection, in transaction mode, and must never see each other.
"""

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).resolve().parent))
from servers import pgbouncer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")

TURNS = 200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pgbouncer", action="store_true")
    options = parser.parse_args()
    if "DATABASE_APP_URL" not in os.environ:
        sys.exit("Needs PostgreSQL with both roles: scripts/with_postgres.py gives them.")
    import django

    django.setup()
    _customers()
    from outreach.wall import RULES

    owner = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    application = psycopg.connect(os.environ["DATABASE_APP_URL"], autocommit=True)
    told = {table: _count(owner, table) for table in RULES}
    leaks = [table for table in RULES if not _is_walled(application, table)]
    empty = [table for table, rows in told.items() if not rows]
    seen = sum(_count(application, table) for table in RULES)
    crossed = _crossed() if options.pgbouncer else 0
    print(
        f"second wall: {len(RULES)} tables, {seen} rows without context"
        f" (control: the owner sees {sum(told.values()):,})",
        *([f"LEAKS: {', '.join(leaks)}"] if leaks else []),
        *([f"not shown by this, empty: {', '.join(empty)}"] if empty else []),
        *([f"PgBouncer: {crossed} of {TURNS} turns crossed"] if options.pgbouncer else []),
        sep="; ",
    )
    return 1 if seen or leaks or empty or crossed else 0


def _customers() -> None:
    from django.core.management import call_command

    from outreach.models import Lead

    call_command("migrate", verbosity=0)
    if not Lead.objects.unscoped("is there any").exists():
        call_command("seed_demo", verbosity=0)
    _fill_what_the_demo_leaves_empty()


def _fill_what_the_demo_leaves_empty() -> None:
    """A version of a log, problems of files, a download; and a change that nobody has folded yet."""
    from outreach.models import (
        ContactLog,
        ContactLogVersion,
        Export,
        ExportCopy,
        Feed,
        FeedProblem,
        Lead,
    )
    from whitelist.models import UploadProblem, WhitelistUpload

    why = "the benchmark looks for leaks"
    log = ContactLog.objects.unscoped(why).exclude(staff=None)[0]
    ContactLogVersion.objects.create(log=log, content="{}", replaced_by=log.staff)
    FeedProblem.objects.create(feed=Feed.objects.unscoped(why)[0], row_no=1, code="x")
    ExportCopy.objects.create(export=Export.objects.unscoped(why)[0], number=1, rows=1)
    upload = WhitelistUpload.objects.unscoped(why)[0]
    UploadProblem.objects.create(upload=upload, row_no=1, code="x", level="error")
    lead = Lead.objects.unscoped(why).filter(eligibility="yes").exclude(tile_key=None)[0]
    Lead.objects.unscoped(why).filter(pk=lead.pk).update(amount_band=50 - lead.amount_band)


def _count(connection: "psycopg.Connection[tuple[int]]", table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type]
    return row[0] if row else 0


def _is_walled(connection: "psycopg.Connection[tuple[int]]", table: str) -> bool:
    """Nothing shown, nothing deleted, nothing taken."""
    if _count(connection, table):
        return False
    with connection.transaction(force_rollback=True):
        if connection.execute(f"DELETE FROM {table}").rowcount:  # type: ignore[arg-type]
            return False
        try:
            connection.execute(f"INSERT INTO {table} DEFAULT VALUES")  # type: ignore[arg-type]
        except psycopg.errors.InsufficientPrivilege:
            return True
    return False


def _crossed() -> int:
    """How often somebody saw what is not in their reach: two ask by turns, one connection serves."""
    from django.db import connections

    from outreach.models import Lead

    numbers = Lead.objects.unscoped("two outlets with customers").order_by("branch_number")
    outlets = list(numbers.values_list("branch_number", flat=True).distinct()[:2])
    connections.close_all()
    with pgbouncer(int(os.environ.get("PGBOUNCER_PORT", "6432")), pool=1) as url:
        pool = urlsplit(url)
        connections["default"].settings_dict |= {"PORT": pool.port, "USER": pool.username}
        with ThreadPoolExecutor(2) as askers, psycopg.connect(_plain(url)) as stranger:
            asked = [askers.submit(_sees_others, outlet) for outlet in outlets]
            crossed = sum(each.result() for each in asked)
            stranger.autocommit = True
            return crossed + _count(stranger, "outreach_lead")


def _sees_others(outlet: int) -> int:
    """How many of half the turns show another outlet's customers, or none of this one's."""
    from django.db import connection, transaction

    from outreach.models import Lead
    from trust.wall import Reach, within

    seen = Lead.objects.unscoped("what the database shows").values_list("branch_number", flat=True)
    crossed = 0
    for turn in range(TURNS // 2):
        with within(Reach(outlet, outlet)), transaction.atomic() if turn % 2 else nullcontext():
            crossed += set(seen.distinct()) != {outlet}
    connection.close()
    return crossed


def _plain(url: str) -> str:
    """Without what Django alone understands."""
    return urlunsplit(urlsplit(url)._replace(query=""))


if __name__ == "__main__":
    sys.exit(main())
