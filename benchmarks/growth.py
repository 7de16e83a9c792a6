#!/usr/bin/env python3
"""How our times grow with the number of customers: `make bench-growth`.

    .venv-bench/bin/python benchmarks/growth.py [--sizes 250000,2000000,10000000]
        [--reuse 250000=FILE.sqlite3,postgres://…] [--measured 2000000=RESULT.json]

Runs the map jobs of bench.py at each size, the peers left out, and puts the
medians side by side; a size measured already is taken from its result. From five million customers on, only the map's data is made.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.speed.growth_table import growth_table

SIZES = "250000,2000000"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default=os.environ.get("SIZES") or SIZES)
    parser.add_argument("--engine", default=os.environ.get("ENGINE") or "both")
    parser.add_argument("--reuse", action="append", default=[], help="SIZE=SQLITE,TEMPLATE")
    parser.add_argument("--measured", action="append", default=[], help="SIZE=RESULT.json")
    parser.add_argument("--rounds", default="100")
    parser.add_argument("--seconds", default="30")
    parser.add_argument("--into", type=Path, default=ROOT / "benchmarks" / "results")
    asked = parser.parse_args()
    sizes = [int(size) for size in asked.sizes.split(",")]
    made = dict(each.split("=", 1) for each in asked.reuse)
    known = dict(each.split("=", 1) for each in asked.measured)
    found: dict[int, dict[str, Any]] = {
        int(size): json.loads(Path(file).read_text()) for size, file in known.items()
    }
    with tempfile.TemporaryDirectory(prefix="growth-") as folder:
        for size in sizes:
            if size in found:
                continue
            command = [sys.executable, str(ROOT / "benchmarks" / "bench.py"), "--no-peers"]
            command += ["--jobs", "map", "--size", str(size), "--engine", asked.engine]
            command += ["--rounds", asked.rounds, "--seconds", asked.seconds, "--into", folder]
            if str(size) in made:
                sqlite, _, template = made[str(size)].partition(",")
                command += ["--sqlite", sqlite] if sqlite else []
                command += ["--template", template] if template else []
            subprocess.run(command, check=True)
            found[size] = json.loads(next(Path(folder).glob(f"*-{size}.json")).read_text())
    lines = growth_table({size: found[size]["records"] for size in sizes})
    print("\n" + "\n".join(lines))
    asked.into.mkdir(parents=True, exist_ok=True)
    name = f"{date.today():%Y-%m-%d}-growth"
    loads = [f"- load at {size:,}: {found[size]['about']['load at the end']}" for size in sizes]
    text = ["# How our times grow", "", *loads, "", *lines, ""]
    (asked.into / f"{name}.md").write_text("\n".join(text))
    (asked.into / f"{name}.json").write_text(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
