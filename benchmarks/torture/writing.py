#!/usr/bin/env python3
"""`writers.py` on a small bank of its own: fifty people over the same customers at once.

python benchmarks/torture/writing.py [--seconds 60]
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from benchmarks.torture import stage
from benchmarks.torture.said import say

CUSTOMERS = 220


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60)
    asked = parser.parse_args()
    stage.ready()
    from django.db import connections

    from tests.cast import make_lead

    crowd = stage.crowd(25)
    for number in range(CUSTOMERS):
        make_lead(crowd.cast, holder=crowd.managers[number % 25] if number % 2 else None)
    connections.close_all()
    command = [sys.executable, str(ROOT / "benchmarks" / "writers.py"), "--webs", "1"]
    command += ["--hot", "200", "--seconds", str(asked.seconds), "--port", str(stage.free_port())]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    print(done.stdout)
    told = [line for line in done.stdout.splitlines() if ":" in line and "answers" not in line]
    say("; ".join(told[-3:]) or "said nothing")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
