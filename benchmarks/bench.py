#!/usr/bin/env python3
"""Our server and the peers on the same rows, in one run: `make bench` (SIZE=2000000).

    .venv-bench/bin/python benchmarks/bench.py [--size 250000] [--engine both]
        [--jobs map,nearest,list,search,lasso,first,throughput,import] [--no-peers]

Needs no network. Makes its databases in a temporary folder and removes them;
`--sqlite FILE` and `--template URL` take copies of databases built beforehand
with benchmarks/build_province.py, with the keys of the environment.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "scripts"))

from children import stop_on_signals

from benchmarks.speed import machine
from benchmarks.speed.databases import postgres, sqlite
from benchmarks.speed.goals import goals
from benchmarks.speed.record import Record, as_json, size, table, times

JOBS = ("map", "nearest", "list", "search", "lasso", "first", "throughput", "import")
ENGINES = ("both", "sqlite", "postgresql")
IMPORTS = (250_000, 1_000_000)  # rows; the million with 2,000,000 customers and more


def main() -> None:
    asked = _arguments()
    for name in ("FIELD_KEYS", "INDEX_KEY", "AUDIT_KEY", "SECRET_KEY"):
        key = secrets.token_hex(32)
        os.environ.setdefault(name, f"1:{key}" if name == "FIELD_KEYS" else key)

    stop_on_signals()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=os.environ.get("BENCH_DIR")) as folder:
        Path(folder).chmod(0o755)
        _run(asked, Path(folder))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=int(os.environ.get("SIZE") or 250_000))
    parser.add_argument("--engine", choices=ENGINES, default=os.environ.get("ENGINE") or "both")
    parser.add_argument("--jobs", default=",".join(JOBS))
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--rounds", type=int, default=100, help="of each point of the table")
    parser.add_argument("--seconds", type=float, default=30, help="at most, for each point")
    parser.add_argument("--sqlite", type=Path, help="a database built beforehand")
    parser.add_argument("--template", help="postgres://SUPERUSER@HOST:PORT/DATABASE to copy")
    parser.add_argument("--static", type=Path, help="static files collected beforehand")
    parser.add_argument("--into", type=Path, default=ROOT / "benchmarks" / "results")
    return parser.parse_args()


def _run(asked: argparse.Namespace, folder: Path) -> None:

    engines = ("sqlite", "postgresql") if asked.engine == "both" else (asked.engine,)
    about = machine.about(asked.size, {})
    records: list[Record] = []
    jobs = asked.jobs.split(",")
    try:
        if set(jobs) - {"import"}:
            for engine in engines:
                with ExitStack() as stack:
                    make = postgres if engine == "postgresql" else sqlite
                    database = stack.enter_context(make(asked, folder))
                    about |= database.about
                    for record in _in_child(asked, engine, database.env, folder, jobs):
                        records.append(record)
        if "import" in jobs:
            from benchmarks.speed.imports import imports

            sizes = [rows for rows in IMPORTS if rows <= max(asked.size, IMPORTS[0])]
            if asked.size < IMPORTS[0]:
                sizes = [asked.size]
            for record in imports(engines, sizes, folder, peers=not asked.no_peers):
                records.append(record)
                tell(record)
    finally:
        if records:
            _write(records, about, asked)


def _in_child(
    asked: argparse.Namespace, engine: str, env: dict[str, str], folder: Path, jobs: list[str]
) -> Iterator[Record]:
    """Django knows one database a process: each engine's jobs run in a child of their own."""

    order = {
        "engine": engine, "folder": str(folder / engine), "jobs": jobs, "rounds": asked.rounds,
        "seconds": asked.seconds, "peers": engine == "postgresql" and not asked.no_peers,
        "static": str(asked.static or folder / "static"),
    }  # fmt: skip
    command = [sys.executable, "-m", "benchmarks.speed.one_engine", json.dumps(order)]
    child = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        for line in child.stdout:
            record = Record(**json.loads(line))
            tell(record)
            yield record
        if child.wait():
            print(f"The jobs on {engine} ended early: see the message above.", file=sys.stderr)
    finally:
        if child.poll() is None:
            child.terminate()
        child.wait()


def tell(record: Record) -> None:

    print(
        f"{record.job:24} {record.case:32} {record.who:28} {times(record)}  {size(record)} B",
        flush=True,
    )


def _write(records: list[Record], about: dict[str, Any], asked: argparse.Namespace) -> None:

    about["load at the end"] = [round(each, 2) for each in os.getloadavg()]
    lines = table(records, goals(records, asked.size))
    print("\n" + "\n".join(lines))
    asked.into.mkdir(parents=True, exist_ok=True)
    name = f"{date.today():%Y-%m-%d}-{asked.size}"
    facts = [f"- {key}: {value}" for key, value in about.items()]
    text = [f"# {asked.size:,} customers, {date.today():%Y-%m-%d}", "", *facts, "", *lines, ""]
    (asked.into / f"{name}.md").write_text("\n".join(text))
    (asked.into / f"{name}.json").write_text(
        json.dumps(as_json(records, about), ensure_ascii=False, indent=1)
    )
    print(f"\nWritten to {asked.into / name}.md and .json")


if __name__ == "__main__":
    main()
