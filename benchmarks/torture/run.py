#!/usr/bin/env python3
"""`make torture`: attack every promise of the product; print what was found, and whether it held.

    make torture                                  everything, both engines: two hours and more
    TORTURE=short make torture                    a minute: what CI runs
    TORTURE=audit,races make torture              some rows; `short,races` for their short form
    .venv/bin/python benchmarks/torture/run.py --only races --engine sqlite

Each trial is a process of its own on a fresh database, so that one that crashes
does not stop the rest. The engines are attacked side by side; trials that compare
durations come last, one by one. Exits with 1 when a promise was not kept, or nothing is
there that shows it. The table goes to benchmarks/results/ as Markdown and JSON;
parts of a day's long run are put together there.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "scripts"))

from children import end, start, stop_on_signals

from benchmarks.torture.grounds import Grounds, grounds_of
from benchmarks.torture.promises import BOTH, PROMISES, Promise, Trial
from benchmarks.torture.report import Row, not_built, table, write
from benchmarks.torture.said import Found, heard

LOGS = ROOT / "var" / "torture"
STOPPING = Event()
Tell = Callable[[Row], None]


def main() -> None:
    stop_on_signals()
    asked = _arguments()
    chosen = [each for each in PROMISES if not asked.only or each.key in asked.only]
    unknown = set(asked.only) - {each.key for each in PROMISES}
    if unknown:
        sys.exit(
            f"No such row: {', '.join(sorted(unknown))}. There are: {', '.join(p.key for p in PROMISES)}."
        )
    LOGS.mkdir(parents=True, exist_ok=True)
    rows: list[Row] = []

    def tell(row: Row) -> None:
        rows.append(row)
        print(row.line(), flush=True)

    try:
        attack(chosen, asked, tell)
    finally:
        if rows:
            print("\n" + "\n".join(table(rows)))
            if not asked.short:
                print(f"\nWritten to {write(rows, asked.into)}.md and .json")
    sys.exit(0 if all(row.met for row in rows) else 1)


def _arguments() -> argparse.Namespace:
    words = [word for word in os.environ.get("TORTURE", "").split(",") if word]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", default="short" in words)
    parser.add_argument("--only", default=",".join(word for word in words if word != "short"))
    parser.add_argument("--engine", choices=("both", *BOTH), default="both")
    parser.add_argument("--minutes", type=float, default=90, help="at most, for each trial")
    parser.add_argument("--into", type=Path, default=ROOT / "benchmarks" / "results")
    asked = parser.parse_args()
    asked.only = [word for word in asked.only.split(",") if word]
    return asked


def attack(chosen: Iterable[Promise], asked: argparse.Namespace, tell: Tell) -> None:
    """Every trial of the promises: the engines side by side, then one by one what wants quiet."""
    every = [(promise, trial) for promise in chosen for trial in promise.trials]
    for promise, trial in every:
        if not trial.is_built(ROOT):
            tell(not_built(promise, trial))
    wanted = [
        pair
        for pair in every
        if pair[1].is_built(ROOT) and _arguments_of(pair[1], asked.short) is not None
    ]

    with tempfile.TemporaryDirectory(prefix="torture-") as folder, ExitStack() as opened:
        Path(folder).chmod(0o755)
        grounds = [
            opened.enter_context(grounds_of(engine, Path(folder)))
            for engine in (BOTH if asked.engine == "both" else (asked.engine,))
            if any(engine in trial.engines for _, trial in wanted)
        ]

        def attack_on(at: Grounds, *, alone: bool) -> None:
            for promise, trial in wanted:
                if at.engine in trial.engines and trial.alone is alone and not STOPPING.is_set():
                    tell(attempt(promise, trial, at, asked))

        with ThreadPoolExecutor(len(BOTH)) as side_by_side:
            try:
                list(side_by_side.map(lambda at: attack_on(at, alone=False), grounds))
            except BaseException:
                STOPPING.set()
                raise
        for at in grounds:
            attack_on(at, alone=True)


def _arguments_of(trial: Trial, short: bool) -> tuple[str, ...] | None:
    return trial.short if short else trial.arguments


def attempt(promise: Promise, trial: Trial, grounds: Grounds, asked: argparse.Namespace) -> Row:
    """One trial in a process of its own; whatever becomes of it is an answer."""
    arguments = _arguments_of(trial, asked.short) or ()
    program = ["-m", "pytest"] if trial.script == "pytest" else [str(ROOT / trial.script)]
    named = " ".join((promise.key, Path(trial.script).stem, *arguments, grounds.engine))
    log = LOGS / f"{re.sub(r'[^a-z0-9_]+', '-', named)}.log"
    began = time.monotonic()
    with grounds.fresh() as env, log.open("wb") as out:
        command = [sys.executable, *program, *arguments]
        child = start(command, env=env, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
        try:
            code = _code_of(child, within=asked.minutes * 60)
        finally:
            end(child)
    lines = log.read_text(errors="replace").splitlines()
    found = heard(lines) if code is not None else Found(f"stopped after {asked.minutes:g} minutes")
    if code:
        print(f"--- the end of {log.relative_to(ROOT)}", *lines[-25:], "---", sep="\n")
    return Row(
        promise.key, promise.promise, promise.goal, grounds.engine, found.figure,
        found.control or trial.control, code == 0, round(time.monotonic() - began),
        " ".join((Path(trial.script).stem, *arguments)),
    )  # fmt: skip


def _code_of(child: "subprocess.Popen[bytes]", within: float) -> int | None:
    """With what it ended; None when so many seconds were not enough, or all of it is to stop."""
    until = time.monotonic() + within
    while time.monotonic() < until and not STOPPING.is_set():
        with suppress(subprocess.TimeoutExpired):
            return child.wait(timeout=1)
    return None


if __name__ == "__main__":
    main()
