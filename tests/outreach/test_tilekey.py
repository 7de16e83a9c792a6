"""Keys and tiles: the arithmetic that stands in for a spatial database."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.tilekey import (
    SIZE,
    deinterleave,
    interleave,
    key_of,
    lonlat_of_key,
    merge_ranges,
    tile_of_key,
    tile_range,
)

coordinate = st.integers(0, SIZE - 1)
china = st.tuples(st.floats(73, 136), st.floats(17, 54))


@given(coordinate, coordinate)
def test_interleaving_goes_back(x: int, y: int) -> None:
    assert deinterleave(interleave(x, y)) == (x, y)


@given(china)
def test_a_key_is_within_two_metres_of_its_point(point: tuple[float, float]) -> None:
    lon, lat = lonlat_of_key(key_of(*point))
    metres_lat = 111_320.0
    metres_lon = metres_lat * math.cos(math.radians(lat))
    assert math.hypot((lon - point[0]) * metres_lon, (lat - point[1]) * metres_lat) < 2


@given(china, st.integers(0, 24))
def test_a_point_lies_in_the_range_of_its_tile_and_of_no_neighbour(point, z: int) -> None:
    key = key_of(*point)
    x, y = tile_of_key(key, z)
    first, last = tile_range(z, x, y)
    assert first <= key <= last
    if z and x + 1 < 1 << z:
        first, last = tile_range(z, x + 1, y)
        assert not first <= key <= last


def test_a_known_tile() -> None:
    """寿光 at zoom 10, by the published slippy-map formula: x = 849, y = 399."""
    assert tile_of_key(key_of(118.79, 36.86), 10) == (849, 399)


@pytest.mark.parametrize("tile", [(-1, 0, 0), (25, 0, 0), (3, 8, 0), (3, 0, -1)])
def test_no_such_tile(tile) -> None:
    with pytest.raises(ValueError):
        tile_range(*tile)


@pytest.mark.parametrize("point", [(math.nan, 0), (0, math.inf), (181, 0), (0, 91)])
def test_not_a_point_on_earth(point) -> None:
    with pytest.raises(ValueError):
        key_of(*point)


def test_ranges_that_touch_are_joined() -> None:
    assert merge_ranges([(5, 9), (0, 3), (4, 4), (20, 30), (22, 25)]) == [(0, 9), (20, 30)]
