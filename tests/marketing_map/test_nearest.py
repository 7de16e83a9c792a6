"""The nearest leads, against measuring every one of them."""

import random
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketing_map.map_answers import nearest as nearest_module
from marketing_map.map_answers.nearest import counts_from, nearest
from marketing_map.map_answers.reach import block_around, metres_to_cell, ranges_of, reach_of_block
from marketing_map.map_answers.window import Window
from outreach import tilekey
from outreach.distance import metres_between, parse_point
from outreach.models import Lead
from outreach.pyramid.folding import rebuild_pyramid
from outreach.pyramid.question import question_of
from tests.cast import SHOUGUANG, Cast, make_lead
from whitelist.models import Precision


def brute_force(leads: Any, lon: float, lat: float, limit: int) -> list[int]:
    rows = leads.located().values_list("pk", "tile_key")
    measured = sorted(
        (metres_between((lon, lat), tilekey.lonlat_of_key(key)), pk) for pk, key in rows
    )
    return [pk for _, pk in measured[:limit]]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 10_000),
    spread=st.sampled_from([0.001, 0.1, 5.0]),
    lon=st.floats(75, 135),
    lat=st.floats(18, 53),
    near=st.booleans(),
)
def test_nearest_equals_brute_force(
    cast: Cast, seed: int, spread: float, lon: float, lat: float, near: bool
) -> None:
    chance = random.Random(seed)
    Lead.objects.unscoped("each example begins with an empty map").delete()
    for _ in range(20):
        point = (SHOUGUANG[0] + chance.gauss(0, spread), SHOUGUANG[1] + chance.gauss(0, spread))
        make_lead(cast, holder=cast.wang, point=point, precision=Precision.HOUSE)
    if near:
        lon, lat = SHOUGUANG[0] + spread / 3, SHOUGUANG[1] - spread / 3
    leads = Lead.objects.visible_to(cast.wang)
    for limit in (1, 5, 50):
        assert [pk for pk, _ in nearest(leads, lon, lat, limit)] == brute_force(
            leads, lon, lat, limit
        )


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 10_000),
    spread=st.sampled_from([0.01, 0.5, 8.0]),
    keeps=st.sampled_from([0.05, 0.3, 1.0]),
    away=st.sampled_from([0.0, 0.1, 3.0, 40.0]),
    who=st.sampled_from(["zhao", "wang"]),
    many=st.sampled_from([3, 2_000]),
)
def test_a_filter_that_keeps_few_or_lies_far_away(
    cast: Cast, seed: int, spread: float, keeps: float, away: float, who: str, many: int
) -> None:
    chance = random.Random(seed)
    Lead.objects.unscoped("each example begins with an empty map").delete()
    for _ in range(25):
        make_lead(
            cast,
            holder=chance.choice([cast.wang, cast.li, None]),
            point=(SHOUGUANG[0] + chance.gauss(0, spread), SHOUGUANG[1] + chance.gauss(0, spread)),
            segment="种植户" if chance.random() < keeps else "养殖户",
        )
    rebuild_pyramid()
    cast.zhao.branch = cast.province  # as far up as cells are counted for
    user = getattr(cast, who)
    leads = Lead.objects.visible_to(user).workable().filter(segment="种植户")
    question = question_of(user, {"segment": ["种植户"]})
    assert (question is not None) == user.is_supervisor
    point = SHOUGUANG[0] - away, SHOUGUANG[1] - away / 3
    around = Window(*(c - spread for c in SHOUGUANG), *(c + spread for c in SHOUGUANG))
    inside = leads.in_key_ranges(around.key_ranges())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest_module, "MANY", many)
        for limit in (1, 5, 50):
            expected = brute_force(leads, *point, limit)
            for way in ({}, {"few": True}, {"counts": question and counts_from(question)}):
                assert [pk for pk, _ in nearest(leads, *point, limit, **way)] == expected
            found = nearest(leads, *point, limit, within=around)
            assert [pk for pk, _ in found] == brute_force(inside, *point, limit)


@settings(deadline=None)
@given(
    lon=st.floats(-170, 170),
    lat=st.floats(-80, 80),
    zoom=st.integers(0, 16),
    other=st.tuples(st.floats(-179, 179), st.floats(-84, 84)),
)
def test_nothing_in_a_cell_is_nearer_than_the_cell(
    lon: float, lat: float, zoom: int, other: tuple[float, float]
) -> None:
    key = tilekey.key_of(*other)
    metres = metres_between((lon, lat), tilekey.lonlat_of_key(key))
    cell = (zoom, key >> 2 * (tilekey.ZOOM - zoom))
    assert metres_to_cell((lon, lat), cell) <= metres + 1e-6
    if not any(a <= key <= b for a, b in ranges_of(block_around((lon, lat), zoom))):
        assert metres >= reach_of_block((lon, lat), zoom) - 1e-6


def test_only_the_callers_scope(cast: Cast, as_: Any) -> None:
    mine = make_lead(cast, holder=cast.wang, name="王大山")
    make_lead(cast, holder=cast.li, name="李小河")
    lon, lat = SHOUGUANG
    response = as_(cast.wang).get(reverse("map_nearby"), {"lon": lon, "lat": lat})
    assert [row.lead.pk for row in response.context["rows"]] == [mine.pk]
    assert "王大山" in response.content.decode()
    assert "李" not in response.content.decode()


def test_unlocated_are_not_near(cast: Cast) -> None:
    make_lead(cast, holder=cast.wang, point=None)
    assert nearest(Lead.objects.visible_to(cast.wang), *SHOUGUANG, 20) == []


@pytest.mark.parametrize(
    "query", ["", "?lon=118", "?lon=x&lat=1", "?lon=nan&lat=1", "?lon=1&lat=91"]
)
def test_no_point_no_answer(cast: Cast, as_: Any, query: str) -> None:
    assert as_(cast.wang).get(reverse("map_nearby") + query).status_code == 400


def test_only_by_get_and_only_in_the_field(cast: Cast, as_: Any) -> None:
    url = reverse("map_nearby")
    assert as_(cast.wang).post(url).status_code == 405
    assert as_(cast.qian).get(url + "?lon=118&lat=36").status_code == 403


@settings(deadline=None)
@given(lon=st.floats(-170, 170), lat=st.floats(-80, 80), metres=st.floats(1, 50_000))
def test_a_window_holds_its_circle(lon: float, lat: float, metres: float) -> None:
    window = Window.around(lon, lat, metres)
    assert metres_between((lon, lat), (lon, window.north)) >= metres * 0.999
    assert metres_between((lon, lat), (window.east, lat)) >= metres * 0.999
    middle = tilekey.key_of(lon, lat)
    assert any(first <= middle <= last for first, last in window.key_ranges())


@pytest.mark.parametrize("text", ["", "1,2,3", "3,2,1,4", "0,0,nan,1", "-181,0,1,1", "a,b,c,d"])
def test_no_window(text: str) -> None:
    with pytest.raises(ValueError):
        Window.parse(text)


def test_a_point_is_finite() -> None:
    assert parse_point("118.5", "36.5") == (118.5, 36.5)
    with pytest.raises(ValueError):
        parse_point("inf", "36")
