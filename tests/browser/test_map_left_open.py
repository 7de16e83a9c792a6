"""A map left open keeps up with what others do: list, chips and what stands on the map together."""

import re
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from outreach.models import Lead, Stage
from tests.browser.conftest import DESK
from tests.cast import SHOUGUANG, Cast, make_cast, make_lead

# Of the browser alone: the same on either engine.

expect.set_options(timeout=15_000)  # for a machine with other work to do
CLOSE = f"/map/?z=15&lat={SHOUGUANG[1]}&lon={SHOUGUANG[0]}"
COME_BACK = "document.dispatchEvent(new Event('visibilitychange'))"
A_MINUTE_AND_MORE = 70_000  # ms of the page's own clock


@pytest.fixture
def world(transactional_db: None) -> Cast:
    cast = make_cast()
    for name in ("王大山", "吕建国", "赵小河", "孙远方"):
        make_lead(cast, holder=cast.wang, name=name)
    return cast


def others_log_two() -> None:
    """Somebody else writes down a contact with two of the four."""
    leads = Lead.objects.unscoped("test").order_by("pk")[:2]
    leads.model.objects.unscoped("test").filter(pk__in=[lead.pk for lead in leads]).update(
        stage=Stage.CONTACTED
    )


def says(page: Page, *, done: int, to_contact: int) -> None:
    """Marker, chip and totals agree."""
    expect(
        page.get_by_role("button", name=re.compile(f"共 4 户，已触达 {done} 户"))
    ).to_be_visible()
    expect(page.get_by_role("link", name=f"待触达 {to_contact}", exact=True)).to_be_visible()
    expect(page.locator("[data-totals]")).to_contain_text(f"待触达 {to_contact}")


def test_coming_back_to_the_page_shows_what_others_did(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(CLOSE)
    says(page, done=0, to_contact=4)
    others_log_two()
    page.evaluate(COME_BACK)
    says(page, done=2, to_contact=2)


def test_a_movement_asks_about_what_is_kept(world: Cast, look: Any) -> None:
    page = look(world.wang, DESK)
    page.goto(CLOSE)
    says(page, done=0, to_contact=4)
    others_log_two()
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    says(page, done=2, to_contact=2)


def test_back_to_a_chip_within_the_minute(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(CLOSE)
    says(page, done=0, to_contact=4)
    page.get_by_role("link", name="待触达 4", exact=True).click()
    expect(page).to_have_url(re.compile("stage=to_contact"))
    expect(page.locator("[data-totals]")).to_contain_text("视野内 4")
    others_log_two()
    page.get_by_role("link", name="全部 4", exact=True).click()
    says(page, done=2, to_contact=2)
    expect(page.get_by_role("link", name="全部 4", exact=True)).to_be_focused()
    expect(page.get_by_role("link", name="全部 4", exact=True)).to_have_attribute(
        "aria-current", "true"
    )


def test_about_once_a_minute_while_looked_at(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.clock.install()
    page.goto(CLOSE)
    says(page, done=0, to_contact=4)
    asked: list[Any] = []
    page.on("request", lambda request: asked.append(request))
    others_log_two()
    page.clock.run_for(A_MINUTE_AND_MORE)
    says(page, done=2, to_contact=2)
    by_itself = [each for each in asked if "/map/list/" in each.url or "/map/tiles/" in each.url]
    assert len(by_itself) == 2
    assert all(each.headers["x-background"] == "1" for each in by_itself)
    assert re.search(r"[?&]t=\d+,\d+,[0-9a-f]{8}", by_itself[1].url + by_itself[0].url)


def test_what_stood_there_pales_until_the_next_is_there(world: Cast, look: Any) -> None:
    page = look(world.wang, DESK)
    page.goto(CLOSE)
    says(page, done=0, to_contact=4)
    held: list[Any] = []
    page.route("**/map/tiles/*", lambda route: held.append(route))
    page.get_by_role("button", name="缩小").click()
    expect(page.locator("#map.old")).to_be_visible()
    expect(page.locator("#map .spot")).to_have_count(1)  # pale, and not gone
    page.unroute("**/map/tiles/*")
    for route in held:
        with suppress(PlaywrightError):  # given up, when a later question took its place
            route.continue_()
    expect(page.locator("#map.old")).to_have_count(0)
    says(page, done=0, to_contact=4)


def test_an_unchanged_list_is_left_as_it_is(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(CLOSE)
    says(page, done=0, to_contact=4)
    row = page.locator("#list [data-row] a").first
    row.evaluate("(link) => { link.dataset.same = 'yes'; }")
    with page.expect_response("**/map/list/*"):
        page.evaluate(COME_BACK)
    expect(page.locator("#list")).to_have_attribute("aria-busy", "false")
    expect(row).to_have_attribute("data-same", "yes")


def test_what_more_brought_stays(world: Cast, look: Any) -> None:
    for _ in range(40):
        make_lead(world, holder=world.wang)
    page = look(world.wang, DESK)
    page.goto(CLOSE)
    page.get_by_role("button", name="更多").click()
    rows = page.locator("#list [data-row]")
    expect(rows).to_have_count(44)
    others_log_two()
    page.evaluate(COME_BACK)
    expect(page.locator("[data-totals]")).to_contain_text("待触达 42")
    expect(rows).to_have_count(44)


def test_nothing_is_asked_under_a_hand_that_draws(world: Cast, look: Any) -> None:
    page = look(world.zhao, DESK)
    page.clock.install()
    page.goto(CLOSE)
    says(page, done=0, to_contact=4)
    page.get_by_role("button", name="多边形").click()
    expect(page.locator("#map.drawing")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(A_MINUTE_AND_MORE)
    assert [url for url in asked if "/map/" in url] == []
    page.keyboard.press("Escape")
    others_log_two()
    page.clock.run_for(A_MINUTE_AND_MORE)
    says(page, done=2, to_contact=2)
