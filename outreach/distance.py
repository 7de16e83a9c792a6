"""How far it is: points, metres, and metres as people say them."""

from math import asin, cos, radians, sin, sqrt

Point = tuple[float, float]  # lon, lat in WGS-84
EARTH = 6_371_008.8  # metres, mean radius


def metres_between(a: Point, b: Point) -> float:
    """Great-circle distance of two (lon, lat) in WGS-84, by the haversine formula."""
    (lon_a, lat_a), (lon_b, lat_b) = a, b
    dlat, dlon = radians(lat_b - lat_a), radians(lon_b - lon_a)
    h = sin(dlat / 2) ** 2 + cos(radians(lat_a)) * cos(radians(lat_b)) * sin(dlon / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(h)))


def in_words(metres: float) -> str:
    """A distance as people say it: 80 m, 2.1 km, 35 km."""
    if metres < 950:
        return f"{max(10, round(metres, -1)):.0f} m"
    return f"{metres / 1000:.1f} km" if metres < 20_000 else f"{metres / 1000:.0f} km"


def parse_point(lon: str | None, lat: str | None) -> Point:
    """(lon, lat) of two texts.

    Raises:
        ValueError: not a point on earth (NaN and infinity neither).
    """
    point = float(lon or "nan"), float(lat or "nan")
    if not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
        raise ValueError(f"not a point: {lon}, {lat}")
    return point
