"""The map in a real browser, on a phone and at the desk."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from outreach.models import Lead, Stage
from tests.browser.conftest import DESK
from tests.cast import SHOUGUANG, Cast, make_cast, make_lead
from whitelist.geocoding.datum import wgs84_to_gcj02
from whitelist.models import Precision

expect.set_options(timeout=15_000)  # for a machine with other work to do
CLOSE = f"/map/?z=15&lat={SHOUGUANG[1]}&lon={SHOUGUANG[0]}"
HERE = {"longitude": SHOUGUANG[0], "latitude": SHOUGUANG[1]}


@pytest.fixture
def world(transactional_db: None) -> Cast:
    """The cast with one village of three, a house in it, and a village next to it."""
    cast = make_cast()
    make_lead(cast, holder=cast.wang, name="王大山", stage=Stage.CONTACTED)
    make_lead(cast, holder=cast.wang, name="吕建国")
    make_lead(cast, holder=cast.wang, name="赵小河")
    house = (SHOUGUANG[0] + 0.004, SHOUGUANG[1] - 0.004)
    make_lead(cast, holder=cast.wang, name="刘田野", point=house, precision=Precision.HOUSE)
    make_lead(
        cast, holder=cast.wang, name="孙远方", village=cast.next_village, point=(118.81, 36.87)
    )
    return cast


def test_village_marker_opens_the_village_and_the_next_household(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(CLOSE)
    page.get_by_role("button", name=re.compile("刘庄村：共 4 户，已触达 1 户")).click()
    sheet = page.locator("#sheet")
    expect(sheet.get_by_role("heading", name="刘庄村")).to_be_focused()
    expect(sheet).to_contain_text("1/4")
    expect(sheet).to_contain_text("最近的邻村")
    sheet.get_by_role("link", name=re.compile("下一户")).click()
    expect(sheet).to_contain_text("以最终审批为准")
    expect(page).to_have_url(re.compile(r"open=lead:\d+"))


def test_back_undoes_card_village_and_filter(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(CLOSE)
    page.get_by_role("link", name=re.compile("待触达 4")).click()
    expect(page).to_have_url(re.compile("stage=to_contact"))
    page.get_by_role("button", name=re.compile("刘庄村：共 3 户")).click()
    sheet = page.locator("#sheet")
    expect(sheet).to_contain_text("刘庄村")
    sheet.get_by_role("link", name=re.compile("下一户")).click()
    expect(sheet).to_contain_text("以最终审批为准")
    page.go_back()
    expect(sheet).to_contain_text("下一户")
    page.go_back()
    expect(sheet).to_be_empty()
    expect(page).to_have_url(re.compile("stage=to_contact"))
    page.go_back()
    expect(page).not_to_have_url(re.compile("stage="))
    expect(page.get_by_role("button", name=re.compile("刘庄村：共 4 户"))).to_be_visible()


def test_a_bookmark_shows_the_same_again(world: Cast, look: Any) -> None:
    lead = Lead.objects.unscoped("test").get(precision=Precision.HOUSE)
    page = look(world.wang, DESK)
    page.goto(f"{CLOSE}&stage=to_contact&open=lead:{lead.pk}")
    expect(page.locator("#sheet")).to_contain_text("刘田野")
    expect(page.get_by_role("checkbox", name="待触达")).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_empty()
    expect(page).not_to_have_url(re.compile("open="))


def test_near_me_lists_the_nearest_first(world: Cast, look: Any) -> None:
    page = look(world.wang, geolocation=HERE, permissions=["geolocation"])
    page.goto("/map/")
    page.get_by_role("button", name="附近").click()
    rows = page.locator("#list [data-row]")
    expect(page.locator("#list")).to_contain_text("离您最近的 5 位")
    expect(rows.nth(3)).to_contain_text("刘田野")
    expect(rows.nth(4)).to_contain_text("孙远方")
    expect(rows.nth(4)).to_contain_text("2.1 km")
    expect(page.locator(".own-position")).to_be_visible()


def test_without_a_position_one_chooses_the_village(world: Cast, look: Any) -> None:
    page = look(world.wang)  # nobody granted the permission
    page.add_init_script("navigator.geolocation.getCurrentPosition = (ok, no) => no({code: 1});")
    page.goto("/map/")
    page.get_by_role("button", name="附近").click()
    expect(page.locator("[data-map-notice]")).to_contain_text("选您所在的村")
    page.get_by_role("searchbox").fill("王家庄")
    page.locator("[data-search-results] a").first.click()
    expect(page.locator("#list")).to_contain_text("离您最近的")
    expect(page.locator("#list [data-row]").first).to_contain_text("孙远方")


def test_no_request_leaves_the_origin(world: Cast, look: Any, live_server: Any) -> None:
    page = look(world.wang, geolocation=HERE, permissions=["geolocation"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    refused: list[str] = []
    page.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
    page.goto("/map/")
    expect(page.locator(".cluster, .spot").first).to_be_visible()
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("示意")
    page.goto(CLOSE)
    page.get_by_role("button", name=re.compile("刘庄村")).click()
    expect(page.locator("#sheet")).to_contain_text("刘庄村")
    expect(page.locator("#list [data-row]").first).to_be_visible()
    assert asked
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
    assert refused == []


def test_search_by_name_flies_there_and_is_in_no_address(world: Cast, look: Any) -> None:
    page = look(world.wang)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/map/")
    page.get_by_role("searchbox").fill("田野")
    found = page.locator("[data-search-results]")
    found.get_by_role("link", name=re.compile("刘田野")).click()
    expect(page.locator("#sheet")).to_contain_text("刘田野")
    expect(page).to_have_url(re.compile("z=15"))
    assert not [url for url in asked if "%E7%94%B0" in url]


def test_a_tap_on_a_pin_opens_its_card(world: Cast, look: Any) -> None:
    page = look(world.wang, DESK)
    page.goto(f"/map/?z=16&lat={SHOUGUANG[1] - 0.004}&lon={SHOUGUANG[0] + 0.004}")
    expect(page.locator("#list [data-row]").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#sheet")).to_contain_text("刘田野")


def test_a_change_shows_on_map_and_chips(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(CLOSE)
    expect(page.get_by_role("button", name=re.compile("已触达 1 户"))).to_be_visible()
    Lead.objects.unscoped("test").filter(stage=Stage.TO_CONTACT).update(stage=Stage.CONTACTED)
    page.evaluate("document.dispatchEvent(new CustomEvent('leads:changed', {bubbles: true}))")
    expect(page.get_by_role("button", name=re.compile("已触达 4 户"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("待触达 0"))).to_be_visible()


def test_the_list_is_pulled_up_and_walked_by_key(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(CLOSE)
    handle = page.get_by_role("button", name="拉起名单")
    expect(handle).to_have_attribute("aria-expanded", "false")
    handle.click()
    expect(handle).to_have_attribute("aria-expanded", "true")
    links = page.locator("#list [data-open]")
    expect(links.first).to_be_visible()
    links.first.focus()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()


def test_the_browser_bends_datums_as_the_server_does(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto("/map/")
    for point in ([118.79, 36.86], [113.62, 34.75], [100.0, 25.1], [2.35, 48.85]):
        there, back = page.evaluate(
            """async (point) => {
              const { wgs84ToGcj02, gcj02ToWgs84 } = await import("map/datum");
              const there = wgs84ToGcj02(point);
              return [there, gcj02ToWgs84(there)];
            }""",
            point,
        )
        assert there == pytest.approx(wgs84_to_gcj02(*point), abs=1e-9)
        assert back == pytest.approx(point, abs=1e-9)
