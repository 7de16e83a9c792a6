"""Search: what is found, in whose scope, and that nothing personal is in an address."""

from typing import Any

import pytest
from django.urls import reverse

from tests.cast import Cast, make_lead
from whitelist.models import Place


@pytest.fixture
def found(cast: Cast, as_: Any) -> Any:
    Place.objects.filter(pk=cast.village.pk).update(sort_key="liu zhuang cun")

    def search(staff: Any, text: str, **more: str) -> tuple[list[int], list[str]]:
        response = as_(staff).post(reverse("map_search"), {"q": text, **more})
        assert response.status_code == 200
        result = response.context["found"]
        return [row.lead.pk for row in result.rows], [place.name for place in result.places]

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
