"""What is looked at and what is counted lies where it can be seen: not under the list, not behind
the open card."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK
from tests.cast import SHOUGUANG, Cast, make_cast, make_lead
from whitelist.models import Precision

# Of the browser alone: the same on either engine.

expect.set_options(timeout=15_000)  # for a machine with other work to do
LON, LAT = SHOUGUANG
CLOSE = f"/map/?z=15&lat={LAT}&lon={LON}"
HERE = {"longitude": LON, "latitude": LAT}
TO_THE_RIGHT = (LON + 0.015, LAT)  # at zoom 15 of the desk: on the map, where a card opens
MIDDLE_OF_WHAT_IS_SEEN = """() => {
  const box = (selector) => document.querySelector(selector).getBoundingClientRect();
  const [dot, list, map] = [box(".own-position"), box("[data-list-sheet]"), box("#map")];
  const top = map.top + document.querySelector("[data-chips]").offsetHeight;
  const [x, y] = [dot.left + dot.width / 2, dot.top + dot.height / 2];
  return Math.abs(x - map.width / 2) < 3 && Math.abs(y - (top + list.top) / 2) < 3;
}"""

MARKER_IS_SEEN = """() => {
  const marker = [...document.querySelectorAll(".spot")].find((spot) => /刘庄村/.test(spot.ariaLabel));
  const list = document.querySelector("[data-list-sheet]").getBoundingClientRect();
  return marker && marker.getBoundingClientRect().bottom < list.top;
}"""


@pytest.fixture
def world(transactional_db: None) -> Cast:
    """Three at one place, two 560 m south of it, one east of it."""
    cast = make_cast()
    for _ in range(3):
        make_lead(cast, holder=cast.wang)
    for _ in range(2):
        make_lead(cast, holder=cast.wang, village=cast.next_village, point=(LON, LAT - 0.005))
    make_lead(cast, holder=cast.wang, name="刘田野", point=TO_THE_RIGHT, precision=Precision.HOUSE)
    return cast


def pixels_from_the_left(page: Page, lon: float) -> float:
    """Where a longitude stands in the frame of the map, by what the address says."""
    view = {
        name: float(each[0])
        for name, each in parse_qs(urlsplit(page.url).query).items()
        if name in "zlatlon"
    }
    width: float = page.locator("#map").bounding_box()["width"]  # type: ignore[index]
    return width / 2 + (lon - view["lon"]) * 256 * 2 ** view["z"] / 360


def behind_the_card(page: Page, lon: float) -> bool:
    left = page.locator("#map").bounding_box()["x"]  # type: ignore[index]
    return left + pixels_from_the_left(page, lon) > page.locator("#sheet").bounding_box()["x"]  # type: ignore[index]


def test_near_me_is_in_the_middle_of_what_the_list_leaves(world: Cast, look: Any) -> None:
    page = look(world.wang, geolocation=HERE, permissions=["geolocation"])
    page.goto("/map/")
    page.get_by_role("button", name="附近").click()
    expect(page.locator("#list")).to_contain_text("离您最近的")
    page.wait_for_function(MIDDLE_OF_WHAT_IS_SEEN)


def test_in_view_counts_what_the_list_does_not_cover(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(CLOSE)
    totals = page.locator("[data-totals]")
    expect(totals).to_contain_text("视野内 5 位")
    handle = page.get_by_role("button", name="拉起名单")
    handle.click()
    expect(totals).to_contain_text("视野内 3 位")
    page.wait_for_function(MARKER_IS_SEEN)
    handle.press("ArrowUp")  # nothing of the map is left: the list stays
    expect(page.locator("[data-list-sheet]")).to_have_attribute("data-height", "full")
    expect(totals).to_contain_text("视野内 3 位")
    handle.press("ArrowDown")
    handle.press("ArrowDown")
    expect(totals).to_contain_text("视野内 5 位")


def test_what_was_found_is_not_behind_its_card(world: Cast, look: Any) -> None:
    page = look(world.wang, DESK)
    page.goto(CLOSE)
    expect(page.locator("[data-totals]")).to_contain_text("视野内 6 位")
    page.get_by_role("searchbox").fill("田野")
    page.locator("[data-search-results]").get_by_role("link", name=re.compile("刘田野")).click()
    expect(page.locator("#sheet")).to_contain_text("刘田野")
    expect(page).not_to_have_url(re.compile(rf"lon={LON}(0*)(&|$)"))
    assert not behind_the_card(page, TO_THE_RIGHT[0])


def test_a_line_is_seen_beside_the_panel(world: Cast, look: Any) -> None:
    page = look(world.zhao, DESK)
    page.goto(CLOSE)
    expect(page.locator("#list [data-row]").first).to_be_visible()
    page.get_by_role("button", name="框选").click()
    expect(page.locator("#map.drawing")).to_be_visible()
    frame = page.locator("#map").bounding_box()
    right, middle = frame["x"] + frame["width"] - 30, frame["y"] + frame["height"] / 2
    page.mouse.move(right - 300, middle - 100)
    page.mouse.down()
    page.mouse.move(right, middle + 100, steps=4)
    page.mouse.up()
    expect(page.locator("#sheet [data-assign-form]")).to_be_visible()
    page.wait_for_function(
        """() => {
          const line = document.querySelector("#map .leaflet-overlay-pane path").getBoundingClientRect();
          return line.width > 100 && line.right < document.querySelector("#sheet").getBoundingClientRect().left;
        }"""
    )
