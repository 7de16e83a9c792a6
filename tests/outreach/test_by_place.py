"""Villages and outlets with what is left to assign."""

import re
from typing import Any

import pytest

from tests.cast import Cast, make_lead

HTMX = {"HX-Request": "true"}


def places(page: Any) -> list[tuple[str, str, str]]:
    row = re.compile(r'<span class="who">(\S+) .*?待分配 (\d+)</b> / (\d+)</span>', re.S)
    return row.findall(page.content.decode())


@pytest.fixture
def populated(cast: Cast) -> Cast:
    make_lead(cast)
    make_lead(cast, holder=cast.li)
    for _ in range(2):
        make_lead(cast, village=cast.next_village, branch=cast.sister_outlet)
    make_lead(cast, eligibility="withdrawn")
    make_lead(cast, branch=cast.far_outlet)
    make_lead(cast, point=None)
    return cast


def test_villages_with_most_to_assign_first(populated: Cast, as_: Any) -> None:
    page = as_(populated.zhao).get("/assign/")
    assert places(page) == [("王家庄村", "2", "2"), ("刘庄村", "1", "2")]
    assert f"/assign/panel/?village={populated.village.code}" in page.content.decode()


def test_outlets(populated: Cast, as_: Any) -> None:
    page = as_(populated.zhao).get("/assign/?by=outlet")
    assert places(page) == [("稻田支行网点", "2", "3"), ("纪台网点", "2", "2")]


def test_search(populated: Cast, as_: Any) -> None:
    zhao = as_(populated.zhao)
    headers = {**HTMX, "HX-Target": "places"}
    found = zhao.get("/assign/", {"q": "刘庄"}, headers=headers)
    assert [name for name, *_ in places(found)] == ["刘庄村"] and b"<html" not in found.content
    assert "没有找到" in zhao.get("/assign/", {"q": "没有"}, headers=headers).content.decode()


def test_in_the_sheet_of_the_map(populated: Cast, as_: Any) -> None:
    page = as_(populated.zhao).get("/assign/", headers={**HTMX, "HX-Target": "sheet"})
    assert b"<html" not in page.content and b"data-close-sheet" in page.content
    assert len(places(page)) == 2


def test_a_panel_opened_by_its_address_is_a_whole_page(populated: Cast, as_: Any) -> None:
    page = as_(populated.zhao).get(f"/assign/panel/?village={populated.village.code}")
    assert b"<html" in page.content and 'data-total="2"' in page.content.decode()


def test_nothing_yet(cast: Cast, as_: Any) -> None:
    assert "名单生效后会出现在这里" in as_(cast.zhao).get("/assign/").content.decode()


@pytest.mark.parametrize("who", ["wang", "qian", "feng", "zhou"])
def test_only_supervisors(cast: Cast, as_: Any, who: str) -> None:
    assert as_(getattr(cast, who)).get("/assign/").status_code == 403


def test_wrong_method(cast: Cast, as_: Any) -> None:
    assert as_(cast.zhao).post("/assign/").status_code == 405
