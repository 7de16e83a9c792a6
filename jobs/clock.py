"""What happens by the clock: functions registered here run beside the worker."""

import logging
from collections.abc import Callable

from jobs.surroundings import surrounded

logger = logging.getLogger(__name__)
Tick = Callable[[], object]
_ticks: list[Tick] = []


def every_tick(function: Tick) -> Tick:
    """Register work that looks for what is due and does it; cheap when nothing is."""
    _ticks.append(function)
    return function


def registered() -> list[str]:
    """The names of what runs by the clock."""
    return [tick.__qualname__ for tick in _ticks]  # type: ignore[attr-defined]


def run_due() -> None:
    """Run every registered function once; one that fails does not stop the others."""
    for tick in _ticks:
        try:
            with surrounded():
                tick()
        except Exception:
            logger.exception("clock: %s failed", tick.__qualname__)
