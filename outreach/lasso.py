"""Who stands inside a drawn line.

The line is drawn on a Web-Mercator screen, so its edges are straight there and
not on the globe: vertices (WGS-84 lon/lat) are taken to the plane of
`outreach.tilekey` at zoom 24 first, and every question is asked in that plane.

Inside is what an odd number of lines enclose (the even-odd rule), so a line may
cross itself and rings may be holes; nothing is repaired. Repairing a scribble
(`shapely.make_valid`) takes minutes from some hundred corners on, this rule
milliseconds, since it never looks for crossings.

An area is covered by tiles. A tile that no line touches is wholly inside or
wholly outside; those on the border are asked point by point.
"""

import heapq
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.utils.translation import gettext as _

from outreach import tilekey

Range = tuple[int, int]
MAX_BYTES = 256 * 1024
MAX_VERTICES = 5_000
MAX_CELLS = 160  # of a cover: more ranges cost more in the database than the points they save


class BadPolygon(ValueError):
    """What was sent is not an area; the message is for the person who drew it."""


@dataclass(frozen=True)
class Area:
    """What lies inside some closed lines of the plane of zoom 24.

    `edges` has a row (x1, y1, x2, y2) for each straight piece, those that close
    the rings included; `lines` are the same for shapely, prepared.
    """

    edges: np.ndarray
    lines: Any

    @classmethod
    def within(cls, rings: Sequence[Sequence[tuple[float, float]]]) -> "Area":
        """The area of closed rings; their last point need not repeat the first."""
        points = [np.asarray(ring, dtype=np.float64) for ring in rings]
        edges = np.vstack([np.hstack([ring, np.roll(ring, -1, axis=0)]) for ring in points])
        lines = shapely.multilinestrings(
            [shapely.linestrings(np.vstack([r, r[:1]])) for r in points]
        )
        shapely.prepare(lines)
        return cls(edges, lines)

    def contains(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """For each point, whether a ray to its left meets an odd number of edges.

        The points are sorted by y once; an edge then concerns one slice of them.
        """
        if len(x) == 1:  # all edges at once: a loop over them is for many points
            x1, y1, x2, y2 = self.edges.T
            met = np.flatnonzero((np.minimum(y1, y2) <= y) & (y < np.maximum(y1, y2)))
            x1, y1, x2, y2 = self.edges[met].T
            left = x1 + (y - y1) * ((x2 - x1) / (y2 - y1)) < x
            return np.array([np.count_nonzero(left) % 2 == 1])
        order = np.argsort(y)
        xs, ys = x[order], y[order]
        x1, y1, x2, y2 = self.edges.T
        first = np.searchsorted(ys, np.minimum(y1, y2))
        last = np.searchsorted(ys, np.maximum(y1, y2))
        inside = np.zeros(len(x), dtype=bool)
        for at in np.flatnonzero(first < last):
            here = slice(first[at], last[at])
            slope = (x2[at] - x1[at]) / (y2[at] - y1[at])
            inside[here] ^= x1[at] + (ys[here] - y1[at]) * slope < xs[here]
        result = np.empty(len(x), dtype=bool)
        result[order] = inside
        return result


@dataclass(frozen=True)
class Cover:
    """Tiles that cover a polygon, as sorted inclusive key ranges, none overlapping."""

    inside: list[Range]
    border: list[Range]

    @property
    def ranges(self) -> list[Range]:
        """All of them, with neighbours joined."""
        return tilekey.merge_ranges([*self.inside, *self.border])


def parse_polygon(text: str) -> Area:
    """A GeoJSON Polygon (or a Feature of one) as an area in the plane of zoom 24.

    Raises:
        BadPolygon: too long, not a polygon, off the earth, or without area.
    """
    if len(text.encode()) > MAX_BYTES:
        raise BadPolygon(_("圈线太复杂，请画得简单一些。"))
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadPolygon(_("没有收到圈线，请重新画一次。")) from error
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = found.get("geometry")
    rings = found.get("coordinates") if isinstance(found, dict) else None
    if not isinstance(found, dict) or found.get("type") != "Polygon" or not isinstance(rings, list):
        raise BadPolygon(_("没有收到圈线，请重新画一次。"))
    if not rings or not all(isinstance(ring, list) for ring in rings):
        raise BadPolygon(_("没有收到圈线，请重新画一次。"))
    if sum(len(ring) for ring in rings) > MAX_VERTICES:
        raise BadPolygon(_("圈线太复杂，请画得简单一些。"))
    return _area([[plane_point(*_lonlat(vertex)) for vertex in ring] for ring in rings])


def plane_point(lon: float, lat: float) -> tuple[float, float]:
    """A WGS-84 point in units of tiles at zoom 24, x to the east, y to the south."""
    x = (lon + 180) / 360
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return x * tilekey.SIZE, y * tilekey.SIZE


def cover(area: Area, max_cells: int = MAX_CELLS) -> Cover:
    """At most `max_cells` tiles that cover the area; the largest border tile is split first."""
    inside: list[Range] = []
    smallest: list[Range] = []
    queue: list[tuple[int, int, int]] = []  # (zoom, x, y): the heap gives the largest tile

    def sort_in(zoom: int, x: int, y: int) -> None:
        side = 1 << (tilekey.ZOOM - zoom)
        box = shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side)
        if not area.lines.intersects(box):
            middle = np.array([x + 0.5]) * side, np.array([y + 0.5]) * side
            if area.contains(*middle)[0]:
                inside.append(tilekey.tile_range(zoom, x, y))
        elif zoom == tilekey.ZOOM:
            smallest.append(tilekey.tile_range(zoom, x, y))
        else:
            heapq.heappush(queue, (zoom, x, y))

    sort_in(*_tile_around(area.lines.bounds))
    while queue and len(inside) + len(smallest) + len(queue) + 3 <= max_cells:
        zoom, x, y = heapq.heappop(queue)
        for down in (0, 1):
            for right in (0, 1):
                sort_in(zoom + 1, 2 * x + right, 2 * y + down)
    border = [tilekey.tile_range(*tile) for tile in queue] + smallest
    return Cover(inside=tilekey.merge_ranges(inside), border=sorted(border))


def keys_inside(area: Area, covering: Cover, keys: Sequence[int]) -> np.ndarray:
    """For each key, whether its point (the middle of its tile) lies in the area.

    Only keys in border tiles are asked; the rest are known from the cover.
    """
    found = np.asarray(keys, dtype=np.int64)
    result = _in_ranges(found, covering.inside)
    doubtful = np.flatnonzero(_in_ranges(found, covering.border) & ~result)
    if len(doubtful):
        x, y = _gathered(found[doubtful]), _gathered(found[doubtful] >> 1)
        result[doubtful] = area.contains(x + 0.5, y + 0.5)
    return result


def _no_constant(name: str) -> float:
    raise ValueError(name)  # NaN and Infinity are no JSON, whatever Python thinks


def _lonlat(vertex: Any) -> tuple[float, float]:
    """Two finite numbers on the part of the earth that the projection shows."""
    if not isinstance(vertex, list) or len(vertex) < 2:
        raise BadPolygon(_("没有收到圈线，请重新画一次。"))
    lon, lat = vertex[:2]
    for number in (lon, lat):
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise BadPolygon(_("没有收到圈线，请重新画一次。"))
    # Compared before any arithmetic: a huge int would overflow a float.
    if not (-180 <= lon <= 180 and -tilekey.MAX_LAT <= lat <= tilekey.MAX_LAT):
        raise BadPolygon(_("圈线超出了地图范围。"))
    return float(lon), float(lat)


def _area(rings: list[list[tuple[float, float]]]) -> Area:
    if any(len(ring) < 3 for ring in rings):
        raise BadPolygon(_("至少要三个点才能圈出范围。"))
    corners = [corner for ring in rings for corner in ring]
    if shapely.MultiPoint(corners).convex_hull.area <= 0:
        raise BadPolygon(_("圈出的范围没有面积，请重新画一次。"))
    return Area.within(rings)


def _tile_around(bounds: tuple[float, float, float, float]) -> tuple[int, int, int]:
    """The smallest tile that holds a box of the plane."""
    last = tilekey.SIZE - 1
    left, top, right, bottom = (min(last, max(0, int(edge))) for edge in bounds)
    zoom = tilekey.ZOOM
    while (left, top) != (right, bottom):
        zoom, left, top, right, bottom = zoom - 1, left >> 1, top >> 1, right >> 1, bottom >> 1
    return zoom, left, top


def _in_ranges(keys: np.ndarray, ranges: Iterable[Range]) -> np.ndarray:
    """Which keys lie in one of the sorted, disjoint, inclusive ranges."""
    table = np.asarray(list(ranges), dtype=np.int64).reshape(-1, 2)
    if not len(table):
        return np.zeros(len(keys), dtype=bool)
    at = np.searchsorted(table[:, 0], keys, side="right") - 1
    return (at >= 0) & (keys <= table[np.maximum(at, 0), 1])


def _gathered(keys: np.ndarray) -> np.ndarray:
    """`tilekey._gather` over an array: every second bit, closed up."""
    v = keys & 0x5555555555555555
    for shift, mask in (
        (1, 0x3333333333333333),
        (2, 0x0F0F0F0F0F0F0F0F),
        (4, 0x00FF00FF00FF00FF),
        (8, 0x0000FFFF0000FFFF),
        (16, 0x00000000FFFFFFFF),
    ):
        v = (v | v >> shift) & mask
    return v
