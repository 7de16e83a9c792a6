"""What was measured, as rows of one table and as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.speed.figures import Figures

OURS = {"sqlite": "ours, SQLite", "postgresql": "ours, PostgreSQL"}
FEW = 20  # rounds: of fewer, the p95 by the nearest rank is the slowest one
SNAP, PREFIX = "ST_SnapToGrid, same payload", "key prefix, same payload"


@dataclass(frozen=True)
class Goal:
    """Of design.md §8, for one kind of row; None where nothing is asked."""

    p95: float | None = None  # milliseconds
    size: float | None = None  # bytes
    ratio: dict[str, float] | None = None  # peer → at least so many times our p50
    requests: int | None = None
    only: str = ""  # asked of this engine alone, stated for the other


@dataclass(frozen=True)
class Record:
    """Who took how long for what. Times in milliseconds, sizes in bytes on the wire."""

    job: str
    case: str
    who: str
    n: int
    p50: float | None
    p95: float | None
    size: float | None
    requests: float = 1
    note: str = ""
    unit: str = "ms"

    @classmethod
    def of(cls, job: str, case: str, who: str, found: Figures) -> "Record":
        return cls(
            job, case, who, found.n, found.p50, found.p95, found.size, round(found.requests, 2),
            found.note,
        )  # fmt: skip

    @property
    def is_ours(self) -> bool:
        return self.who in OURS.values()


def table(records: Sequence[Record], goals: dict[tuple[str, str], Goal]) -> list[str]:
    """Markdown: one line a peer and case; ours stand in front of each case's first line."""
    lines = [
        "| job | case | ours, SQLite p50 / p95 | ours, PostgreSQL p50 / p95 | bytes | goal "
        "| peer | p50 / p95 | bytes | ratio |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for (job, case), group in _grouped(records).items():
        sqlite = next((r for r in group if r.who == OURS["sqlite"]), None)
        postgres = next((r for r in group if r.who == OURS["postgresql"]), None)
        ours = postgres or sqlite
        goal = goals.get((job, case), Goal())
        first = [job, case, times(sqlite), times(postgres), size(ours), verdict(group, goal)]
        peers = [r for r in group if not r.is_ours] or [None]
        for peer in peers:
            beside = ["", "", "", ""]
            if peer is not None:
                beside = [peer.who, times(peer), size(peer), _ratio(peer, ours, goal)]
            lines.append("| " + " | ".join([*first, *beside]) + " |")
            first = ["", "", "", "", "", ""]
    return lines


def _grouped(records: Iterable[Record]) -> dict[tuple[str, str], list[Record]]:
    found: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        found.setdefault((record.job, record.case), []).append(record)
    return found


def times(record: Record | None) -> str:
    """``12.3 / 20.1``, with n where it is small and what is odd."""
    if record is None:
        return "–"
    few = f" (n={record.n})" if 1 < record.n < 100 else ""
    if record.p50 is None or record.p95 is None:
        return record.note or "–"
    unit = "" if record.unit == "ms" else f" {record.unit}"
    said = f"; {record.note}" if record.note else ""
    if record.p50 == record.p95:
        return f"{short(record.p50)}{unit}{few}{said}"
    return f"{short(record.p50)} / {short(record.p95)}{unit}{few}{said}"


def size(record: Record | None) -> str:
    return "–" if record is None or record.size is None else f"{record.size:,.0f}"


def short(value: float) -> str:
    """Three figures are enough."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def ratio(peer: Record, ours: Record | None) -> float | None:
    """How many times our median the peer's is."""
    if ours is None or not ours.p50 or peer.p50 is None:
        return None
    return peer.p50 / ours.p50


def _ratio(peer: Record, ours: Record | None, goal: Goal) -> str:
    found = ratio(peer, ours)
    if found is None:
        return "–"
    least = (goal.ratio or {}).get(peer.who)
    mark = f" ✗ goal {least:g}×" if least and found < least else " ✓" if least else ""
    return f"{short(found)}×{mark}"


def verdict(group: Sequence[Record], goal: Goal) -> str:
    """✓, or what was missed and by which engine; empty where there is no goal."""
    if (goal.p95, goal.size, goal.requests) == (None, None, None):
        return ""
    missed = []
    ours = [each for each in group if each.is_ours]
    for record in ours:
        engine = record.who.removeprefix("ours, ")
        if goal.only not in ("", engine):
            continue
        taken, time = judged(record)
        if goal.p95 is not None and (time is None or time > goal.p95):
            missed.append(f"{engine} {taken}> {goal.p95:g} {record.unit}")
        if goal.size is not None and (record.size or 0) > goal.size:
            missed.append(f"{engine} > {goal.size:,.0f} B")
        if goal.requests is not None and record.requests > goal.requests:
            missed.append(f"{engine} > {goal.requests} requests")
    if missed:
        return "✗ " + ", ".join(missed)
    return "✓ median" if goal.p95 is not None and any(judged(each)[0] for each in ours) else "✓"


def judged(record: Record) -> tuple[str, float | None]:
    """What a goal is held against, and how that is said: the p95, the median of few rounds.

    What was done once has no median: it is what it is.
    """
    few = 1 < record.n < FEW
    return ("median ", record.p50) if few else ("", record.p95)


def as_json(records: Sequence[Record], about: dict[str, Any]) -> dict[str, Any]:
    return {"about": about, "records": [asdict(record) for record in records]}
