#!/usr/bin/env python3
"""A province's list in and in again, another province's, and the next month's file.

    python benchmarks/import_lists.py [--rows 230000] [--keep DIR] [--json FILE] [--only first]
    python scripts/with_postgres.py .venv/bin/python benchmarks/import_lists.py

Runs `manage.py import_whitelist --commit` on a database of its own (SQLite, or
the one of DATABASE_URL, which must be empty) and checks each report to the last
number. Prints wall time, rows a second of each stage and peak memory of each
process; how long the last transaction took, how long it kept leads locked, and
the longest wait of somebody who writes a lead every 50 ms meanwhile.

With --json each run is also a line of JSON in that file: job, engine, rows,
seconds, cpu, server_cpu, stages (seconds), last_transaction, leads_locked, longest_wait,
writes, refused, peak_mb (by process).
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from benchmarks import watching

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
BROKEN, NEW, WITHDRAWN, CHANGED = 0.002, 0.10, 0.10, 0.05
STAGE = re.compile(r"upload \d+: (.+) took ([\d.]+) s")
LAST = re.compile(r"last transaction ([\d.]+) s")
LOCKED = re.compile(r"leads were locked for ([\d.]+) s")
RESULTS: list[Path] = []  # where lines of JSON go, if anywhere
XLSX_ROWS = 300_000  # more are not taken as a workbook
FIVE = ("new", "kept", "amount_changed", "details_changed", "withdrawn")


class Run:
    """One import: what it printed, how long it took, how much memory it held."""

    def __init__(self, name: str, file: Path, scope: str) -> None:
        command = [sys.executable, str(ROOT / "manage.py"), "import_whitelist", str(file)]
        command += ["--programme", "SN", "--scope", scope, "--commit", "--json"]
        output, errors = file.with_suffix(".out"), file.with_suffix(".err")
        began, server = time.monotonic(), watching.server_seconds()
        with output.open("wb") as out, errors.open("wb") as err:
            child = subprocess.Popen(command, stdout=out, stderr=err, env=child_env())
            memory, writer = watching.Memory(child.pid), watching.Writer()
            memory.start()
            writer.start()
            _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - began
        writer.stop()
        said = errors.read_text()
        if child.returncode:
            sys.exit(f"{name}: exit {child.returncode}\n{said}")
        self.report: dict[str, Any] = json.loads(output.read_text())
        cpu = usage.ru_utime + usage.ru_stime  # of the command and its children, not of a server
        self.figures: dict[str, Any] = {
            "job": name,
            "engine": engine(),
            "rows": self.report["rows"],
            "seconds": round(self.seconds, 2),
            "cpu": round(cpu, 2),
            "server_cpu": round(watching.server_seconds() - server, 2),
            "stages": {what: float(took) for what, took in STAGE.findall(said)},
            "last_transaction": float((LAST.search(said) or [0, 0])[1]),
            "leads_locked": float((LOCKED.search(said) or [0, 0])[1]),
            "longest_wait": round(writer.longest, 3),
            "writes": writer.writes,
            "refused": writer.refused,
            "peak_mb": memory.stop(),
        }
        self._print()

    def _print(self) -> None:
        known = self.figures
        print(
            f"{known['job']:24} {known['seconds']:7.1f} s   CPU {known['cpu']:6.1f} +"
            f" {known['server_cpu']:.1f} s (server)   last transaction"
            f" {known['last_transaction']:6.2f} s, leads locked {known['leads_locked']:5.2f} s,"
            f" longest wait of a writer {known['longest_wait']:5.2f} s"
        )
        rates = (
            f"{what} {took:.1f} s ({known['rows'] / max(took, 0.01):,.0f}/s)"
            for what, took in known["stages"].items()
        )
        peaks = ", ".join(f"{kind} {mb} MB" for kind, mb in known["peak_mb"].items())
        print(f"  {'; '.join(rates)}\n  peak: {peaks}", flush=True)
        if RESULTS:
            with RESULTS[0].open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(known, ensure_ascii=False) + "\n")

    def must_say(self, **expected: int) -> None:
        found = {key: self.report[key] for key in ("rows", "rejected", *FIVE)}
        wanted = {"rejected": 0, **dict.fromkeys(FIVE, 0), **expected}
        if found != wanted:
            sys.exit(f"  WRONG: {found}\n  wanted {wanted}\n  {self.report['problems'][:5]}")
        print("  as expected: " + ", ".join(f"{k} {v:,}" for k, v in found.items() if v))


def engine() -> str:
    from django.db import connection

    return connection.vendor


def child_env() -> dict[str, str]:
    env = {**os.environ, "LOG_LEVEL": "INFO"}
    if env.get("DATABASE_APP_URL"):  # migrated as the owner, run as the application
        env["DATABASE_URL"] = env["DATABASE_APP_URL"]
    return env


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=230_000)
    parser.add_argument("--keep", type=Path, help="work here and leave everything behind")
    parser.add_argument("--json", type=Path, help="add a line of JSON a run to this file")
    parser.add_argument("--only", choices=["first"], help="stop after the first list")
    options = parser.parse_args()
    RESULTS.extend([options.json.resolve()] if options.json else [])
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        measure(options.keep, options.rows, first_only=options.only == "first")
    else:
        with tempfile.TemporaryDirectory(prefix="import-lists-") as folder:
            measure(Path(folder), options.rows, first_only=options.only == "first")


def measure(folder: Path, rows: int, *, first_only: bool = False) -> None:
    os.environ["VAR_DIR"] = str(folder)
    subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"], check=True)
    import django

    django.setup()
    from django.db import connection

    from benchmarks import synthetic_lists as lists

    lists.build_bank()
    began = lists.people("41", rows)
    fresh = lists.people("41", round(rows * NEW), first=rows)
    csv_file, xlsx_file = folder / "henan.csv", folder / "henan.xlsx"
    lists.write_csv(csv_file, lists.rows_of(began, month=10))
    if rows <= XLSX_ROWS and not first_only:
        lists.write_xlsx(xlsx_file, lists.rows_of(began, month=10))
    other = folder / "shandong.csv"
    lists.write_csv(other, lists.rows_of(lists.people("37", rows // 10), month=10))

    gone, changed = round(rows * WITHDRAWN), round(rows * CHANGED)
    lost = round(rows * BROKEN)
    stay = began[gone:]
    next_month = [lists.raised(person) for person in stay[:changed]] + stay[changed:] + fresh
    broken = frozenset(person.number for person in stay[-lost:])
    following = folder / "henan-next.csv"
    lists.write_csv(following, lists.rows_of(next_month, month=11, broken=broken))
    print(
        f"{connection.vendor}, {rows:,} rows, {csv_file.stat().st_size / 1e6:.0f} MB as GB18030 CSV"
    )

    following_rows, added = len(next_month), len(fresh)
    del began, fresh, stay, next_month
    Run("河南, GB18030 CSV", csv_file, "41").must_say(rows=rows, new=rows)
    if first_only:
        return
    if rows <= XLSX_ROWS:
        Run("the same again, as XLSX", xlsx_file, "41").must_say(rows=rows, kept=rows)
    Run("the same again, as CSV", csv_file, "41").must_say(rows=rows, kept=rows)
    Run("山东", other, "37").must_say(rows=rows // 10, new=rows // 10)
    Run("河南, next month", following, "41").must_say(
        rows=following_rows,
        rejected=lost,
        new=added,
        withdrawn=gone,
        amount_changed=changed,
        kept=rows - gone - changed - lost,
    )
    Run("next month again", following, "41").must_say(
        rows=following_rows, rejected=lost, kept=following_rows - lost
    )


if __name__ == "__main__":
    main()
