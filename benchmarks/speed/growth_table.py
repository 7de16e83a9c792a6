"""The second table: medians by size, and how many times the smallest size's they are."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.speed.record import short

MOST = 1.5  # times, from 250,000 to 10 million at zooms 6 to 11 (design.md §8)
COARSE = (" z6 ", " z9 ")


def growth_table(found: Mapping[int, Sequence[Mapping[str, Any]]]) -> list[str]:
    """Markdown of `found`: records (`Record` as JSON) by number of customers."""
    sizes = sorted(found)
    heads = " | ".join(f"{size:,}: p50 / p95 ms" for size in sizes)
    lines = [
        f"| who | case | {heads} | growth of p50 | goal |",
        "|---" * (len(sizes) + 4) + "|",
    ]
    cases: dict[tuple[str, str], dict[int, Mapping[str, Any]]] = {}
    for size in sizes:
        for record in found[size]:
            if record["job"] == "map view":
                cases.setdefault((record["who"], record["case"]), {})[size] = record
    for (who, case), by_size in sorted(cases.items()):
        cells = [_times(by_size.get(size)) for size in sizes]
        first, last = by_size.get(sizes[0]), by_size.get(sizes[-1])
        times = last["p50"] / first["p50"] if _has(first) and _has(last) else None
        grown = f"{short(times)}×" if times else "–"
        lines.append(f"| {who} | {case} | {' | '.join(cells)} | {grown} | {_goal(case, times)} |")
    return lines


def _has(record: Mapping[str, Any] | None) -> bool:
    return bool(record and record["p50"])


def _times(record: Mapping[str, Any] | None) -> str:
    if record is None or record["p50"] is None:
        return record["note"] if record else "–"
    return f"{short(record['p50'])} / {short(record['p95'])}"


def _goal(case: str, times: float | None) -> str:
    if not any(zoom in case for zoom in COARSE) or times is None:
        return ""
    return "✓" if times <= MOST else f"✗ goal {MOST:g}×"
