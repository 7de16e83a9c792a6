"""One integer instead of a spatial database.

A position is the Web-Mercator tile it falls in at zoom 24 (about 2.4 m at the
equator), with the bits of x and y interleaved: x in the even bits, y in the
odd. So each tile of any zoom is one contiguous range of keys, and the key of a
tile's parent is the key shifted right by two bits. Longitudes and latitudes
are WGS-84 degrees; the projection is EPSG:3857.
"""

import math
from collections.abc import Iterable

ZOOM = 24
SIZE = 1 << ZOOM
MAX_LAT = 85.0511287798066
X_BITS = 0x5555_5555_5555  # of a key: the even ones
Y_BITS = 0xAAAA_AAAA_AAAA


def key_of(lon: float, lat: float) -> int:
    """The key of a point. Latitudes beyond the projection are clamped.

    Raises:
        ValueError: not a finite longitude in [-180, 180] and latitude in [-90, 90].
    """
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(f"not a point on earth: {lon}, {lat}")
    lat = max(-MAX_LAT, min(MAX_LAT, lat))
    x = (lon + 180) / 360
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return interleave(min(SIZE - 1, int(x * SIZE)), min(SIZE - 1, max(0, int(y * SIZE))))


def lonlat_of_key(key: int) -> tuple[float, float]:
    """Longitude and latitude of the middle of the key's tile."""
    x, y = deinterleave(key)
    lon = (x + 0.5) / SIZE * 360 - 180
    lat = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (y + 0.5) / SIZE))))
    return lon, lat


def interleave(x: int, y: int) -> int:
    """Bits of x in the even places, bits of y in the odd ones."""
    return _spread(x) | _spread(y) << 1


def deinterleave(key: int) -> tuple[int, int]:
    """The x and y that `interleave` joined."""
    return _gather(key), _gather(key >> 1)


def tile_range(z: int, x: int, y: int) -> tuple[int, int]:
    """First and last key, both inclusive, of a tile.

    Raises:
        ValueError: no such tile.
    """
    if not 0 <= z <= ZOOM or not (0 <= x < 1 << z and 0 <= y < 1 << z):
        raise ValueError(f"no such tile: {z}/{x}/{y}")
    shift = 2 * (ZOOM - z)
    first = interleave(x, y) << shift
    return first, first + (1 << shift) - 1


def tile_of_key(key: int, z: int) -> tuple[int, int]:
    """x and y of the tile at zoom `z` that the key falls in."""
    return deinterleave(key >> 2 * (ZOOM - z))


def merge_ranges(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Inclusive ranges, sorted, with those that touch joined."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _spread(v: int) -> int:
    v = (v | v << 16) & 0x0000FFFF0000FFFF
    v = (v | v << 8) & 0x00FF00FF00FF00FF
    v = (v | v << 4) & 0x0F0F0F0F0F0F0F0F
    v = (v | v << 2) & 0x3333333333333333
    return (v | v << 1) & 0x5555555555555555


def _gather(v: int) -> int:
    v &= 0x5555555555555555
    v = (v | v >> 1) & 0x3333333333333333
    v = (v | v >> 2) & 0x0F0F0F0F0F0F0F0F
    v = (v | v >> 4) & 0x00FF00FF00FF00FF
    v = (v | v >> 8) & 0x0000FFFF0000FFFF
    return (v | v >> 16) & 0x00000000FFFFFFFF
