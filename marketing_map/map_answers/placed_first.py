"""The nearest of whom it is known where they live, before the others.

Who is known to the township only stands at its point: 480 m from the market place, and
kilometres from home. Before them come all within `REACH` whose village is known; after
these everybody by distance. That is one order, whoever asks and however many.
"""

from collections.abc import Iterable

from marketing_map.map_answers.nearest import Counts, nearest, nearest_within
from marketing_map.map_answers.window import Window
from outreach import tilekey
from outreach.distance import Point, metres_between
from outreach.querysets import LeadQuerySet
from whitelist.models import Precision

# A township is some ten kilometres wide: beyond, nobody goes past their own for a village's sake.
REACH = 15_000.0  # metres


def placed_first(
    leads: LeadQuerySet,
    lon: float,
    lat: float,
    limit: int,
    *,
    counts: Counts | None = None,
    few: bool = False,
    within: Window | None = None,
) -> list[tuple[int, float]]:
    """(lead id, metres) of the first `limit` in this order; the arguments are `nearest`'s.

    The second question is only asked where the neighbourhood does not hold enough.
    """
    inside = leads.in_rectangle(*within.corners) if within else leads
    placed = nearest_within(inside.placed(), lon, lat, limit, REACH, few=few)
    if len(placed) >= limit:
        return placed
    known = dict(placed)
    others = nearest(leads, lon, lat, limit, counts=counts, few=few, within=within)
    rest = [(pk, metres) for pk, metres in others if pk not in known]
    return [*placed, *rest[: limit - len(placed)]]


def sorted_placed_first(
    rows: Iterable[tuple[int, int, int]], point: Point
) -> list[tuple[int, float]]:
    """All of few: (lead id, tile key, precision) in the same order, as (lead id, metres)."""
    measured = sorted(
        (_place(metres_between(point, tilekey.lonlat_of_key(key)), precision), pk)
        for pk, key, precision in rows
    )
    return [(pk, metres) for (_, metres), pk in measured]


def _place(metres: float, precision: int) -> tuple[bool, float]:
    return precision < Precision.VILLAGE or metres > REACH, metres
