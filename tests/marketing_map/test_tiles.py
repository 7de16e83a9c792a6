"""Tiles: whose leads, how many, where; and nothing personal."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketing_map.map_answers import tiles
from marketing_map.map_answers.asking import Asked
from marketing_map.map_answers.tile_wire import encoded, text_of
from outreach import tilekey
from outreach.models import Lead, Stage
from tests.cast import SHOUGUANG, Cast, make_lead
from tests.marketing_map.wire import heads, pins, spots
from whitelist.models import Precision

HOUSE = Precision.HOUSE


def tile_at(z: int, point: tuple[float, float] = SHOUGUANG) -> str:
    x, y = tilekey.tile_of_key(tilekey.key_of(*point), z)
    return reverse("map_tile", args=(z, x, y))


@pytest.mark.parametrize("z", [8, 12])
def test_each_role_sees_its_own(cast: Cast, as_: Any, z: int) -> None:
    make_lead(cast, holder=cast.wang)
    make_lead(cast, holder=cast.li)
    make_lead(cast)  # the outlet's pool
    make_lead(cast, branch=cast.sister_outlet)
    make_lead(cast, branch=cast.far_outlet)
    seen = {
        name: heads(as_(getattr(cast, name)).get(tile_at(z)).json())
        for name in ("wang", "li", "zhao", "sun")
    }
    assert seen == {"wang": 2, "li": 2, "zhao": 4, "sun": 1}


@pytest.mark.parametrize("who", ["qian", "feng", "zhou", "system"])
def test_others_have_no_map(cast: Cast, as_: Any, who: str) -> None:
    assert as_(getattr(cast, who)).get(tile_at(8)).status_code == 403


def test_only_by_get(cast: Cast, as_: Any) -> None:
    assert as_(cast.wang).post(tile_at(8)).status_code == 405


@pytest.mark.parametrize("path", ["/map/tiles/3/9/0/", "/map/tiles/15/1/1/"])
def test_a_tile_that_is_none(cast: Cast, as_: Any, path: str) -> None:
    assert as_(cast.wang).get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["stage=nonsense", "holder=x", "expiring=-1", "village=%00", "branch=%00", "band=3"]
)
def test_a_filter_that_makes_no_sense_is_said(cast: Cast, as_: Any, query: str) -> None:
    assert as_(cast.wang).get(tile_at(8) + "?" + query).status_code == 400


def test_an_unheard_of_segment_is_empty(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    assert heads(as_(cast.wang).get(tile_at(8) + "?segment=%00").json()) == 0


def test_withdrawn_expired_and_control_are_gone(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    for eligibility in ("withdrawn", "expired", "refused", "control"):
        make_lead(cast, holder=cast.wang, eligibility=eligibility)
    make_lead(cast, holder=cast.wang, valid_to=timezone.localdate() - timedelta(days=1))
    assert heads(as_(cast.wang).get(tile_at(8)).json()) == 1


def test_the_filter_narrows(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang, stage=Stage.INTERESTED)
    make_lead(cast, holder=cast.wang)
    make_lead(cast)
    wang = as_(cast.wang)
    assert heads(wang.get(tile_at(8) + "?stage=interested").json()) == 1
    assert heads(wang.get(tile_at(8) + "?holder=none").json()) == 1
    assert heads(wang.get(tile_at(8) + "?holder=me&stage=to_contact").json()) == 1


def test_nothing_personal_in_any_tile(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang, name="吕建国", precision=HOUSE)
    customer = lead.customer
    personal = (
        customer.name,
        customer.phone,
        customer.id_number,
        customer.home_address,
        customer.customer_no,
    )
    for z in range(1, tiles.MAX_ZOOM + 1):
        text = as_(cast.wang).get(tile_at(z)).content.decode()
        # (Four digits, as the end of a phone, stand in columns of numbers by chance.)
        assert not [value for value in personal if value in text]


def test_unchanged_is_304_and_changed_is_not(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    wang = as_(cast.wang)
    first = wang.get(tile_at(12))
    assert "private" in first["Cache-Control"]
    assert wang.get(tile_at(12), HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    Lead.objects.unscoped("test").filter(pk=lead.pk).update(stage=Stage.CONTACTED)
    assert wang.get(tile_at(12), HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


def test_one_spot_is_one_village_marker(cast: Cast, as_: Any) -> None:
    for stage in (Stage.TO_CONTACT, Stage.CONTACTED, Stage.DRAWN):
        make_lead(cast, holder=cast.wang, stage=stage)
    soon = timezone.localdate() + timedelta(days=3)
    make_lead(cast, valid_to=soon)
    payload = as_(cast.wang).get(tile_at(12)).json()
    assert pins(payload) == []
    (spot,) = spots(payload)
    assert spot[1:7] == [Precision.VILLAGE, 4, 2, 1, cast.village.code, "刘庄村"]
    by_state = dict(zip(tiles.STATES, spot[7:], strict=False))
    assert (by_state["unassigned"], by_state["to_contact"], by_state["drawn"]) == (1, 1, 1)


def test_the_marker_counts_the_village_as_its_page_does(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    make_lead(cast, holder=cast.wang)
    house = (SHOUGUANG[0] + 0.002, SHOUGUANG[1])
    make_lead(cast, holder=cast.wang, point=house, precision=HOUSE, stage=Stage.CONTACTED)
    payload = as_(cast.wang).get(tile_at(12)).json()
    (spot,) = spots(payload)
    assert spot[2:4] == [3, 1]
    assert sum(spot[7:]) == 2 and len(pins(payload)) == 1


def test_a_village_on_two_spots_is_one_marker(cast: Cast, as_: Any) -> None:
    """Some were placed before the gazetteer moved the village's point."""
    before = (SHOUGUANG[0] + 0.004, SHOUGUANG[1])
    for stage in (Stage.TO_CONTACT, Stage.CONTACTED, Stage.DRAWN):
        make_lead(cast, holder=cast.wang, stage=stage)
    make_lead(cast, holder=cast.wang, point=before)
    make_lead(cast, point=before)
    wang = as_(cast.wang)
    payload = wang.get(tile_at(12)).json()
    (spot,) = spots(payload)
    assert spot[1:7] == [Precision.VILLAGE, 5, 2, 0, cast.village.code, "刘庄村"]
    assert sum(spot[7:]) == 5 and pins(payload) == []
    page = wang.get(reverse("village", args=(cast.village.code,)))
    assert (page.context["counts"]["total"], page.context["done"]) == (5, 2)


def test_a_village_on_two_tiles_stands_where_most_are(cast: Cast, as_: Any) -> None:
    elsewhere = (SHOUGUANG[0] + 0.1, SHOUGUANG[1])
    for point in (SHOUGUANG, SHOUGUANG, SHOUGUANG, elsewhere, elsewhere):
        make_lead(cast, holder=cast.wang, point=point)
    wang = as_(cast.wang)
    assert tile_at(14) != tile_at(14, elsewhere)
    assert spots(wang.get(tile_at(14, elsewhere)).json()) == []
    (spot,) = spots(wang.get(tile_at(14)).json())
    assert spot[2] == 5 and sum(spot[7:]) == 5
    # A filter that leaves some at the second spot only: there it stands.
    Lead.objects.unscoped("test").filter(tile_key=tilekey.key_of(*elsewhere)).update(
        stage="applied"
    )
    (spot,) = spots(wang.get(tile_at(14, elsewhere) + "?stage=applied").json())
    assert spot[2] == 2


def test_a_house_of_two_is_not_called_the_village(cast: Cast, as_: Any) -> None:
    house = (SHOUGUANG[0] + 0.002, SHOUGUANG[1])
    for point, precision in ((SHOUGUANG, Precision.VILLAGE), (house, HOUSE)):
        for _ in range(2):
            make_lead(cast, holder=cast.wang, point=point, precision=precision)
    found = spots(as_(cast.wang).get(tile_at(12)).json())
    assert [(spot[2], spot[6]) for spot in found] == [(4, "刘庄村"), (2, "")]
    assert {spot[5] for spot in found} == {cast.village.code}


def test_a_pin_decodes_to_its_lead(cast: Cast, as_: Any) -> None:
    soon = timezone.localdate() + timedelta(days=2)
    points = [(118.79, 36.86), (118.8, 36.87), (118.78, 36.85)]
    leads = [
        make_lead(cast, holder=cast.wang, point=point, precision=HOUSE, valid_to=soon)
        for point in points
    ]
    x, y = tilekey.tile_of_key(tilekey.key_of(*SHOUGUANG), 11)
    payload = as_(cast.wang).get(reverse("map_tile", args=(11, x, y))).json()
    first = tilekey.tile_range(11, x, y)[0]
    decoded = {pk: (first + key, look) for pk, key, look in pins(payload)}
    assert {pk: key for pk, (key, _) in decoded.items()} == {
        lead.pk: lead.tile_key for lead in leads
    }
    state, precision = tiles.STATES.index("to_contact"), HOUSE
    assert {look for _, look in decoded.values()} == {state + 8 * precision + 64 + 128}


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10_000), z=st.integers(1, tiles.MAX_ZOOM))
def test_counts_equal_brute_force(cast: Cast, seed: int, z: int) -> None:
    chance = random.Random(seed)
    Lead.objects.unscoped("each example begins with an empty map").delete()
    made = [
        make_lead(
            cast,
            holder=chance.choice([cast.wang, None]),
            point=(118.7 + chance.random() / 4, 36.7 + chance.random() / 4),
            precision=HOUSE,
            stage=chance.choice(list(Stage)),
        )
        for _ in range(12)
    ]
    leads = Lead.objects.visible_to(cast.zhao).workable()
    for x, y in {tilekey.tile_of_key(lead.tile_key, z) for lead in made}:
        first, last = tilekey.tile_range(z, x, y)
        expected = sum(first <= lead.tile_key <= last for lead in made)
        payload = tiles.tile(Asked(cast.zhao, leads), z, x, y)
        assert heads(json.loads(text_of(encoded(payload)))) == expected


def test_a_cell_is_weighed_and_split_by_state(cast: Cast) -> None:
    z, (x, y) = 8, tilekey.tile_of_key(tilekey.key_of(*SHOUGUANG), 8)
    make_lead(cast, holder=cast.wang, stage=Stage.APPLIED)
    make_lead(cast)
    leads = Lead.objects.visible_to(cast.zhao).workable()
    ((px, py, *counts),) = tiles.cells(Asked(cast.zhao, leads), z, x, y)
    by_state = dict(zip(tiles.STATES, counts, strict=False))
    assert by_state == {
        "unassigned": 1,
        "to_contact": 0,
        "contacted": 0,
        "interested": 0,
        "applied": 1,
    }
    kx, ky = tilekey.deinterleave(tilekey.key_of(*SHOUGUANG))
    size = 1 << (tilekey.ZOOM - z)
    assert abs(px - (kx % size) / size * tiles.EXTENT) <= 32
    assert abs(py - (ky % size) / size * tiles.EXTENT) <= 32
