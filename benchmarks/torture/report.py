"""The table of promises: as it is printed, and as it is kept."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from benchmarks.torture.promises import PROMISES, Promise, Trial


@dataclass(frozen=True)
class Row:
    """What came of one trial on one engine."""

    key: str
    promise: str
    goal: str
    engine: str
    figure: str
    control: str
    met: bool
    seconds: int
    trial: str = ""

    def line(self) -> str:
        """In one line, as it is printed when the trial is over."""
        mark = "met " if self.met else "NOT MET"
        return f"{mark:7} {self.key:12} {self.engine:11} {self.seconds:5} s  {self.figure}"


def not_built(promise: Promise, trial: Trial) -> Row:
    """A promise without what shows it is not kept."""
    name = Path(trial.script).stem
    figure = f"not built: {trial.script}"
    return Row(promise.key, promise.promise, promise.goal, "–", figure, "", False, 0, name)


def table(rows: Sequence[Row]) -> list[str]:
    """Markdown: a line for each promise and engine, in the order of the registry."""
    order = [each.key for each in PROMISES]
    lines = [
        "| promise | goal | measured | met | engine | control |",
        "|---|---|---|---|---|---|",
    ]
    for row in sorted(rows, key=lambda row: order.index(row.key)):
        cells = (row.promise, row.goal, row.figure, "✓" if row.met else "**✗**", row.engine)
        lines.append("| " + " | ".join([*cells, row.control or "–"]) + " |")
    missed = [row for row in rows if not row.met]
    lines += ["", f"{len(rows) - len(missed)} of {len(rows)} met."]
    return lines


def write(rows: Sequence[Row], folder: Path) -> Path:
    """Keep the results, put into those of the same day; the path without its ending."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{date.today():%Y-%m-%d}-torture"
    kept: dict[tuple[str, str, str], Row] = {}
    if path.with_suffix(".json").exists():
        earlier = json.loads(path.with_suffix(".json").read_text())
        kept = {_place(row): row for row in (Row(**each) for each in earlier["rows"])}
    built = {row.key for row in rows if row.engine != "–"}
    kept = {place: row for place, row in kept.items() if row.engine != "–" or row.key not in built}
    kept |= {_place(row): row for row in rows}
    about = {
        "system": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "load at the end": [round(each, 2) for each in os.getloadavg()],
    }
    facts = [f"- {name}: {value}" for name, value in about.items()]
    text = [f"# What is promised, attacked on {date.today():%Y-%m-%d}", "", *facts, ""]
    path.with_suffix(".md").write_text("\n".join([*text, *table(list(kept.values())), ""]))
    path.with_suffix(".json").write_text(
        json.dumps(
            {"about": about, "rows": [asdict(row) for row in kept.values()]},
            ensure_ascii=False, indent=1,
        )
    )  # fmt: skip
    return path


def _place(row: Row) -> tuple[str, str, str]:
    return row.key, row.engine, row.trial
