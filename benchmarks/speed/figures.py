"""Times and sizes of one thing asked many times."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from benchmarks.speed.browser import Answer, Browser, TooSlow, WrongAnswer
from benchmarks.speed.views import Ask

WARM_UP = 3


@dataclass
class Figures:
    """Of each round: seconds, bytes of the bodies as sent. `note` says what is odd."""

    seconds: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    requests: float = 0
    note: str = ""

    @property
    def n(self) -> int:
        return len(self.seconds)

    @property
    def p50(self) -> float | None:
        """Milliseconds."""
        return percentile(self.seconds, 50)

    @property
    def p95(self) -> float | None:
        return percentile(self.seconds, 95)

    @property
    def size(self) -> int | None:
        """Median bytes."""
        return round(statistics.median(self.sizes)) if self.sizes else None


def percentile(seconds: Sequence[float], share: int) -> float | None:
    """In milliseconds, by the nearest rank; None of nothing."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    rank = max(1, -(-share * len(ordered) // 100))
    return ordered[rank - 1] * 1000


def measure(
    browser: Browser,
    rounds: Sequence[Sequence[Ask]],
    *,
    seconds: float = 30,
    see: Callable[[Answer], None] | None = None,
) -> Figures:
    """Ask each round's requests one after the other; a round counts as one time.

    The first rounds are asked once beforehand and not counted (warm). It ends
    when all rounds are through or `seconds` have passed; `n` says how many were.
    """
    found = Figures()
    began = monotonic()
    try:
        for asks in rounds[:WARM_UP]:
            for ask in asks:
                browser.ask(ask)
            if monotonic() - began > seconds / 3:
                break
        began = monotonic()
        for asks in rounds:
            answers = [browser.ask(ask) for ask in asks]
            found.seconds.append(sum(answer.seconds for answer in answers))
            found.sizes.append(sum(answer.wire for answer in answers))
            found.requests += len(asks)
            if see is not None:
                for answer in answers:
                    see(answer)
            if monotonic() - began > seconds:
                break
    except TooSlow:
        found.note = f"> {browser.patience:.0f} s"
    except WrongAnswer as wrong:
        found.note = f"failed: {str(wrong)[:60]}"
    except OSError as broken:
        found.note = f"failed: {type(broken).__name__}"
    found.requests = found.requests / found.n if found.n else 0
    return found
