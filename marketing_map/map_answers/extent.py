"""Where a map opens: the rectangle of a scope's leads."""

from django.core.cache import cache
from django.db.models import Count, F

from marketing_map.map_answers.asking import Asked
from marketing_map.map_answers.window import Window
from outreach import tilekey
from outreach.pyramid.counting import cells_of
from outreach.pyramid.question import CellQuestion
from outreach.querysets import LeadQuerySet

ZOOM = 12  # cells of some eight kilometres …
COARSE = 9  # … and of sixty, for a province
KEPT = 300  # seconds


def extent_of(asked: Asked) -> Window | None:
    """Where all leads of a viewer's scope are, a few strays left out.

    A branch's, as it was some minutes ago: it only says where a map opens.

    None when none is located.
    """
    if asked.viewer.is_manager:
        return extent(asked.leads)
    branch = asked.viewer.branch
    key = f"extent:{branch.pk}:{branch.number}:{branch.last_number}"  # as the tree is now
    known: tuple[float, ...] | None = cache.get(key)
    if known is None:
        window = _of_cells(asked.question) if asked.question else extent(asked.leads)
        known = (window.west, window.south, window.east, window.north) if window else ()
        cache.set(key, known, KEPT)
    return Window(*known) if known else None


def _of_cells(question: CellQuestion) -> Window | None:
    zoom, cells = cells_of(question, COARSE) or (COARSE, {})
    return _holding({at: cell.total for at, cell in cells.items()}, zoom)


def extent(leads: LeadQuerySet) -> Window | None:
    """Where these leads are, a few strays left out.

    None when none is located.
    """
    rows = (
        leads.located()
        .order_by()
        .annotate(cell=F("tile_key").bitrightshift(2 * (tilekey.ZOOM - ZOOM)))
        .values_list("cell")
        .annotate(n=Count("*"))
    )
    return _holding(dict(rows), ZOOM)


def _holding(cells: dict[int, int], zoom: int) -> Window | None:
    if not cells:
        return None
    points = [(*tilekey.deinterleave(cell), n) for cell, n in cells.items()]
    x0, x1 = _middle_share([(x, n) for x, _, n in points])
    y0, y1 = _middle_share([(y, n) for _, y, n in points])
    shift = tilekey.ZOOM - zoom
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
