"""WGS-84, GCJ-02 and BD-09: known values, and round trips within a millimetre all over China."""

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whitelist.geocoding import datum

CHINA = (st.floats(73.5, 135.1), st.floats(3.8, 53.6))
MILLIMETRE = 0.001


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return hypot((a[0] - b[0]) * cos(radians(a[1])), a[1] - b[1]) * 111_320


# Values that other implementations of the public formulas print in their manuals.
@pytest.mark.parametrize(
    ("convert", "expected"),
    [
        (datum.wgs84_to_gcj02, (116.41024449916938, 39.91640428150164)),
        (datum.gcj02_to_bd09, (116.41036949371029, 39.92133699351021)),
    ],
)
def test_known_values(convert, expected) -> None:
    assert convert(116.404, 39.915) == pytest.approx(expected, abs=1e-11)


def test_an_unconverted_point_would_be_in_another_village() -> None:
    assert 300 < metres((118.74, 36.88), datum.wgs84_to_gcj02(118.74, 36.88)) < 700


@given(*CHINA)
def test_gcj02_round_trip(lon: float, lat: float) -> None:
    there = datum.wgs84_to_gcj02(lon, lat)
    assert metres((lon, lat), there) > 10
    assert metres((lon, lat), datum.gcj02_to_wgs84(*there)) < MILLIMETRE


@given(*CHINA)
def test_bd09_round_trip(lon: float, lat: float) -> None:
    assert metres((lon, lat), datum.bd09_to_gcj02(*datum.gcj02_to_bd09(lon, lat))) < MILLIMETRE
    assert metres((lon, lat), datum.bd09_to_wgs84(*datum.wgs84_to_bd09(lon, lat))) < MILLIMETRE


@given(*CHINA)
def test_the_other_way_round(lon: float, lat: float) -> None:
    assert metres((lon, lat), datum.wgs84_to_gcj02(*datum.gcj02_to_wgs84(lon, lat))) < MILLIMETRE
    assert metres((lon, lat), datum.wgs84_to_bd09(*datum.bd09_to_wgs84(lon, lat))) < MILLIMETRE


@pytest.mark.parametrize("point", [(2.35, 48.86), (-74.0, 40.7), (151.2, -33.9), (71.9, 40.0)])
def test_outside_china_gcj02_is_wgs84(point) -> None:
    assert datum.wgs84_to_gcj02(*point) == point
    assert datum.gcj02_to_wgs84(*point) == point


def test_nan_is_outside() -> None:
    assert datum.outside_china(float("nan"), 36.0)
    assert datum.outside_china(118.0, float("nan"))


def test_to_wgs84_by_name() -> None:
    assert datum.to_wgs84(118.0, 36.0, "wgs84") == (118.0, 36.0)
    assert datum.to_wgs84(118.0, 36.0, "gcj02") == datum.gcj02_to_wgs84(118.0, 36.0)
    assert datum.to_wgs84(118.0, 36.0, "bd09") == datum.bd09_to_wgs84(118.0, 36.0)
    with pytest.raises(KeyError):
        datum.to_wgs84(118.0, 36.0, "nad27")
