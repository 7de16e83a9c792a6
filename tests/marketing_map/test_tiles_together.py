"""Several tiles in one request: what is named, what has not changed, what makes no sense."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach import tilekey
from outreach.models import Lead, Stage
from tests.cast import SHOUGUANG, Cast, make_lead
from tests.marketing_map.wire import heads

TILES = "/map/tiles/"


def here(z: int) -> tuple[int, int]:
    return tilekey.tile_of_key(tilekey.key_of(*SHOUGUANG), z)


def test_tiles_come_in_the_order_asked_with_their_tags(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    x, y = here(12)
    answer = as_(cast.wang).get(f"{TILES}?z=12&t={x + 1},{y};{x},{y}").json()
    assert [heads(data) for _, data in answer["t"]] == [0, 1]
    assert all(len(tag) == 8 for tag, _ in answer["t"]) and answer["l"] == []


def test_the_same_as_each_alone(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    for z in (8, 12):
        x, y = here(z)
        together = as_(cast.wang).get(f"{TILES}?z={z}&t={x},{y}").json()["t"][0][1]
        assert together == as_(cast.wang).get(f"{TILES}{z}/{x}/{y}/").json()


def test_of_an_unchanged_tile_nothing_is_said(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    wang, (x, y) = as_(cast.wang), here(12)
    ((tag, _),) = wang.get(f"{TILES}?z=12&t={x},{y}").json()["t"]
    known = f"{TILES}?z=12&t={x},{y},{tag}"
    assert wang.get(known).json()["t"] == [0]
    Lead.objects.unscoped("test").filter(pk=lead.pk).update(stage=Stage.CONTACTED)
    ((other, data),) = wang.get(known).json()["t"]
    assert other != tag and heads(data) == 1


def test_labels_come_along(cast: Cast, as_: Any) -> None:
    x, y = here(11)
    answer = as_(cast.wang).get(f"{TILES}?z=11&l={x},{y}").json()
    assert answer["t"] == [] and "刘庄村" in answer["l"][0]["name"]


def test_the_filter_narrows_all(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang, stage=Stage.INTERESTED)
    make_lead(cast, holder=cast.wang)
    x, y = here(8)
    answer = as_(cast.wang).get(f"{TILES}?z=8&t={x},{y}&stage=interested").json()
    assert heads(answer["t"][0][1]) == 1


@pytest.mark.parametrize(
    "query",
    [
        "",
        "t=1,1",
        "z=x&t=1,1",
        "z=-1&t=1,1",
        "z=²&t=1,1",
        "z=8&t=1",
        "z=8&t=1,x",
        "z=8&t=-1,1",
        "z=8&t=1,1,a,b",
        "z=8&t=;",
        "z=8&t=1,123456789",
        "z=8&l=1",
        "z=8&t=" + ";".join(["1,1"] * 13),
        "z=8&t=1,1&stage=nonsense",
    ],
)
def test_what_makes_no_sense_is_said(cast: Cast, as_: Any, query: str) -> None:
    assert as_(cast.wang).get(f"{TILES}?{query}").status_code == 400


@pytest.mark.parametrize("query", ["z=3&t=9,0", "z=15&t=1,1", "z=99&t=1,1", "z=3&l=9,0"])
def test_tiles_that_are_none(cast: Cast, as_: Any, query: str) -> None:
    assert as_(cast.wang).get(f"{TILES}?{query}").status_code == 404


@pytest.mark.parametrize("who", ["qian", "feng", "zhou", "system"])
def test_others_have_no_map(cast: Cast, as_: Any, who: str) -> None:
    assert as_(getattr(cast, who)).get(f"{TILES}?z=8&t=1,1").status_code == 403


def test_the_whole_answer_is_revalidated(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    wang, (x, y) = as_(cast.wang), here(8)
    first = wang.get(f"{TILES}?z=8&t={x},{y}")
    assert first["Cache-Control"] == "private, no-cache"
    again = wang.get(f"{TILES}?z=8&t={x},{y}", HTTP_IF_NONE_MATCH=f"W/{first['ETag']}")
    assert again.status_code == 304
    assert wang.post(TILES).status_code == 405


def test_a_tile_named_twice_is_counted_once(
    cast: Cast, as_: Any, django_assert_max_num_queries: Any
) -> None:
    """Or anybody could have the dearest of them counted twelve times a request."""
    make_lead(cast, holder=cast.wang)
    wang, (x, y) = as_(cast.wang), here(8)
    with CaptureQueriesContext(connection) as once:
        wang.get(f"{TILES}?z=8&t={x},{y}")
    with django_assert_max_num_queries(len(once)):
        answer = wang.get(f"{TILES}?z=8&t={x},{y};{x},{y};{x},{y}").json()["t"]
    assert len(answer) == 3 and answer[0] == answer[1] == answer[2]
