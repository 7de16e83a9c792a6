"""What a screen shows, as ranges of tile keys."""

import math
from dataclasses import dataclass

from outreach import tilekey
from outreach.distance import EARTH

# A window is snapped to cells of which it holds at most this many a side: fine
# enough that a list agrees with the screen, coarse enough for short queries.
CELLS_A_SIDE = 32


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
        x0, y0 = tilekey.deinterleave(tilekey.key_of(self.west, self.north))
        x1, y1 = tilekey.deinterleave(tilekey.key_of(self.east, self.south))
        span = max(x1 - x0, y1 - y0, 1)
        shift = max(0, math.ceil(math.log2(span / cells_a_side)))
        z = tilekey.ZOOM - shift
        return tilekey.merge_ranges(
            tilekey.tile_range(z, x, y)
            for x in range(x0 >> shift, (x1 >> shift) + 1)
            for y in range(y0 >> shift, (y1 >> shift) + 1)
        )
