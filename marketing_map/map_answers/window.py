"""What a screen shows, as ranges of tile keys."""

import math
from dataclasses import dataclass

from outreach import tilekey
from outreach.distance import EARTH
from outreach.querysets import LeadQuerySet

# A window is snapped to cells of which it holds at most this many a side: fine
# enough that a list agrees with the screen, coarse enough for short queries.
CELLS_A_SIDE = 32
COARSE_CELLS_A_SIDE = 8  # … of the ranges that an index is read by, where corners are cut after


@dataclass(frozen=True)
class Window:
    """A rectangle of WGS-84 degrees that does not cross the date line."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> "Window":
        """``"west,south,east,north"``, as the map sends its bounds.

        Raises:
            ValueError: not four finite degrees in order.
        """
        west, south, east, north = (float(part) for part in text.split(","))
        if not text.isascii() or "_" in text:
            raise ValueError("not written as numbers are")
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise ValueError(f"not a window: {text}")
        return cls(west, south, east, north)

    @classmethod
    def around(cls, lon: float, lat: float, metres: float) -> "Window":
        """The smallest window that holds the circle."""
        d_lat = math.degrees(metres / EARTH)
        south, north = max(-90.0, lat - d_lat), min(90.0, lat + d_lat)
        narrowest = math.cos(math.radians(max(abs(south), abs(north))))
        d_lon = math.degrees(metres / EARTH / narrowest) if narrowest > 1e-6 else 360.0
        return cls(max(-180.0, lon - d_lon), south, min(180.0, lon + d_lon), north)

    @property
    def middle(self) -> tuple[float, float]:
        """(lon, lat)"""
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    def key_ranges(self, cells_a_side: int = CELLS_A_SIDE) -> list[tuple[int, int]]:
        """Merged key ranges of the cells that the window touches."""
        zoom, cells = self.cells(cells_a_side)
        shift = 2 * (tilekey.ZOOM - zoom)
        return tilekey.merge_ranges((at << shift, ((at + 1) << shift) - 1) for at in cells)

    def cells(self, cells_a_side: int) -> tuple[int, list[int]]:
        """The zoom of the cells that the window touches, and their keys shifted right to it."""
        zoom, (x0, y0, x1, y1) = self._cells(cells_a_side)
        return zoom, [
            tilekey.interleave(x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)
        ]

    @property
    def corners(self) -> tuple[int, int]:
        """First and last key of the rectangle that `key_ranges` covers."""
        zoom, (x0, y0, x1, y1) = self._cells(CELLS_A_SIDE)
        return tilekey.tile_range(zoom, x0, y0)[0], tilekey.tile_range(zoom, x1, y1)[1]

    def whole_cells(self, zoom: int) -> tuple[int, int] | None:
        """First and last key of the rectangle of cells of a coarser zoom that lie whole
        within `corners`; None when none does."""
        fine, (x0, y0, x1, y1) = self._cells(CELLS_A_SIDE)
        shift = fine - zoom
        west, north = -(-x0 >> shift), -(-y0 >> shift)
        east, south = ((x1 + 1) >> shift) - 1, ((y1 + 1) >> shift) - 1
        if west > east or north > south:
            return None
        return tilekey.tile_range(zoom, west, north)[0], tilekey.tile_range(zoom, east, south)[1]

    def _cells(self, cells_a_side: int) -> tuple[int, tuple[int, int, int, int]]:
        """The zoom of the cells, and the columns and rows of them that the window touches."""
        x0, y0 = tilekey.deinterleave(tilekey.key_of(self.west, self.north))
        x1, y1 = tilekey.deinterleave(tilekey.key_of(self.east, self.south))
        span = max(x1 - x0, y1 - y0, 1)
        shift = max(0, math.ceil(math.log2(span / cells_a_side)))
        return tilekey.ZOOM - shift, (x0 >> shift, y0 >> shift, x1 >> shift, y1 >> shift)


def in_window(leads: LeadQuerySet, window: Window) -> LeadQuerySet:
    """Those that lie in the cells that the window touches, as `key_ranges` has them."""
    near = leads.in_key_ranges(window.key_ranges(COARSE_CELLS_A_SIDE))
    return near.in_rectangle(*window.corners)
