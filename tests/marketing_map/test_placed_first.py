"""Who is known to the township only is no neighbour: after the known, and never "480 m" away."""

import random
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketing_map.map_answers import nearest as nearest_module
from marketing_map.map_answers import placed_first as placed_first_module
from marketing_map.map_answers.nearest import counts_from
from marketing_map.map_answers.placed_first import placed_first, sorted_placed_first
from marketing_map.map_answers.window import Window, in_window
from marketing_map.map_views import lead_rows
from outreach import tilekey
from outreach.distance import metres_between
from outreach.fieldwork.worklist import Task, _metres
from outreach.models import Lead
from outreach.pyramid.folding import rebuild_pyramid
from outreach.pyramid.question import question_of
from tests.cast import SHOUGUANG, Cast, make_lead
from whitelist.models import Location, Precision

TOWNSHIP = Precision.TOWNSHIP


def brute_force(leads: Any, lon: float, lat: float, limit: int) -> list[int]:
    placed, others = [], []
    for lead in leads.located():
        metres = metres_between((lon, lat), tilekey.lonlat_of_key(lead.tile_key))
        is_known = lead.precision >= Precision.VILLAGE and metres <= placed_first_module.REACH
        (placed if is_known else others).append((metres, lead.pk))
    return [pk for _, pk in [*sorted(placed), *sorted(others)]][:limit]


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 10_000),
    spread=st.sampled_from([0.01, 0.1, 2.0]),
    away=st.sampled_from([0.0, 0.05, 3.0]),
    coarse=st.sampled_from([0.1, 0.6, 1.0]),
    who=st.sampled_from(["zhao", "wang"]),
    many=st.sampled_from([3, 2_000]),
)
def test_every_way_gives_the_same_order(
    cast: Cast, seed: int, spread: float, away: float, coarse: float, who: str, many: int
) -> None:
    chance = random.Random(seed)
    Lead.objects.unscoped("each example begins with an empty map").delete()
    town = (SHOUGUANG[0] + chance.gauss(0, spread), SHOUGUANG[1] + chance.gauss(0, spread))
    for _ in range(25):
        point = (SHOUGUANG[0] + chance.gauss(0, spread), SHOUGUANG[1] + chance.gauss(0, spread))
        is_coarse = chance.random() < coarse
        make_lead(
            cast,
            holder=chance.choice([cast.wang, None]),
            point=town if is_coarse else point,
            precision=TOWNSHIP if is_coarse else Precision.VILLAGE,
        )
    rebuild_pyramid()
    cast.zhao.branch = cast.province  # as far up as cells are counted for
    user = getattr(cast, who)
    leads = Lead.objects.visible_to(user).workable()
    question = question_of(user, {})
    point = SHOUGUANG[0] - away, SHOUGUANG[1] - away / 3
    around = Window(*(c - spread for c in SHOUGUANG), *(c + spread for c in SHOUGUANG))
    inside = in_window(leads, around)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest_module, "MANY", many)
        for limit in (1, 5, 50):
            expected = brute_force(leads, *point, limit)
            for way in ({}, {"few": True}, {"counts": question and counts_from(question)}):
                assert [pk for pk, _ in placed_first(leads, *point, limit, **way)] == expected
            found = placed_first(leads, *point, limit, within=around)
            assert [pk for pk, _ in found] == brute_force(inside, *point, limit)
            rows = inside.values_list("pk", "tile_key", "precision")
            assert [pk for pk, _ in sorted_placed_first(rows, point)][:limit] == [
                pk for pk, _ in found
            ]


@pytest.fixture
def around_the_market(cast: Cast) -> dict[str, int]:
    """One at the township's point where one stands, one in a village 2.7 km off, one far away."""
    lon, lat = SHOUGUANG
    coarse = make_lead(cast, holder=cast.wang, point=(lon + 0.005, lat), precision=TOWNSHIP)
    Lead.objects.unscoped("test").filter(pk=coarse.pk).update(village=None)
    Location.objects.filter(customer=coarse.customer).update(place=cast.places["town"])
    village = make_lead(cast, holder=cast.wang, point=(lon + 0.03, lat))
    far = make_lead(cast, holder=cast.wang, point=(lon + 0.3, lat))
    return {"coarse": coarse.pk, "village": village.pk, "far": far.pk}


def test_nearby_shows_known_villages_first_and_no_false_distance(
    cast: Cast, as_: Any, around_the_market: dict[str, int]
) -> None:
    lon, lat = SHOUGUANG
    response = as_(cast.wang).get(reverse("map_nearby"), {"lon": lon, "lat": lat})
    found = response.context["rows"]
    assert [row.lead.pk for row in found] == [
        around_the_market[name] for name in ("village", "coarse", "far")
    ]
    assert [row.away for row in found] == ["2.7 km", "", "27 km"]
    text = response.content.decode()
    assert "在稻田镇，位置不详" in text and "450 m" not in text


@pytest.mark.parametrize("few", [0, 2_000])
def test_the_list_by_distance_has_the_same_order(
    cast: Cast, as_: Any, around_the_market: dict[str, int], monkeypatch: Any, few: int
) -> None:
    monkeypatch.setattr(lead_rows, "FEW_IN_VIEW", few)
    lon, lat = SHOUGUANG
    query = {"bounds": "118.7,36.8,119.2,36.9", "order": "distance", "lon": lon, "lat": lat}
    response = as_(cast.wang).get(reverse("map_list"), query)
    assert [row.lead.pk for row in response.context["rows"]] == [
        around_the_market[name] for name in ("village", "coarse", "far")
    ]


def test_without_a_place_the_precision_is_said(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang, precision=Precision.COUNTY)
    Location.objects.filter(customer=lead.customer).update(place=None)
    lon, lat = SHOUGUANG
    text = as_(cast.wang).get(reverse("map_nearby"), {"lon": lon, "lat": lat}).content.decode()
    assert "位置不详（区县级）" in text


def test_today_says_no_false_distance_either(cast: Cast) -> None:
    lon, lat = SHOUGUANG
    coarse = make_lead(cast, holder=cast.wang, point=(lon + 0.005, lat), precision=TOWNSHIP)
    village = make_lead(cast, holder=cast.wang, point=(lon + 0.03, lat))
    metres = [_metres(lead, SHOUGUANG) for lead in (coarse, village)]
    assert metres[0] is None and Task(coarse, "", metres[0]).away == ""
    assert Task(village, "", metres[1]).away == "2.7 km"
