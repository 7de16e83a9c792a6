"""A list leaves: asked for at a desk, looked at and agreed to by another, fetched by its asker."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from jobs.queue import claim_next, run
from outreach.models import CustomerPages
from tests.browser.conftest import DESK
from tests.browser.story import Story
from tests.cast import Cast, make_cast, make_lead

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "16900001234"


@pytest.fixture
def world(transactional_db: None) -> Cast:
    cast = make_cast()
    make_lead(cast, holder=cast.wang, phone=NUMBER)
    make_lead(cast, village=cast.next_village)
    return cast


def test_a_list_leaves(world: Cast, look: Any, tmp_path: Path) -> None:
    story = Story("赵主管要一份刘庄的名单")
    page = look(world.zhao, size=DESK)
    with story.step("从筛选好的名单点“导出”，人数和筛选都在眼前"):
        page.goto(f"/leads/?village={world.village.code}")
        page.get_by_role("link", name="导出…").click()
        expect(page.locator(".export-count")).to_contain_text("1 位客户")
        expect(page.locator("main")).to_contain_text("行政村：刘庄村")
    with story.step("要手机号明文，写用途，提交"):
        clear = page.get_by_role("group", name="其中哪些要明文")
        clear.get_by_text("手机号").click()
        page.get_by_text("上门走访").click()
        page.get_by_label("说明").fill("刘庄走访组，周五前销毁")
        page.get_by_role("button", name="提交审核").click()
        expect(page.locator("#progress")).to_contain_text("等名单复核审核")
    desk = look(world.feng, size=DESK)
    with story.step("冯复核在“导出”里看到有一份在等，看清要带走什么，同意"):
        desk.goto("/lists/")
        expect(desk.locator(".tabs .tab-count")).to_contain_text("1")
        desk.locator(".tabs").get_by_role("link", name="导出").click()
        desk.locator(".task").click()
        expect(desk.locator("main")).to_contain_text("手机号 · 明文")
        desk.get_by_role("button", name="同意导出").click()
        expect(desk.locator(".toast")).to_contain_text("已同意")
        expect(desk.locator(".tabs .tab-count")).to_have_count(0)
    with story.step("赵主管的页面自己等到文件生成好"):
        page.reload()
        expect(page.locator("#progress")).to_contain_text("正在生成")
        lease = claim_next()
        assert lease is not None
        run(lease)
        expect(page.get_by_role("button", name="下载 CSV")).to_be_visible()
    with story.step("文件到手，页面自己说还剩几次"):
        with page.expect_download() as begun:
            page.get_by_role("button", name="下载 CSV").click()
        path = tmp_path / "list.csv"
        begun.value.save_as(path)
        expect(page.locator("#progress")).to_contain_text("还能下载 2 次")
    with story.step("文件里有号码，有水印，多一位虚构的客户"):
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
        assert len(rows) == 2 and NUMBER in {row["手机号"] for row in rows}
        assert "zhao 赵主管" in rows[0]["水印"]
        page.reload()
        expect(page.locator(".copies")).to_contain_text("1 位客户")


def test_a_screen_of_many_says_whose_it_is(world: Cast, look: Any, settings: Any) -> None:
    desk = look(world.zhao, size=DESK)
    desk.goto("/leads/")
    mark = desk.locator(".watermark")
    expect(mark).to_have_attribute("aria-hidden", "true")
    assert "zhao" in desk.evaluate(
        "() => getComputedStyle(document.querySelector('.watermark'), '::before').content"
    )
    assert not desk.evaluate(
        "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    desk.locator("td.who a").first.click()  # it is in nobody's way
    expect(desk.locator("#sheet h2")).to_be_visible()
    settings.SCREEN_WATERMARK = False
    desk.reload()
    expect(mark).to_have_count(0)


def test_too_many_pages_are_said_in_the_list_beside_the_map(
    world: Cast, look: Any, settings: Any
) -> None:
    settings.PAGES_PER_HOUR = 1
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    for at in (hour, hour + timedelta(hours=1)):  # the clock may strike meanwhile
        CustomerPages.objects.create(staff=world.wang, hour=at, count=1)
    page = look(world.wang)
    page.goto("/map/?z=15&lat=36.86&lon=118.79")
    expect(page.locator("#list [role=alert]")).to_contain_text("以后可以接着看")
    expect(page.locator("#list")).to_have_attribute("aria-busy", "false")
