"""Dying on purpose, for the crash test (`benchmarks/crash_import.py`).

``CRASH_AT=applying:offers`` kills this process with SIGKILL when it comes to
the point of that name; ``applying:customers#3`` at the third time. Without the
variable a point is one dictionary look-up.
"""

import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()


def crash_point(name: str) -> None:
    """Die here if the environment says so."""
    wanted = os.environ.get("CRASH_AT")
    if not wanted:
        return
    _passed[name] += 1
    point, _, nth = wanted.partition("#")
    if point == name and _passed[name] == int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
