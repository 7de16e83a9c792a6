"""Without network the page says so once, marks what is old, and goes on when there is one again."""

import re
from contextlib import suppress
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from outreach.models import Lead, Stage
from tests.browser.conftest import DESK
from tests.cast import SHOUGUANG, Cast, make_cast, make_lead

# Of the browser alone: the same on either engine.

expect.set_options(timeout=15_000)  # for a machine with other work to do
CLOSE = f"/map/?z=15&lat={SHOUGUANG[1]}&lon={SHOUGUANG[0]}"
NETWORK = "[data-network]"


@pytest.fixture
def world(transactional_db: None) -> Cast:
    cast = make_cast()
    make_lead(cast, holder=cast.wang, name="王大山", stage=Stage.CONTACTED)
    make_lead(cast, holder=cast.wang, name="吕建国")
    make_lead(cast, holder=cast.wang, name="赵小河")
    return cast


def open_map(look: Any, staff: Any, **options: Any) -> Page:
    page: Page = look(staff, **options)
    page.goto(CLOSE)
    expect(page.get_by_role("button", name=re.compile("刘庄村：共 3 户"))).to_be_visible()
    expect(page.locator("#list [data-row]")).to_have_count(3)
    page.wait_for_load_state("networkidle")
    return page


def test_looking_around_gives_one_notice_and_no_toast(world: Cast, look: Any) -> None:
    page = open_map(look, world.wang, size=DESK)
    page.context.set_offline(True)
    page.locator("#map").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        expect(page.locator(NETWORK)).to_contain_text("没有网络")
    page.get_by_role("searchbox").fill("刘庄")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("[data-list-old]")).to_have_text("没有网络，仍是原来的名单。")
    expect(page.locator(".toast")).to_have_count(0)
    page.context.set_offline(False)
    expect(page.locator(NETWORK)).to_be_hidden()
    expect(page.locator("[data-list-old]")).to_be_hidden()


def test_a_chip_marks_the_old_and_loads_by_itself(world: Cast, look: Any) -> None:
    page = open_map(look, world.wang)
    page.context.set_offline(True)
    page.get_by_role("link", name="待触达 2", exact=True).click()
    expect(page.locator("[data-list-old]")).to_be_visible()
    expect(page.locator("#list[data-old]")).to_be_visible()
    expect(page.locator("#map.old")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#list [data-row]")).to_have_count(2)
    expect(page.locator("[data-list-old]")).to_be_hidden()
    expect(page.locator("#list[data-old]")).to_have_count(0)
    expect(page.locator("#map.old")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("刘庄村：共 2 户"))).to_be_visible()


def test_a_card_that_was_tapped_opens_when_the_network_is_back(world: Cast, look: Any) -> None:
    page = open_map(look, world.wang)
    page.get_by_role("button", name="拉起名单").click()
    page.context.set_offline(True)
    page.locator("#list [data-row] a").first.click()
    sheet = page.locator("#sheet")
    expect(sheet.get_by_role("heading", name="没有网络，现在打不开")).to_be_focused()
    expect(page.locator(".toast")).to_have_count(0)
    page.context.set_offline(False)
    expect(sheet).to_contain_text("以最终审批为准")


def test_a_card_that_was_closed_again_does_not_open(world: Cast, look: Any) -> None:
    page = open_map(look, world.wang)
    page.get_by_role("button", name="拉起名单").click()
    page.context.set_offline(True)
    page.locator("#list [data-row] a").first.click()
    sheet = page.locator("#sheet")
    sheet.get_by_role("button", name="关闭").click()
    expect(sheet).to_be_empty()
    page.context.set_offline(False)
    expect(page.locator(NETWORK)).to_be_hidden()
    page.wait_for_load_state("networkidle")
    expect(sheet).to_be_empty()


def test_a_server_that_is_away_is_tried_again(world: Cast, look: Any) -> None:
    """The phone does not know: it has a network, but the way to the server is broken."""
    page = look(world.wang)
    page.clock.install()
    page.goto(CLOSE)
    expect(page.locator("#list [data-row]")).to_have_count(3)
    page.route("**/map/**", lambda route: route.abort())
    page.get_by_role("link", name="待触达 2", exact=True).click()
    page.clock.run_for(2_000)
    expect(page.locator(NETWORK)).to_be_visible()
    expect(page.locator("[data-list-old]")).to_be_visible()
    page.unroute("**/map/**")
    # A try that was under way when the server came back still fails; then comes the next.
    for _ in range(4):
        page.clock.run_for(11_000)
        with suppress(AssertionError):
            expect(page.locator("#list [data-row]")).to_have_count(2, timeout=5_000)
            break
    expect(page.locator("#list [data-row]")).to_have_count(2)
    expect(page.locator(NETWORK)).to_be_hidden()


def test_other_pages_say_it_once_too(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(reverse("today"))
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    changed = "document.body.dispatchEvent(new CustomEvent('leads:changed', {bubbles: true}))"
    for _ in range(3):
        page.evaluate(changed)
        expect(page.locator(".no-network")).to_have_count(1)
    expect(page.locator(".toast")).to_have_count(0)
    page.context.set_offline(False)
    expect(page.locator(".no-network")).to_have_count(0)


def test_what_was_not_submitted_is_said(world: Cast, look: Any) -> None:
    lead = Lead.objects.unscoped("test").earliest("pk")
    page = look(world.wang)
    page.goto(reverse("lead_card", args=[lead.pk]))
    page.context.set_offline(True)
    page.locator("[data-call]").first.click()
    expect(page.locator(".toast.error")).to_contain_text("没有提交")


def test_not_saved_stands_above_the_button(world: Cast, look: Any) -> None:
    lead = Lead.objects.unscoped("test").earliest("pk")
    page = look(world.wang)
    page.goto(f"{CLOSE}&open=lead:{lead.pk}")
    page.locator("#sheet .side-actions a[href$='/log/']").click()
    for value in ("visit", "self", "considering", "three_days"):
        page.locator(f"form[data-outcome] .chip[data-value={value}]").click()
    page.context.set_offline(True)
    page.get_by_role("button", name="保存").click()
    words = page.locator("[role=status] > [data-not-saved]")
    expect(words).to_be_in_viewport(ratio=1)
    seen = words.evaluate(
        """(words) => {
          const { left, top, width, height } = words.getBoundingClientRect();
          const at = (share) => document.elementFromPoint(left + width / 2, top + height * share);
          return [0.1, 0.5, 0.9].every((share) => words.contains(at(share)));
        }"""
    )
    assert seen
    assert words.bounding_box()["y"] < page.locator("button.save").bounding_box()["y"]


def test_a_line_drawn_without_network_is_asked_about_afterwards(world: Cast, look: Any) -> None:
    page = open_map(look, world.zhao, size=DESK)
    page.get_by_role("button", name="框选").click()
    expect(page.locator("#map.drawing")).to_be_visible()
    page.context.set_offline(True)
    page.keyboard.press("Enter")  # the whole view
    expect(page.locator(NETWORK)).to_be_visible()
    expect(page.locator(".toast")).to_have_count(0)
    page.context.set_offline(False)
    expect(page.locator("#sheet [data-total]")).to_have_text("3")
