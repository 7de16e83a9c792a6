"""How a target is shared out: over managers, and over months."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from outreach.morning.activity import Days


def split_evenly(total: int, managers: Sequence[int]) -> list[int]:
    """A total over units with so many managers each: every manager the same, the rest to the first.

    The parts add up to the total. Without any manager there is nothing to give.
    """
    people = sum(managers)
    if not people:
        return [0] * len(managers)
    share, rest = divmod(total, people)
    parts = []
    for here in managers:
        extra = min(rest, here)
        rest -= extra
        parts.append(share * here + extra)
    return parts


def month_of(day: date) -> Days:
    """The calendar month a day lies in."""
    return Days(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
