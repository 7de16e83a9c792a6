"""How near a cell of the map can be to a point."""

from collections.abc import Iterable
from math import atan2, cos, degrees, radians, sin

from outreach import tilekey
from outreach.distance import Point, metres_between

Cell = tuple[int, int]  # zoom, and a tile key shifted right to it


def metres_to_cell(point: Point, cell: Cell) -> float:
    """From a (lon, lat) in WGS-84 to the nearest point of the cell; 0 inside it.

    Rather a little less than more: nothing in the cell is nearer, rounding included.
    """
    west, south, east, north = _bounds(cell)
    lon, lat = point
    if west <= lon <= east:
        nearest = metres_between(point, (lon, max(south, min(north, lat))))
    else:
        nearest = min(
            metres_between(point, (edge, latitude))
            for edge in (west, east)
            for latitude in (south, north, _nearest_latitude(point, edge, south, north))
        )
    return max(0.0, nearest * (1 - 1e-9) - 0.001)


def ranges_of(cells: Iterable[Cell]) -> list[tuple[int, int]]:
    """The keys in these cells, as merged inclusive ranges."""
    return tilekey.merge_ranges(
        (at << shift, ((at + 1) << shift) - 1)
        for at, shift in ((at, 2 * (tilekey.ZOOM - zoom)) for zoom, at in cells)
    )


def block_around(point: Point, zoom: int) -> list[Cell]:
    """The point's tile and the eight around it, as far as there are any; row by row."""
    x, y = tilekey.tile_of_key(tilekey.key_of(*point), zoom)
    last = (1 << zoom) - 1
    return [
        (zoom, tilekey.interleave(i, j))
        for j in range(max(0, y - 1), min(last, y + 1) + 1)
        for i in range(max(0, x - 1), min(last, x + 1) + 1)
    ]


def corners_of(block: list[Cell]) -> tuple[int, int]:
    """First key of the first cell and last key of the last: the corners of a rectangle."""
    return ranges_of(block[:1])[0][0], ranges_of(block[-1:])[0][1]


def reach_of_block(point: Point, zoom: int) -> float:
    """The metres within which everything lies in `block_around`.

    No farther than the nearest tile outside it; none is outside at the map's border.
    """
    x, y = tilekey.tile_of_key(tilekey.key_of(*point), zoom)
    last = (1 << zoom) - 1
    outside = {(i, j) for i in (x - 2, x, x + 2) for j in (y - 2, y, y + 2)} - {(x, y)}
    beside = [
        metres_to_cell(point, (zoom, tilekey.interleave(i, j)))
        for i, j in outside
        if 0 <= i <= last and 0 <= j <= last
    ]
    return min(beside, default=float("inf"))


def _nearest_latitude(point: Point, lon: float, south: float, north: float) -> float:
    """Where between two latitudes of a meridian a point is nearest, unless it is at one of them.

    The cosine of the distance is A·cos(φ - φ₀): one maximum, at φ₀.
    """
    away, lat = radians(lon - point[0]), radians(point[1])
    best = degrees(atan2(sin(lat), cos(lat) * cos(away)))
    return max(south, min(north, best))


def _bounds(cell: Cell) -> tuple[float, float, float, float]:
    """west, south, east, north of the middles of the cell's outermost keys."""
    zoom, at = cell
    shift = 2 * (tilekey.ZOOM - zoom)
    first, last = at << shift, ((at + 1) << shift) - 1
    west, north = tilekey.lonlat_of_key(first)
    east, south = tilekey.lonlat_of_key(last)
    return west, south, east, north
