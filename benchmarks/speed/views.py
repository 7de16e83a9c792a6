"""One view of the map as the requests a phone makes for it.

The one place that knows how the map asks: what `static/js/map/place_on_map.js`
and `tile_store.js` do, in Python. Degrees are WGS-84.
"""

import math
from dataclasses import dataclass, field
from urllib.parse import urlencode

WIDTH, HEIGHT = 390, 844  # CSS pixels of a phone
WORLD = 256  # pixels of the world at zoom 0
DEEPEST = 13  # tile zoom: `marketing_map.map_answers.tiles.MAX_ZOOM` less one, as the page has it

Tile = tuple[int, int, int]
Query = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Ask:
    """One request: path with query; `form` makes it a POST."""

    path: str
    form: Query | None = None
    headers: Query = field(default=())


@dataclass(frozen=True)
class View:
    """A phone's screen around a point."""

    lon: float
    lat: float
    zoom: int

    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        world = WORLD * 2**self.zoom
        x, y = _share(self.lon, self.lat)
        half_x, half_y = WIDTH / 2 / world, HEIGHT / 2 / world
        west, north = _lonlat(x - half_x, y - half_y)
        east, south = _lonlat(x + half_x, y + half_y)
        return west, south, east, north


def tile_zoom(view_zoom: int) -> int:
    """Two coarser than the view: a tile is 1,024 pixels wide."""
    return max(1, min(DEEPEST, view_zoom - 2))


def tiles_of(view: View) -> list[Tile]:
    """The tiles (z, x, y) that a view touches."""
    z = tile_zoom(view.zoom)
    n = 1 << z
    west, south, east, north = view.bounds()
    left, top = _share(west, north)
    right, bottom = _share(east, south)

    def cell(share: float) -> int:
        return min(n - 1, max(0, int(share * n)))

    return [
        (z, x, y)
        for x in range(cell(left), cell(right) + 1)
        for y in range(cell(top), cell(bottom) + 1)
    ]


def requests_of(view: View, query: Query = (), *, labels: bool = False) -> list[Ask]:
    """What the page asks for when it shows this view and has nothing yet.

    Args:
        labels: it lacks the names of places too, as on a first visit.
    """
    tiles = tiles_of(view)
    named = ";".join(f"{x},{y}" for _, x, y in tiles)
    parts = [("z", str(tiles[0][0])), ("t", named), *([("l", named)] if labels else [])]
    asked = urlencode([*parts, *query], safe=",;")
    return [Ask(f"/map/tiles/?{asked}")]


def _share(lon: float, lat: float) -> tuple[float, float]:
    """Where on the map of the world: 0 to 1 from its north-west corner."""
    return (lon + 180) / 360, (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2


def _lonlat(x: float, y: float) -> tuple[float, float]:
    return x * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y))))
