"""Outlines and names for a map without a base map."""

from typing import Any

from django.urls import reverse

from marketing_map.map_answers.outlines import UNIT, outlines_for
from outreach import tilekey
from tests.cast import SHOUGUANG, Cast, make_lead
from tests.marketing_map.wire import numbers, words


def test_the_counties_of_the_branch_and_their_neighbours_only(cast: Cast) -> None:
    make_lead(cast)
    areas = outlines_for(cast.county)
    assert {area["name"] for area in areas if area["mine"]} == {"寿光市"}
    assert {area["code"][:4] for area in areas} == {"3707"}
    assert "境界线" not in {area["name"] for area in areas}


def test_an_outline_is_where_the_county_is(cast: Cast) -> None:
    make_lead(cast)
    (mine,) = [area for area in outlines_for(cast.county) if area["mine"]]
    lons, lats = mine["rings"][0][0::2], mine["rings"][0][1::2]
    assert 118.4 < lons[0] * UNIT < 119.4 and 36.6 < lats[0] * UNIT < 37.5
    assert abs(sum(lons[1:])) <= 1 and abs(sum(lats[1:])) <= 1  # the ring closes


def test_a_branch_without_customers_has_none(cast: Cast, as_: Any) -> None:
    assert as_(cast.zhou).get(reverse("map_outlines")).status_code == 200
    assert outlines_for(cast.far_outlet) == outlines_for(cast.far_outlet)


def test_names_by_zoom(cast: Cast, as_: Any) -> None:
    def names(z: int) -> set[str]:
        x, y = tilekey.tile_of_key(tilekey.key_of(*SHOUGUANG), z)
        answer = as_(cast.wang).get(reverse("map_base"), {"z": z, "l": f"{x},{y}"}).json()
        return set(answer["l"][0]["name"])

    assert names(6) == {"寿光市"}
    assert "稻田镇" in names(8) and "刘庄村" not in names(8)
    assert {"刘庄村", "王家庄村"} <= names(11)


def test_answers_are_revalidated(cast: Cast, as_: Any) -> None:
    wang, url = as_(cast.wang), reverse("map_base") + "?z=6&l=53,24"
    first = wang.get(url)
    assert wang.get(url, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    assert wang.post(url).status_code == 405
    assert wang.get(reverse("map_base") + "?z=3&l=9,0").status_code == 404


def test_a_label_lies_where_its_place_is(cast: Cast, as_: Any) -> None:
    z = 11
    x, y = tilekey.tile_of_key(tilekey.key_of(*SHOUGUANG), z)
    (data,) = as_(cast.wang).get(reverse("map_base") + f"?z={z}&l={x},{y}").json()["l"]
    at = data["name"].index("刘庄村")
    assert words(data["code"])[at] == cast.village.code
    key = tilekey.key_of(cast.village.lon, cast.village.lat)
    kx, ky = (
        place - (tile << 13) for place, tile in zip(tilekey.deinterleave(key), (x, y), strict=True)
    )
    assert (numbers(data["x"], data["n"])[at], numbers(data["y"], data["n"])[at]) == (
        kx >> 1,
        ky >> 1,
    )
