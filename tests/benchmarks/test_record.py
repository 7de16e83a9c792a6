"""The table says what was measured, and marks what was missed."""

from benchmarks.speed.figures import Figures, percentile
from benchmarks.speed.growth_table import growth_table
from benchmarks.speed.record import Goal, Record, table, times, verdict


def record(who: str, p50: float, p95: float, size: float = 900, **more: object) -> Record:
    return Record("map view", "总行 z9 F0", who, 100, p50, p95, size, **more)  # type: ignore[arg-type]


def test_percentiles_are_by_the_nearest_rank() -> None:
    seconds = [n / 1000 for n in range(1, 101)]
    assert percentile(seconds, 50) == 50
    assert percentile(seconds, 95) == 95
    assert percentile([0.007], 95) == 7
    assert percentile([], 50) is None


def test_figures_of_nothing_are_none_and_say_why() -> None:
    found = Record.of("map view", "总行 z6 F0", "peer", Figures(note="> 60 s"))
    assert (found.p50, found.size) == (None, None)
    assert times(found) == "> 60 s"


def test_a_missed_goal_is_marked_with_its_engine() -> None:
    goals = {("map view", "总行 z9 F0"): Goal(p95=15, size=1_000, ratio={"snap": 10, "key": 3})}
    lines = table(
        [
            record("ours, SQLite", 5, 9),
            record("ours, PostgreSQL", 6, 18, 1_200),
            record("snap", 90, 95),
            record("key", 12, 14),
        ],
        goals,
    )
    assert len(lines) == 4
    assert "✗ PostgreSQL > 15 ms, PostgreSQL > 1,000 B" in lines[2]
    assert "15×" in lines[2] and "✓" in lines[2]
    assert "2× ✗ goal 3×" in lines[3]


def test_few_rounds_are_said() -> None:
    assert times(Record("a", "b", "c", 5, 1.234, 2.0, 3)) == "1.23 / 2 (n=5)"


def test_few_rounds_are_judged_by_their_median() -> None:
    """Of nineteen, the p95 is the slowest one: a hiccup of the machine is no missed goal."""
    goal = Goal(p95=15)
    hiccup = Record("map view", "z9", "ours, SQLite", 19, 5, 40, 900)
    slow = Record("map view", "z9", "ours, SQLite", 19, 16, 40, 900)
    enough = Record("map view", "z9", "ours, SQLite", 20, 5, 40, 900)
    once = Record("import", "rows", "ours, SQLite", 1, 40, 40, None)
    assert verdict([hiccup], goal) == "✓ median"
    assert verdict([slow], goal) == "✗ SQLite median > 15 ms"
    assert verdict([enough], goal) == "✗ SQLite > 15 ms"
    assert verdict([once], goal) == "✗ SQLite > 15 ms"


def test_growth_is_the_last_size_over_the_first() -> None:
    one = {
        "job": "map view",
        "case": "总行 z9 F0",
        "who": "ours",
        "p50": 5.0,
        "p95": 6.0,
        "note": "",
    }
    lines = growth_table({250_000: [one], 2_000_000: [one | {"p50": 10.0}]})
    assert lines[-1].endswith("| 2× | ✗ goal 1.5× |")
