"""Where a map opens: the rectangle of a scope's leads."""

from django.db.models import Count, F

from marketing_map.window import Window
from outreach import tilekey
from outreach.querysets import LeadQuerySet

ZOOM = 12  # cells of some eight kilometres


def extent(leads: LeadQuerySet) -> Window | None:
    """Where a scope's leads are, a few strays left out.

    None when none is located.
    """
    rows = list(
        leads.located()
        .order_by()
        .annotate(cell=F("tile_key").bitrightshift(2 * (tilekey.ZOOM - ZOOM)))
        .values_list("cell")
        .annotate(n=Count("pk"))
    )
    if not rows:
        return None
    points = [(*tilekey.deinterleave(cell), n) for cell, n in rows]
    x0, x1 = _middle_share([(x, n) for x, _, n in points])
    y0, y1 = _middle_share([(y, n) for _, y, n in points])
    shift = tilekey.ZOOM - ZOOM
    west, north = tilekey.lonlat_of_key(tilekey.interleave(x0 << shift, y0 << shift))
    east, south = tilekey.lonlat_of_key(
        tilekey.interleave(((x1 + 1) << shift) - 1, ((y1 + 1) << shift) - 1)
    )
    return Window(west, south, east, north)


def _middle_share(values: list[tuple[int, int]], share: float = 0.98) -> tuple[int, int]:
    """The range of weighted values that holds the middle `share` of the weight."""
    ordered = sorted(values)
    cut = sum(n for _, n in values) * (1 - share) / 2
    return _first_past(ordered, cut), _first_past(ordered[::-1], cut)


def _first_past(ordered: list[tuple[int, int]], weight: float) -> int:
    """The value at which the weights, added up in this order, exceed `weight`."""
    seen = 0
    for value, n in ordered:
        seen += n
        if seen > weight:
            return value
    return ordered[-1][0]
