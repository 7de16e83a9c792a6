"""One import on one engine, with a writer beside it; records as lines of JSON."""

import json
import os
import random
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

PAUSE = 0.05  # seconds between two writes
SQL = "UPDATE outreach_lead SET last_attempt_at = {now} WHERE id = {id}"


class Writer(threading.Thread):
    """A colleague who logs an attempt with a customer of the list in force, again and again.

    `longest` is the longest that one of these writes took, waiting included (seconds).
    """

    def __init__(self, vendor: str, ids: list[int]) -> None:
        super().__init__(daemon=True)
        self.vendor, self.ids = vendor, ids
        self.longest, self.writes, self.failed = 0.0, 0, 0
        self.ended = threading.Event()

    def run(self) -> None:
        chance = random.Random(1)
        write = self._postgres() if self.vendor == "postgresql" else self._sqlite()
        while not self.ended.wait(PAUSE):
            began = time.perf_counter()
            try:
                write(chance.choice(self.ids))
                self.writes += 1
            except Exception as reason:
                self.failed += 1
                print(f"writer: {reason!r}", file=sys.stderr)
            self.longest = max(self.longest, time.perf_counter() - began)

    def _postgres(self) -> Any:
        import psycopg

        url = os.environ.get("DATABASE_APP_URL") or os.environ["DATABASE_URL"]
        connection = psycopg.connect(url, autocommit=True)
        sql = SQL.format(now="now()", id="%s")
        return lambda pk: connection.execute(sql, [pk])

    def _sqlite(self) -> Any:
        import sqlite3

        file = os.environ["DATABASE_URL"].removeprefix("sqlite:///")
        connection = sqlite3.connect(
            file, timeout=300, isolation_level=None, check_same_thread=False
        )
        sql = SQL.format(now="datetime('now')", id="?")
        return lambda pk: connection.execute(sql, [pk])


def records(rows: int, engine: str) -> Iterator[Any]:
    from django.core.management import call_command
    from django.db import connection

    from benchmarks import synthetic_lists as lists
    from benchmarks.import_lists import Run
    from benchmarks.speed.record import OURS, Record
    from outreach.models import Lead

    folder, who, case = Path(os.environ["VAR_DIR"]), OURS[engine], f"{rows:,} rows"
    call_command("migrate", verbosity=0)
    lists.build_bank()
    before, file = folder / "shandong.csv", folder / "henan.csv"
    few = max(200, rows // 50)
    lists.write_csv(before, lists.rows_of(lists.stream_of_people("37", few), month=10))
    lists.write_csv(file, lists.rows_of(lists.stream_of_people("41", rows), month=10))
    Run("the list in force", before, "37").must_say(rows=few, new=few)
    leads = Lead.objects.unscoped("somebody writes to the list in force")
    writer = Writer(engine, list(leads.values_list("pk", flat=True)[:2000]))
    connection.close()
    writer.start()
    fresh = Run("a province's list", file, "41")
    writer.ended.set()
    writer.join()
    fresh.must_say(rows=rows, new=rows)
    took, peak = fresh.seconds, max(fresh.figures["peak_mb"].values())
    last = fresh.figures["last_transaction"]
    note = f"{rows / took:,.0f} rows/s, {peak} MB, last transaction {last:.1f} s"
    yield Record("import", case, who, 1, took, took, None, 1, note, "s")
    yield Record("import: peak memory", case, who, 1, peak, peak, None, unit="MB")
    said = f"of {writer.writes} writes" + (f"; {writer.failed} failed" if writer.failed else "")
    longest = writer.longest
    yield Record("import: a writer waits", case, who, 1, longest, longest, None, 1, said, "s")
    again = Run("the same again", file, "41")
    again.must_say(rows=rows, kept=rows)
    yield Record("import again", case, who, 1, again.seconds, again.seconds, None, unit="s")


def main() -> None:
    import django

    django.setup()
    out = sys.stdout
    sys.stdout = sys.stderr  # what the runs say
    for record in records(int(sys.argv[1]), sys.argv[2]):
        print(json.dumps(asdict(record), ensure_ascii=False), file=out, flush=True)


if __name__ == "__main__":
    main()
