"""The morning of the head of a branch, told on the phone."""

from typing import Any

import pytest
from playwright.sync_api import expect

from outreach.models import Assignment
from tests.browser.story import Story
from tests.browser.test_briefing import fits, holders, world
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)  # for a machine with other work to do

__all__ = ["world"]


def test_a_morning_of_the_head_of_a_branch(world: Cast, look: Any) -> None:
    story = Story("赵主管的早上")
    page = look(world.zhao, has_touch=True, is_mobile=True)
    with story.step("赵主管打开晨会，先看到谁落后了"):
        page.goto("/")
        page.get_by_role("link", name="晨会").tap()
        expect(page.get_by_role("heading", name="谁落后了")).to_be_visible()
        fits(page)
    with story.step("触达写着怎么算：本人接通或见面；自报和核实分开"):
        expect(page.locator("main")).to_contain_text("本人接通或见面")
        expect(page.locator("main")).to_contain_text("自报")
        expect(page.locator("main")).to_contain_text("核实")
    with story.step("点开网点，王经理昨天联系五位、触达两位，数字点进去就是那两位客户"):
        page.locator(".unit-table a", has_text="稻田支行网点").tap()
        row = page.locator(".unit-table tr", has_text="王经理")
        expect(row.locator("[data-label=触达]")).to_have_text("2 /5")
        row.locator("[data-label=触达] a").tap()
        expect(page.locator("[data-total]").first).to_have_text("共 2 位")
    with story.step("给网点定本月任务，平均分给两位客户经理，页面说明完成率和序时进度"):
        page.goto(f"/targets/?branch={world.outlet.code}")
        page.get_by_label("稻田支行网点 总目标").fill("30")
        page.get_by_role("button", name="平均分给 2 位客户经理").tap()
        expect(page.get_by_label("李经理")).to_have_value("15")
        page.get_by_role("button", name="保存").tap()
        expect(page.locator("[data-toasts]")).to_contain_text("任务目标已保存")
        expect(page.locator(".progress-list")).to_contain_text("/30")
        expect(page.locator("main")).to_contain_text("序时")
    with story.step("把王经理的五位客户三下移交给李经理"):
        page.goto("/assign/?by=manager")
        page.locator(".place-row", has_text="王经理").tap()
        page.locator(".manager-row", has_text="李经理").tap()
        page.locator("#sheet [data-submit]", has_text="分配 5 位给 李经理").tap()
        expect(page.locator(".with-undo")).to_contain_text("已分配 5 位给 李经理")
        assert holders() == {"李经理": 7}
    with story.step("移交错了，一点撤销，客户回到王经理手里"):
        page.locator(".with-undo button").tap()
        expect(page.locator("#sheet")).to_contain_text("已撤销 5 位")
        assert holders() == {"王经理": 5, "李经理": 2}
    with story.step("王经理调走了：离岗释放，五位客户一次回到待分配"):
        page.goto("/staff/")
        page.locator(".member-row", has_text="王经理").first.tap()
        page.locator("[name=sure]").check()
        page.locator("[data-release-button]").tap()
        expect(page.locator("[data-toasts]")).to_contain_text("5 位客户，待分配")
        assert holders() == {"": 5, "李经理": 2}
    with story.step("按村分配：点刘庄村，选李经理，三下给出"):
        page.goto("/assign/")
        page.locator(".place-row", has_text="刘庄村").tap()
        page.locator(".manager-row", has_text="李经理").tap()
        page.locator("#sheet [data-submit]").last.tap()
        expect(page.locator(".with-undo")).to_contain_text("已分配 5 位给 李经理")
        assert holders() == {"李经理": 7}
    with story.step("客户卡片上看得到谁先后管过、为什么换人"):
        lead = Assignment.objects.filter(end_reason="left").values_list("lead", flat=True)[0]
        page.goto(f"/leads/{lead}/card/")
        holders_told = page.locator("section[aria-labelledby=holders-title]")
        expect(holders_told).to_contain_text("因离岗结束")
        expect(holders_told).to_contain_text("李经理")
    with story.step("最后把当天的日报图发到群里，图上没有一个客户的名字"):
        page.goto("/briefing/picture/")
        expect(page.locator("[data-picture][data-drawn=png]")).to_be_visible()
        drawing = page.request.get("/briefing/picture.svg").text()
        assert "稻田支行网点" in drawing and "吕建国" not in drawing
