"""The nearest leads, against measuring every one of them."""

import random
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketing_map.nearest import nearest
from marketing_map.window import Window
from outreach import tilekey
from outreach.distance import metres_between, parse_point
from outreach.models import Lead
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
