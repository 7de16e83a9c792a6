"""The three datums of Chinese maps, and the way between them.

WGS-84 is what phones and this application's tables hold. GCJ-02 (Amap, Tencent)
is WGS-84 bent by a published sum of sines over the Krasovsky 1940 ellipsoid,
inside a rectangle around China only. BD-09 (Baidu) bends GCJ-02 once more.

Every function takes and returns (lon, lat) in degrees. The inverses are
fixed-point iterations of the forward formulas: the bend changes by less than
one per cent per step, so that six steps reach the limit of a double (a round
trip comes back within 1e-6 m). Points outside the rectangle come back
untouched by GCJ-02; BD-09 applies everywhere.
"""

from collections.abc import Callable
from math import atan2, cos, hypot, pi, radians, sin, sqrt

Point = tuple[float, float]

AXIS = 6378245.0  # Krasovsky 1940, metres
ECCENTRICITY_SQUARED = 0.00669342162296594323
STEPS = 6
BAIDU_SHIFT = (0.0065, 0.006)
BAIDU_TURNS = pi * 3000.0 / 180.0


def outside_china(lon: float, lat: float) -> bool:
    """Beyond the rectangle inside which GCJ-02 differs from WGS-84."""
    return not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271)


def wgs84_to_gcj02(lon: float, lat: float) -> Point:
    """WGS-84 → GCJ-02."""
    if outside_china(lon, lat):
        return lon, lat
    dlon, dlat = _bend(lon, lat)
    return lon + dlon, lat + dlat


def gcj02_to_wgs84(lon: float, lat: float) -> Point:
    """GCJ-02 → WGS-84."""
    if outside_china(lon, lat):
        return lon, lat
    return _undo(_bent, lon, lat)


def gcj02_to_bd09(lon: float, lat: float) -> Point:
    """GCJ-02 → BD-09."""
    z = hypot(lon, lat) + 0.00002 * sin(lat * BAIDU_TURNS)
    theta = atan2(lat, lon) + 0.000003 * cos(lon * BAIDU_TURNS)
    return z * cos(theta) + BAIDU_SHIFT[0], z * sin(theta) + BAIDU_SHIFT[1]


def bd09_to_gcj02(lon: float, lat: float) -> Point:
    """BD-09 → GCJ-02."""
    return _undo(gcj02_to_bd09, lon, lat)


def wgs84_to_bd09(lon: float, lat: float) -> Point:
    """WGS-84 → BD-09."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: float, lat: float) -> Point:
    """BD-09 → WGS-84."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def to_wgs84(lon: float, lat: float, datum: str) -> Point:
    """From the datum named as in `whitelist.models.Datum`.

    Raises:
        KeyError: no such datum.
    """
    return _FROM[datum](lon, lat)


def _bent(lon: float, lat: float) -> Point:
    dlon, dlat = _bend(lon, lat)
    return lon + dlon, lat + dlat


def _bend(lon: float, lat: float) -> Point:
    """Degrees by which GCJ-02 differs from WGS-84 at a WGS-84 point."""
    x, y = lon - 105.0, lat - 35.0
    root = sqrt(abs(x))
    ripple = 20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (ripple + 20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (ripple + 20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    phi = radians(lat)
    w = 1.0 - ECCENTRICITY_SQUARED * sin(phi) ** 2
    metres_north = radians(AXIS * (1.0 - ECCENTRICITY_SQUARED) / (w * sqrt(w)))
    metres_east = radians(AXIS / sqrt(w) * cos(phi))
    return east / metres_east, north / metres_north


def _undo(forward: Callable[[float, float], Point], lon: float, lat: float) -> Point:
    """The point that `forward` takes to (lon, lat)."""
    x, y = lon, lat
    for _ in range(STEPS):
        fx, fy = forward(x, y)
        x, y = x + lon - fx, y + lat - fy
    return x, y


_FROM: dict[str, Callable[[float, float], Point]] = {
    "wgs84": lambda lon, lat: (lon, lat),
    "gcj02": gcj02_to_wgs84,
    "bd09": bd09_to_wgs84,
}
