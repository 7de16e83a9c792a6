"""The nearest leads to a point, by rings of tile keys.

Blocks of 3×3 tiles grow around the point until one holds enough leads; the
cells inside it give a radius that surely holds them; only what lies within
that radius is measured exactly. A handful of range queries, on both engines.
"""

from django.db.models import Count, F

from marketing_map.window import Window
from outreach import tilekey
from outreach.distance import metres_between
from outreach.querysets import LeadQuerySet

START_ZOOM = 15  # a tile is about a kilometre wide
STEP = 2
CELL_DEPTH = 4
FINEST = 20  # cells of some thirty metres
FEW = 1_000  # this many are measured without looking closer


def nearest(leads: LeadQuerySet, lon: float, lat: float, limit: int) -> list[tuple[int, float]]:
    """(lead id, metres) of the `limit` nearest located leads, nearest first; ties by id."""
    leads = leads.located().order_by()
    zoom = START_ZOOM
    while True:
        block = _block(lon, lat, zoom)
        if zoom == 0 or leads.in_key_ranges(block).count() >= limit:
            break
        zoom = max(0, zoom - STEP)
    candidates = _candidates(leads, block, zoom, lon, lat, limit)
    measured = [
        (metres_between((lon, lat), tilekey.lonlat_of_key(key)), pk)
        for pk, key in candidates.values_list("pk", "tile_key")
    ]
    return [(pk, metres) for metres, pk in sorted(measured)[:limit]]


def _candidates(
    leads: LeadQuerySet,
    ranges: list[tuple[int, int]],
    zoom: int,
    lon: float,
    lat: float,
    limit: int,
) -> LeadQuerySet:
    """Leads among which the nearest surely are, few enough to be measured one by one."""
    while True:
        inside = leads.in_key_ranges(ranges)
        zoom = min(FINEST, zoom + CELL_DEPTH)
        radius, held = _enough(inside, zoom, lon, lat, limit)
        if radius is None:
            return inside
        ranges = Window.around(lon, lat, radius).key_ranges()
        if held <= FEW or zoom == FINEST:
            return leads.in_key_ranges(ranges)


def _block(lon: float, lat: float, zoom: int) -> list[tuple[int, int]]:
    """Key ranges of the point's tile and the eight around it, as far as there are any."""
    x, y = tilekey.tile_of_key(tilekey.key_of(lon, lat), zoom)
    last = (1 << zoom) - 1
    return [
        tilekey.tile_range(zoom, i, j)
        for i in range(max(0, x - 1), min(last, x + 1) + 1)
        for j in range(max(0, y - 1), min(last, y + 1) + 1)
    ]


def _enough(
    inside: LeadQuerySet, zoom: int, lon: float, lat: float, limit: int
) -> tuple[float | None, int]:
    """A radius in metres that surely holds `limit` of the leads, and how many it may hold;
    None when there are not so many."""
    shift = 2 * (tilekey.ZOOM - zoom)
    cells = list(
        inside.annotate(cell=F("tile_key").bitrightshift(shift))
        .values_list("cell")
        .annotate(n=Count("pk"))
    )
    reach = sorted((_farthest_corner(cell, zoom, lon, lat), n) for cell, n in cells)
    found = 0
    for metres, n in reach:
        found += n
        if found >= limit:
            # A key stands for the middle of a 2 m tile. Cells that only begin within
            # the radius count too: a diagonal is at most twice a cell's height here.
            width = 40_100_000 / 2**zoom
            held = sum(count for far, count in reach if far <= metres + 2 * width)
            return metres * 1.001 + 5, held
    return None, found


def _farthest_corner(cell: int, zoom: int, lon: float, lat: float) -> float:
    x, y = tilekey.deinterleave(cell)
    shift = tilekey.ZOOM - zoom
    size = 1 << shift
    corners = [
        tilekey.interleave((x << shift) + dx, (y << shift) + dy)
        for dx in (0, size - 1)
        for dy in (0, size - 1)
    ]
    return max(metres_between((lon, lat), tilekey.lonlat_of_key(key)) for key in corners)
