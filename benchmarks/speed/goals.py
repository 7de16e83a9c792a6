"""The numbers of design.md §8 that a row of the table is held to.

A p95 of fewer than `FEW` rounds is the slowest of them: one hiccup of the machine, no
percentile. Such a row is held to the goal by its median (`record.judged`), and the table
says so.
"""

from collections.abc import Sequence

from benchmarks.speed.record import PREFIX, SNAP, Goal, Record

CLUSTERS = 1_536  # bytes
RATIOS = {SNAP: 10.0, PREFIX: 3.0}  # at zoom 9, stated for 2,000,000 customers
BY_JOB = {
    "nearest 20": Goal(p95=15),
    "search": Goal(p95=50),
    "import: peak memory": Goal(p95=400),
    "import: a writer waits": Goal(p95=1, only="PostgreSQL"),  # in seconds
    "lasso: assign": Goal(p95=500),
    "first load of the map": Goal(size=200 * 1024, requests=25),
}


def goals(records: Sequence[Record], customers: int) -> dict[tuple[str, str], Goal]:
    """The goal of each (job, case)."""
    return {(r.job, r.case): _goal(r.job, r.case, customers) for r in records}


IMPORTS = {  # seconds
    "250,000 rows": Goal(p95=20, ratio={"django-import-export, bulk": 10}),
    "1,000,000 rows": Goal(p95=90),
}


def _goal(job: str, case: str, customers: int) -> Goal:
    if job == "import":
        return IMPORTS.get(case, Goal())
    if job != "map view":
        return BY_JOB.get(job, Goal())
    shows_clusters = " z15 " not in case
    ratio = RATIOS if case == "总行 z9 F0" and customers >= 2_000_000 else None
    return Goal(p95=15, size=CLUSTERS if shows_clusters else None, ratio=ratio)
