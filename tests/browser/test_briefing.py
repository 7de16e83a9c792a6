"""The head of a branch on the phone: the morning, down to a manager, taking back, a leaver."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from outreach.models import Lead
from tests.cast import Cast, make_cast, make_lead
from tests.outreach.morning.test_activity import log

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)  # for a machine with other work to do


@pytest.fixture
def world(transactional_db: None) -> Cast:
    """Yesterday 王经理 reached two of five in 刘庄; 李经理 has two there and did nothing."""
    world = make_cast()
    yesterday = timezone.localdate() - timedelta(days=1)
    for reached in (True, True, False, False, False):
        log(make_lead(world, holder=world.wang), world.wang, yesterday, is_contact=reached)
    for _ in range(2):
        make_lead(world, holder=world.li)
    return world


def holders() -> dict[str, int]:
    found: dict[str, int] = {}
    for lead in Lead.objects.unscoped("test").select_related("holder"):
        name = lead.holder.name if lead.holder else ""
        found[name] = found.get(name, 0) + 1
    return found


def fits(page: Page) -> None:
    """Nothing sticks out of the phone's screen."""
    width = page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]


def test_the_morning_down_to_a_manager_and_the_rows(look: Any, world: Cast) -> None:
    page = look(world.zhao)
    page.goto("/")
    page.get_by_role("link", name="晨会").click()
    expect(page.get_by_role("heading", name="谁落后了")).to_be_visible()
    fits(page)
    page.locator(".unit-table a", has_text="稻田支行网点").click()
    row = page.locator(".unit-table tr", has_text="王经理")
    expect(row.locator("[data-label=触达]")).to_have_text("2 /5")
    row.locator("[data-label=触达] a").click()
    expect(page.locator("[data-total]").first).to_have_text("共 2 位")
    page.go_back()
    page.locator(".unit-table a", has_text="王经理").click()
    expect(page.get_by_role("heading", name="王经理").first).to_be_visible()
    expect(page.get_by_role("heading", name="离岗释放")).to_be_visible()
    fits(page)


def test_a_village_is_taken_back_in_three_taps_and_given_back(look: Any, world: Cast) -> None:
    page = look(world.zhao)
    page.goto("/assign/")
    page.locator(".place-row", has_text="刘庄村").click()
    page.locator("#sheet .segment", has_text="收回").click()
    page.locator("#sheet [data-submit]", has_text="收回 7 位").click()
    expect(page.locator(".with-undo")).to_contain_text("已收回 7 位")
    expect(page.locator(".place-row", has_text="刘庄村")).to_contain_text("待分配 7 / 7")
    assert holders() == {"": 7}
    page.locator(".with-undo button").click()
    expect(page.locator("#sheet")).to_contain_text("已撤销 7 位")
    assert holders() == {"王经理": 5, "李经理": 2}


def test_one_managers_customers_in_three_taps_to_another(look: Any, world: Cast) -> None:
    page = look(world.zhao)
    page.goto("/assign/?by=manager")
    page.locator(".place-row", has_text="王经理").click()
    page.locator(".manager-row", has_text="李经理").click()
    page.locator("#sheet [data-submit]", has_text="分配 5 位给 李经理").click()
    expect(page.locator(".with-undo")).to_contain_text("已分配 5 位给 李经理")
    assert holders() == {"李经理": 7}


def test_a_leaver_is_freed(look: Any, world: Cast) -> None:
    world.wang.is_active = False
    world.wang.save()
    page = look(world.zhao)
    page.goto("/staff/")
    page.locator(".alarm .member-row", has_text="王经理").click()
    button = page.locator("[data-release-button]")
    expect(button).to_have_text("释放 5 位到待分配")
    page.locator("[data-release-to]").select_option(label="李经理 · 稻田支行网点 · 持有 2")
    expect(button).to_have_text("移交 5 位给 李经理")
    page.locator("[name=sure]").check()
    button.click()
    expect(page.locator("[data-toasts]")).to_contain_text("移交给 李经理")
    assert holders() == {"李经理": 7}


def test_targets_are_shared_out_and_saved(look: Any, world: Cast) -> None:
    page = look(world.zhao)
    page.goto(f"/targets/?branch={world.outlet.code}")
    page.get_by_label("稻田支行网点 总目标").fill("31")
    page.get_by_role("button", name="平均分给 2 位客户经理").click()
    expect(page.get_by_label("李经理")).to_have_value("16")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("[data-toasts]")).to_contain_text("任务目标已保存")
    expect(page.locator(".progress-list")).to_contain_text("/31")
    fits(page)


def test_the_day_is_drawn_as_a_png(look: Any, world: Cast) -> None:
    page = look(world.zhao)
    page.goto("/briefing/picture/")
    image = page.locator("[data-picture][data-drawn=png]")
    expect(image).to_be_visible()
    page.wait_for_function(
        "() => { const i = document.querySelector('[data-picture]');"
        " return i.src.startsWith('data:image/png') && i.complete && i.naturalWidth === 1500; }"
    )
    # Really drawn: the green head, and the white below it.
    pixels = image.evaluate(
        """(image) => {
          const canvas = document.createElement("canvas");
          canvas.width = image.naturalWidth;
          canvas.height = image.naturalHeight;
          const context = canvas.getContext("2d");
          context.drawImage(image, 0, 0);
          return [[20, 20], [20, 400]].map(([x, y]) => [...context.getImageData(x, y, 1, 1).data]);
        }"""
    )
    assert pixels == [[0x14, 0x57, 0x3F, 255], [255, 255, 255, 255]]
    assert page.locator("[data-picture-save]").get_attribute("href").startswith("data:image/png")


def test_without_scripts_the_drawing_itself_is_shown(look: Any, world: Cast) -> None:
    page = look(world.zhao, java_script_enabled=False)
    page.goto("/briefing/picture/")
    expect(page.locator("[data-picture]")).to_be_visible()
    expect(page.locator("[data-picture-doors]")).to_be_hidden()
    page.goto("/briefing/picture.svg")
    expect(page.locator("text >> nth=0")).to_contain_text("寿光支行日报")
