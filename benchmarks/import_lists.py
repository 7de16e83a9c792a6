#!/usr/bin/env python3
"""A province's list in and in again, another province's, and the next month's file.

    python benchmarks/import_lists.py [--rows 230000] [--keep DIR]
    python scripts/with_postgres.py .venv/bin/python benchmarks/import_lists.py

Runs `manage.py import_whitelist --commit` on a database of its own (SQLite, or
the one of DATABASE_URL, which must be empty) and checks each report to the last
number. Prints wall time and peak memory of each run, and how long the last
transaction took, which is how long another writer may have to wait.
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
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
BROKEN, NEW, WITHDRAWN, CHANGED = 0.002, 0.10, 0.10, 0.05
FIVE = ("new", "kept", "amount_changed", "details_changed", "withdrawn")


class Run:
    """One import: what it printed, how long it took, how much memory it held."""

    def __init__(self, name: str, file: Path, scope: str) -> None:
        command = [sys.executable, str(ROOT / "manage.py"), "import_whitelist", str(file)]
        command += ["--programme", "SN", "--scope", scope, "--commit", "--json"]
        output, errors = file.with_suffix(".out"), file.with_suffix(".err")
        began = time.monotonic()
        with output.open("wb") as out, errors.open("wb") as err:
            child = subprocess.Popen(command, stdout=out, stderr=err, env=child_env())
            _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - began
        self.peak_mb = usage.ru_maxrss / 1024  # of the largest process: command or reader
        said = errors.read_text()
        if child.returncode:
            sys.exit(f"{name}: exit {child.returncode}\n{said}")
        self.report: dict[str, Any] = json.loads(output.read_text())
        held = re.search(r"last transaction ([\d.]+) s", said)
        self.last = float(held.group(1)) if held else 0.0
        cpu = usage.ru_utime + usage.ru_stime  # of the command and its readers, not of a server
        print(
            f"{name:34} {self.seconds:7.1f} s   CPU {cpu:6.1f} s"
            f"   last transaction {self.last:5.2f} s   peak {self.peak_mb:4.0f} MB",
            flush=True,
        )

    def must_say(self, **expected: int) -> None:
        found = {key: self.report[key] for key in ("rows", "rejected", *FIVE)}
        wanted = {"rejected": 0, **dict.fromkeys(FIVE, 0), **expected}
        if found != wanted:
            sys.exit(f"  WRONG: {found}\n  wanted {wanted}\n  {self.report['problems'][:5]}")
        print("  as expected: " + ", ".join(f"{k} {v:,}" for k, v in found.items() if v))


def child_env() -> dict[str, str]:
    env = {**os.environ, "LOG_LEVEL": "INFO"}
    if env.get("DATABASE_APP_URL"):  # migrated as the owner, run as the application
        env["DATABASE_URL"] = env["DATABASE_APP_URL"]
    return env


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=230_000)
    parser.add_argument("--keep", type=Path, help="work here and leave everything behind")
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        measure(options.keep, options.rows)
    else:
        with tempfile.TemporaryDirectory(prefix="import-lists-") as folder:
            measure(Path(folder), options.rows)


def measure(folder: Path, rows: int) -> None:
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

    Run("河南, GB18030 CSV", csv_file, "41").must_say(rows=rows, new=rows)
    Run("the same again, as XLSX", xlsx_file, "41").must_say(rows=rows, kept=rows)
    Run("the same again, as CSV", csv_file, "41").must_say(rows=rows, kept=rows)
    Run("山东", other, "37").must_say(rows=rows // 10, new=rows // 10)
    Run("河南, next month", following, "41").must_say(
        rows=len(next_month),
        rejected=lost,
        new=len(fresh),
        withdrawn=gone,
        amount_changed=changed,
        kept=rows - gone - changed - lost,
    )
    Run("next month again", following, "41").must_say(
        rows=len(next_month), rejected=lost, kept=len(next_month) - lost
    )


if __name__ == "__main__":
    main()
