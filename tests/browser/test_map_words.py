"""What the map says in words, and that nothing of it is cut off."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect

from outreach.models import Stage
from tests.browser.conftest import DESK, PHONE
from tests.cast import SHOUGUANG, Cast, make_cast, make_lead

CLOSE = f"/map/?z=14&lat={SHOUGUANG[1]}&lon={SHOUGUANG[0]}"

# Of the browser alone: the same on either engine.
CUT_OFF = """(box) => {
  const all = [box, ...box.querySelectorAll("*")].filter((each) => each.getClientRects().length);
  return all.some((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0);
}"""


@pytest.fixture
def world(transactional_db: None) -> Cast:
    """Many to contact; one whose follow-up is due and whose offer ends; a village on two spots."""
    cast = make_cast()
    soon = timezone.localdate() + timedelta(days=6)
    for n in range(12):
        make_lead(cast, holder=cast.wang if n % 2 else None, valid_to=soon)
    make_lead(
        cast,
        holder=cast.wang,
        name="欧阳建国",
        stage=Stage.INTERESTED,
        follow_up_at=timezone.now() - timedelta(hours=1),
        valid_to=soon,
    )
    second_spot = (SHOUGUANG[0] + 0.01, SHOUGUANG[1])
    for _ in range(2):
        make_lead(cast, holder=cast.wang, point=second_spot)
    return cast


def is_cut_off(box: Locator) -> bool:
    return bool(box.evaluate(CUT_OFF))


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_supervisor_reads_how_many_wait_for_a_holder(world: Cast, look: Any, size: Any) -> None:
    page = look(world.zhao, size)
    page.goto(CLOSE)
    totals = page.locator("[data-totals]")
    expect(totals).to_contain_text("待触达 14 · 待分配 6 · 7天内到期 13")
    assert not is_cut_off(totals)
    assert totals.get_by_text("7天内到期").bounding_box()["y"] < size["height"] - 60


def test_a_row_of_two_badges_keeps_its_words(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(CLOSE)
    row = page.locator(".map-row.due.expires")
    expect(row.get_by_text("预审批额度")).to_be_visible()
    expect(row.get_by_text("该跟进了")).to_be_visible()
    expect(row.get_by_text("6天后到期")).to_be_visible()
    assert not is_cut_off(row.locator(".headline")) and not is_cut_off(row.locator(".when"))


def test_the_filter_says_how_many_it_leaves(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(CLOSE)
    page.get_by_role("button", name="筛选", exact=True).click()
    page.locator("#filters").get_by_text("有意向").click()
    page.get_by_role("button", name="看视野内 1 位").click()
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("[data-totals]")).to_contain_text("视野内 1 位")


def test_the_empty_search_box_says_what_can_be_found(world: Cast, look: Any) -> None:
    page = look(world.zhao)
    page.goto(CLOSE)
    hint = page.locator("#search-hint")
    expect(hint).to_be_hidden()
    page.get_by_role("searchbox").click()
    expect(hint).to_contain_text("客户的完整姓名")
    expect(hint).to_be_visible()
    page.get_by_role("searchbox").fill("庄")
    expect(hint).to_be_hidden()
    expect(page.locator("[data-search-results]")).to_contain_text("姓名要写全")


def test_a_village_on_two_spots_has_one_marker(world: Cast, look: Any) -> None:
    page = look(world.zhao, DESK)
    page.goto(CLOSE)
    marker = page.get_by_role(
        "button", name=re.compile("刘庄村：共 15 户，已触达 1 户，7天内到期 13 户")
    )
    expect(marker).to_have_count(1)
    expect(page.locator(".spot")).to_have_count(1)
