"""The lasso against brute force, and against what must not pass as a polygon."""

import itertools
import json
import math
import random
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from outreach import lasso, tilekey

lons = st.floats(118.0, 119.5)
lats = st.floats(36.0, 37.5)
points = st.tuples(lons, lats)


def polygon(*vertices: tuple[float, float]) -> str:
    return json.dumps({"type": "Polygon", "coordinates": [[list(v) for v in vertices]]})


def winding_inside(x: float, y: float, ring: list[tuple[float, float]]) -> bool:
    """Even-odd rule by hand: shares no code with shapely."""
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


@given(
    ring=st.lists(points, min_size=3, max_size=12, unique=True), asked=st.lists(points, max_size=80)
)
def test_same_as_brute_force(ring: list[Any], asked: list[Any]) -> None:
    try:
        area = lasso.parse_polygon(polygon(*ring))
    except lasso.BadPolygon:
        return  # three points on one line
    keys = [tilekey.key_of(*point) for point in asked]
    found = lasso.keys_inside(area, lasso.cover(area), keys)
    plane = [lasso.plane_point(*v) for v in ring]
    for key, is_inside in zip(keys, found, strict=True):
        x, y = (part + 0.5 for part in tilekey.deinterleave(key))
        near = shapely.LineString([*plane, plane[0]]).distance(shapely.Point(x, y)) < 1e-3
        assert near or is_inside == winding_inside(x, y, plane)


@given(
    ring=st.lists(points, min_size=3, max_size=8, unique=True), asked=st.lists(points, max_size=60)
)
def test_no_point_inside_falls_out_of_the_cover(ring: list[Any], asked: list[Any]) -> None:
    try:
        area = lasso.parse_polygon(polygon(*ring))
    except lasso.BadPolygon:
        return
    covering = lasso.cover(area)
    ranges = covering.ranges
    assert len(covering.inside) + len(covering.border) <= lasso.MAX_CELLS
    for point in asked:
        key = tilekey.key_of(*point)
        x, y = (part + 0.5 for part in tilekey.deinterleave(key))
        if area.contains(np.array([x]), np.array([y]))[0]:
            assert any(first <= key <= last for first, last in ranges)


@given(
    rings=st.lists(st.lists(points, min_size=3, max_size=9, unique=True), min_size=1, max_size=3),
    asked=st.lists(points, min_size=1, max_size=60),
)
def test_same_as_shapely_for_rings_that_cross_themselves_and_each_other(
    rings: list[Any], asked: list[Any]
) -> None:
    """Shapely by another way: the areas of each ring, combined where an odd number lie."""
    text = json.dumps({"type": "Polygon", "coordinates": [[list(v) for v in r] for r in rings]})
    try:
        area = lasso.parse_polygon(text)
    except lasso.BadPolygon:
        return
    odd = shapely.Polygon()
    for ring in rings:
        lines = shapely.linestrings([lasso.plane_point(*v) for v in [*ring, ring[0]]])
        faces = shapely.get_parts(shapely.polygonize([shapely.node(lines)]))
        plane = [lasso.plane_point(*v) for v in ring]
        middles = [face.representative_point() for face in faces]
        mine = [
            f for f, at in zip(faces, middles, strict=True) if winding_inside(at.x, at.y, plane)
        ]
        odd = shapely.symmetric_difference(odd, shapely.union_all(mine))
    keys = [tilekey.key_of(*point) for point in asked]
    found = lasso.keys_inside(area, lasso.cover(area), keys)
    for key, is_inside in zip(keys, found, strict=True):
        point = shapely.Point(*(part + 0.5 for part in tilekey.deinterleave(key)))
        assert area.lines.distance(point) < 1e-3 or is_inside == odd.contains(point)


@pytest.mark.parametrize("corners", [500, lasso.MAX_VERTICES])
def test_a_wild_scribble_is_an_area_like_any_other(corners: int) -> None:
    """Repairing the crossings of 500 random corners took a minute, of 5,000 hours."""
    rng = random.Random(1)
    ring = [(118 + rng.random(), 36 + rng.random()) for _ in range(corners)]
    area = lasso.parse_polygon(polygon(*((round(lon, 6), round(lat, 6)) for lon, lat in ring)))
    keys = [tilekey.key_of(118 + rng.random(), 36 + rng.random()) for _ in range(200)]
    plane = [lasso.plane_point(round(lon, 6), round(lat, 6)) for lon, lat in ring]
    middles = [(x + 0.5, y + 0.5) for x, y in map(tilekey.deinterleave, keys)]
    by_hand = [winding_inside(x, y, plane) for x, y in middles]
    assert lasso.keys_inside(area, lasso.cover(area), keys).tolist() == by_hand
    assert any(by_hand) and not all(by_hand)


def test_the_ranges_of_a_cover_do_not_overlap() -> None:
    area = lasso.parse_polygon(polygon((118, 36), (119, 36.2), (118.6, 37)))
    covering = lasso.cover(area)
    ranges = sorted([*covering.inside, *covering.border])
    assert covering.inside and covering.border
    assert all(a[1] < b[0] for a, b in itertools.pairwise(ranges))


def test_a_line_that_crosses_itself_encloses_both_its_loops() -> None:
    bow = lasso.parse_polygon(polygon((118, 36), (119, 37), (119, 36), (118, 37)))
    covering = lasso.cover(bow)
    left, right, above = (tilekey.key_of(*p) for p in ((118.1, 36.5), (118.9, 36.5), (118.5, 36.9)))
    assert list(lasso.keys_inside(bow, covering, [left, right, above])) == [True, True, False]


def test_a_hole_is_outside() -> None:
    ring = [[118, 36], [119, 36], [119, 37], [118, 37]]
    hole = [[118.4, 36.4], [118.6, 36.4], [118.6, 36.6], [118.4, 36.6]]
    area = lasso.parse_polygon(json.dumps({"type": "Polygon", "coordinates": [ring, hole]}))
    keys = [tilekey.key_of(118.5, 36.5), tilekey.key_of(118.1, 36.1)]
    assert list(lasso.keys_inside(area, lasso.cover(area), keys)) == [False, True]


def test_a_tiny_polygon_inside_one_tile_of_zoom_24_has_a_cover() -> None:
    size = 360 / tilekey.SIZE / 10
    area = lasso.parse_polygon(
        polygon((118, 36), (118 + size, 36), (118 + size, 36 + size), (118, 36 + size))
    )
    assert lasso.cover(area).ranges


def test_the_edge_is_straight_on_the_screen_not_on_the_globe() -> None:
    """Half-way along a long slanting edge the screen's latitude is not the mean one."""
    area = lasso.parse_polygon(polygon((100, 0), (120, 60), (100, 60)))
    screen = math.degrees(math.atan(math.sinh(math.asinh(math.tan(math.radians(60))) / 2)))
    assert screen > 34  # the mean would be 30
    below = tilekey.key_of(110, screen - 1)  # above the globe's line, below the screen's
    assert not lasso.keys_inside(area, lasso.cover(area), [below])[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "7",
        "{",
        '"Polygon"',
        '{"type": "Polygon"}',
        '{"type": "Polygon", "coordinates": []}',
        '{"type": "Polygon", "coordinates": [[]]}',
        '{"type": "Polygon", "coordinates": [7]}',
        '{"type": "Polygon", "coordinates": [["ab", "cd", "ef"]]}',
        '{"type": "Point", "coordinates": [118, 36]}',
        '{"type": "Feature", "geometry": null}',
        '{"type": "Polygon", "coordinates": [[[118, 36], [119, 36]]]}',
        '{"type": "Polygon", "coordinates": [[[118, 36], [119, 36], [120, 36]]]}',
        '{"type": "Polygon", "coordinates": [[[118, 36], [119, 36], [119, NaN]]]}',
        '{"type": "Polygon", "coordinates": [[[118, 36], [119, 36], [119, Infinity]]]}',
        '{"type": "Polygon", "coordinates": [[[118, 36], [119, 36], [119, 1e999]]]}',
        '{"type": "Polygon", "coordinates": [[[118, 36], [119, 36], [119, 95]]]}',
        '{"type": "Polygon", "coordinates": [[[118, 36], [119, 36], [999, 37]]]}',
        '{"type": "Polygon", "coordinates": [[[118, 36], [119, 36], [true, false]]]}',
        '{"type": "Polygon", "coordinates": [[[118, 36], [119, 36], ["119", "37"]]]}',
        '{"type": "Polygon", "coordinates": [[[118, 36], [119, 36], [1' + "0" * 400 + ", 37]]]}",
        "[" * 30_000,
        " " * (lasso.MAX_BYTES + 1),
        polygon(*[(118 + i / 1e5, 36 + (i % 2)) for i in range(lasso.MAX_VERTICES + 1)]),
    ],
)
def test_what_is_no_polygon_is_refused_in_words(text: str) -> None:
    with pytest.raises(lasso.BadPolygon) as refused:
        lasso.parse_polygon(text)
    assert str(refused.value)


@given(
    ring=st.lists(points, min_size=3, max_size=40, unique=True), asked=st.lists(points, min_size=1)
)
def test_one_point_is_told_as_many_are(ring: list[Any], asked: list[Any]) -> None:
    try:
        area = lasso.parse_polygon(polygon(*ring))
    except lasso.BadPolygon:
        return
    x, y = np.array([lasso.plane_point(*point) for point in [*asked, *ring]]).T
    together = area.contains(x, y)
    alone = [area.contains(x[at : at + 1], y[at : at + 1])[0] for at in range(len(x))]
    assert list(together) == alone
