"""The village page."""

from typing import Any

import pytest
from django.urls import reverse

from outreach.models import Stage
from tests.cast import Cast, make_lead
from whitelist.models import Precision


def ask(client: Any, code: str, query: str = "", fragment: bool = True) -> Any:
    headers = {"HX-Request": "true"} if fragment else {}
    return client.get(reverse("village", args=(code,)) + query, headers=headers)


def test_households_done_and_next(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang, stage=Stage.CONTACTED, name="已触达户")
    waiting = make_lead(cast, holder=cast.wang, name="王大山")
    make_lead(cast, village=cast.next_village, holder=cast.wang, name="邻村人")
    response = ask(as_(cast.wang), cast.village.code)
    text = response.content.decode()
    assert "1/2" in text and "下一户：王大山" in text and "邻村人" not in text
    assert response.context["next"].lead == waiting
    assert "<html" not in text


def test_a_house_of_the_village_is_counted(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang, point=(118.795, 36.861), precision=Precision.HOUSE)
    assert ask(as_(cast.wang), cast.village.code).context["counts"]["total"] == 1


def test_only_the_callers_households(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang, name="王大山")
    response = ask(as_(cast.li), cast.village.code)
    assert response.status_code == 200  # a place is no secret, its customers are
    assert "没有您能联系的客户" in response.content.decode()
    assert "王" not in response.content.decode()
    supervisor = ask(as_(cast.zhao), cast.village.code)
    assert supervisor.context["counts"]["total"] == 1
    assert "王大山" not in supervisor.content.decode()
    assert supervisor.context["next"] is None  # they watch and assign


def test_filter_chips(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang, stage=Stage.CONTACTED)
    waiting = make_lead(cast, holder=cast.wang)
    response = ask(as_(cast.wang), cast.village.code, "?stage=to_contact")
    assert [row.lead.pk for row in response.context["rows"]] == [waiting.pk]
    assert response.context["counts"]["total"] == 2
    assert ask(as_(cast.wang), cast.village.code, "?stage=x").status_code == 400


def test_the_neighbours_with_work_left(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    make_lead(cast, holder=cast.wang, village=cast.next_village, point=(118.81, 36.87))
    neighbours = ask(as_(cast.wang), cast.village.code).context["neighbours"]
    assert [(each.name, each.n) for each in neighbours] == [("王家庄村", 1)]
    assert "王家庄村" not in ask(as_(cast.li), cast.village.code).content.decode()


def test_a_township_shows_who_is_known_no_better(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang, precision=Precision.TOWNSHIP)
    make_lead(cast, holder=cast.wang)
    lead.customer.locations.update(place=cast.places["town"])
    response = ask(as_(cast.wang), cast.places["town"].code)
    assert [row.lead.pk for row in response.context["rows"]] == [lead.pk]


def test_as_a_page(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    text = ask(as_(cast.wang), cast.village.code, fragment=False).content.decode()
    assert "<html" in text and "刘庄村" in text and 'id="sheet"' in text


@pytest.mark.parametrize("code", ["000000000000", "x", "\0"])
def test_no_such_village(cast: Cast, as_: Any, code: str) -> None:
    assert ask(as_(cast.wang), code).status_code == 404


def test_roles_and_methods(cast: Cast, as_: Any) -> None:
    url = reverse("village", args=(cast.village.code,))
    assert as_(cast.zhou).get(url).status_code == 403
    assert as_(cast.qian).get(url).status_code == 403
    assert as_(cast.wang).post(url).status_code == 405
