"""Search: what is found, in whose scope, and that nothing personal is in an address."""

from typing import Any

import pytest
from django.urls import reverse

from marketing_map.map_answers import places_named
from tests.cast import Cast, make_lead, make_place
from whitelist.models import Place, PlaceLevel


@pytest.fixture
def found(cast: Cast, as_: Any) -> Any:
    Place.objects.filter(pk=cast.village.pk).update(sort_key="liu zhuang cun")

    def search(staff: Any, text: str, **more: str) -> tuple[list[int], list[str]]:
        response = as_(staff).post(reverse("map_search"), {"q": text, **more})
        assert response.status_code == 200
        result = response.context["found"]
        return [row.lead.pk for row in result.rows], [each.place.name for each in result.places]

    return search


def test_by_whole_name_in_scope(cast: Cast, found: Any) -> None:
    lead = make_lead(cast, holder=cast.wang, name="吕建国")
    assert found(cast.wang, "吕建国")[0] == [lead.pk]
    assert found(cast.zhao, "吕建国")[0] == [lead.pk]
    assert found(cast.li, "吕建国")[0] == []
    assert found(cast.sun, "吕建国")[0] == []


def test_a_part_of_the_name_only_among_ones_own(cast: Cast, found: Any) -> None:
    lead = make_lead(cast, holder=cast.wang, name="吕建国")
    make_lead(cast, name="吕建军")  # the pool: visible, not held
    assert found(cast.wang, "建")[0] == [lead.pk]
    assert found(cast.zhao, "建")[0] == []


def test_by_phone_tail(cast: Cast, found: Any) -> None:
    lead = make_lead(cast, holder=cast.wang, phone="16900004321")
    make_lead(cast, holder=cast.li, phone="16911114321")
    assert found(cast.wang, "4321")[0] == [lead.pk]
    assert found(cast.wang, "432")[0] == []


def test_by_customer_number(cast: Cast, found: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    assert found(cast.wang, lead.customer.customer_no)[0] == [lead.pk]
    assert found(cast.li, lead.customer.customer_no)[0] == []


def test_withdrawn_are_not_found(cast: Cast, found: Any) -> None:
    make_lead(cast, holder=cast.wang, name="吕建国", eligibility="withdrawn")
    assert found(cast.wang, "吕建国")[0] == []


@pytest.mark.parametrize("text", ["刘庄", "刘庄村", "lzc", "liuzhuang", "lz"])
def test_by_village(cast: Cast, found: Any, text: str) -> None:
    make_lead(cast, holder=cast.wang)
    assert "刘庄村" in found(cast.wang, text)[1]


@pytest.mark.parametrize("text", ["家庄", "家庄村", "庄"])
def test_any_part_of_a_villages_name(cast: Cast, found: Any, text: str) -> None:
    make_lead(cast, holder=cast.wang)
    assert "王家庄村" in found(cast.wang, text)[1]
    assert "王家庄村" in found(cast.zhao, text)[1]


def test_ones_own_villages_come_first(cast: Cast, as_: Any, found: Any) -> None:
    """However many others are called so: by pinyin the own one would be the last of them."""
    town = cast.places["town"]
    for n in range(20):
        make_place(f"370783104{300 + n}", f"刘庄{n}号村", PlaceLevel.VILLAGE, town, (118.8, 36.8))
    own = make_place("370783104400", "西刘庄村", PlaceLevel.VILLAGE, town, (118.8, 36.8))
    Place.objects.filter(pk=own.pk).update(sort_key="xi liu zhuang cun")
    make_lead(cast, holder=cast.wang, village=own)
    make_lead(cast, village=own)  # the pool of their outlet
    make_lead(cast, holder=cast.li)  # in 刘庄村
    assert found(cast.wang, "刘庄")[1][0] == "西刘庄村"
    assert set(found(cast.zhao, "刘庄")[1][:2]) == {"刘庄村", "西刘庄村"}
    assert len(found(cast.wang, "刘庄")[1]) == places_named.MOST_PLACES
    page = as_(cast.wang).post(reverse("map_search"), {"q": "刘庄"}).content.decode()
    assert "2 位客户" in page


def test_own_villages_are_found_among_more_than_are_looked_at(
    cast: Cast, found: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(places_named, "MOST_CANDIDATES", 3)
    town = cast.places["town"]
    for n in range(9):
        make_place(f"370783104{300 + n}", f"张庄{n}号村", PlaceLevel.VILLAGE, town, (118.8, 36.8))
    last = make_place("370783104400", "西张庄村", PlaceLevel.VILLAGE, town, (118.8, 36.8))
    begins = make_place("370783104500", "庄上村", PlaceLevel.VILLAGE, town, (118.8, 36.8))
    make_lead(cast, holder=cast.wang, village=last)
    names = found(cast.wang, "庄")[1]
    assert names[:2] == ["西张庄村", "庄上村"] and begins.name in found(cast.zhao, "庄")[1]


def test_it_is_said_what_can_be_searched_by_whom(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang, name="吕建国")
    texts = {
        name: as_(getattr(cast, name)).post(reverse("map_search"), {"q": "没有"}).content.decode()
        for name in ("wang", "zhao")
    }
    assert "自己客户姓名里的字" in texts["wang"] and "待分配客户的完整姓名" in texts["wang"]
    assert "客户的完整姓名" in texts["zhao"] and "姓名里的字" not in texts["zhao"]
    assert all("尾号4位" in text and "客户号" in text for text in texts.values())
    assert "完整姓名 / 村 / 尾号4位" in as_(cast.zhao).get(reverse("map")).content.decode()


def test_villages_alone_do_not_hide_that_a_name_was_not_found(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang, name="刘建国")
    supervisor = as_(cast.zhao).post(reverse("map_search"), {"q": "刘"}).content.decode()
    assert "刘庄村" in supervisor and "姓名要写全" in supervisor
    manager = as_(cast.wang).post(reverse("map_search"), {"q": "刘"}).content.decode()
    assert f"lead:{lead.pk}" in manager and "要写全" not in manager


def test_places_of_another_area_are_not_offered(cast: Cast, found: Any) -> None:
    make_lead(cast, holder=cast.wang)
    assert found(cast.sun, "刘庄")[1] == []


def test_only_places(cast: Cast, found: Any) -> None:
    make_lead(cast, holder=cast.wang, name="刘庄")
    assert found(cast.wang, "刘庄", only="places") == ([], ["刘庄村"])


def test_masks_for_who_is_not_the_holder(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang, name="吕建国", phone="16900004321")
    text = as_(cast.zhao).post(reverse("map_search"), {"q": "4321"}).content.decode()
    assert "吕**" in text and "吕建国" not in text and "4321" not in text


def test_never_by_get(cast: Cast, as_: Any) -> None:
    assert as_(cast.wang).get(reverse("map_search"), {"q": "吕建国"}).status_code == 405
    assert as_(cast.qian).post(reverse("map_search"), {"q": "x"}).status_code == 403


@pytest.mark.parametrize("text", ["", "   ", "'; DROP", "%", "x" * 500, "\u0000"])
def test_odd_input_finds_nothing_and_breaks_nothing(cast: Cast, as_: Any, text: str) -> None:
    make_lead(cast, holder=cast.wang)
    response = as_(cast.wang).post(reverse("map_search"), {"q": text})
    assert response.status_code == 200
    assert "data-open" not in response.content.decode()
