"""The supervisor at the desk: draw, count, assign, undo; and from the list and the phone."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from outreach.models import Assignment, ContactLog, Lead
from tests.browser.conftest import DESK
from tests.cast import SHOUGUANG, Cast, make_cast, make_lead

LON, LAT = SHOUGUANG
expect.set_options(timeout=15_000)  # for a machine with other work to do


@pytest.fixture
def world(transactional_db: None) -> Cast:
    """Six unassigned and one held customer around 刘庄, one far outside the view's middle."""
    world = make_cast()
    for step in range(6):
        make_lead(world, point=(LON + step * 0.001, LAT))
    make_lead(world, point=(LON, LAT + 0.001), holder=world.li)
    make_lead(world, point=(LON + 0.2, LAT + 0.2))
    return world


def holders() -> dict[str | None, int]:
    """How many leads each holder has, by name."""
    found: dict[str | None, int] = {}
    for lead in Lead.objects.unscoped("test").select_related("holder"):
        name = lead.holder.name if lead.holder else None
        found[name] = found.get(name, 0) + 1
    return found


def desk_map(look: Any, world: Cast) -> Page:
    page = look(world.zhao, DESK)
    page.goto(f"/map/?z=14&lat={LAT}&lon={LON}")
    expect(page.locator("[data-draw-tools]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    return page


def middle(page: Page) -> tuple[float, float]:
    box = page.locator("#map").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def draw_rectangle(page: Page) -> None:
    page.get_by_role("button", name="框选").click()
    expect(page.locator("[data-draw-hint]")).to_contain_text("拖出一个框")
    page.wait_for_function("() => window.L.Draw && document.querySelector('.drawing')")
    x, y = middle(page)
    page.mouse.move(x - 200, y - 150)
    page.mouse.down()
    page.mouse.move(x, y, steps=4)
    page.mouse.move(x + 200, y + 150, steps=4)
    page.mouse.up()


def choose(page: Page, name: str) -> None:
    page.locator(".manager-row", has_text=name).click()


def test_draw_count_assign_undo(look: Any, world: Cast) -> None:
    page = desk_map(look, world)
    draw_rectangle(page)
    panel = page.locator("#sheet")
    expect(panel.locator("[data-total]")).to_have_text("7")
    expect(panel).to_contain_text("待分配 6 · 已分配 1")
    submit = panel.locator("[data-submit]")
    expect(submit).to_be_disabled()
    choose(page, "王经理")
    expect(submit).to_have_text("分配 6 位给 王经理")
    submit.click()
    toast = page.locator(".with-undo")
    expect(toast).to_contain_text("已分配 6 位给 王经理")
    expect(panel).to_be_empty()
    assert holders() == {"王经理": 6, "李经理": 1, None: 1}
    toast.get_by_role("button", name="撤销").click()
    expect(panel).to_contain_text("已撤销 6 位")
    assert holders() == {"李经理": 1, None: 7}


def test_a_polygon_by_clicks_and_enter(look: Any, world: Cast) -> None:
    page = desk_map(look, world)
    page.get_by_role("button", name="多边形").click()
    page.wait_for_function("() => window.L.Draw && document.querySelector('.drawing')")
    x, y = middle(page)
    for dx, dy in ((-200, -150), (200, -150), (200, 150), (-200, 150)):
        page.mouse.click(x + dx, y + dy)
        page.wait_for_timeout(150)  # nobody clicks faster, and Leaflet.draw takes it for one click
    page.keyboard.press("Enter")
    expect(page.locator("#sheet [data-total]")).to_have_text("7")


def test_escape_cancels_and_enter_takes_the_whole_view(look: Any, world: Cast) -> None:
    page = desk_map(look, world)
    box = page.get_by_role("button", name="框选")
    box.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.L.Draw && document.querySelector('.drawing')")
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#sheet")).to_be_empty()
    page.keyboard.press("Enter")
    expect(box).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet [data-total]")).to_have_text("7")
    expect(page.locator("#assign-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).to_be_empty()
    expect(box).to_be_focused()


def test_two_supervisors_at_once_the_second_is_told(look: Any, world: Cast) -> None:
    mine, other = desk_map(look, world), look(world.zhao, DESK)
    draw_rectangle(mine)
    choose(mine, "王经理")
    other.goto(f"/assign/panel/?village={world.village.code}")
    choose(other, "李经理")
    other.locator("[data-submit]").click()
    expect(other.locator(".with-undo")).to_be_visible()
    mine.locator("[data-submit]").click()
    expect(mine.locator("#sheet .notice")).to_contain_text("6 位已被 赵主管 抢先分配给 李经理")
    assert holders()["李经理"] == 8
    assert Assignment.objects.filter(ended_at=None).count() == 8


def test_undo_later_keeps_who_was_called(look: Any, world: Cast) -> None:
    page = desk_map(look, world)
    draw_rectangle(page)
    choose(page, "王经理")
    page.locator("[data-submit]").click()
    expect(page.locator(".with-undo")).to_be_visible()
    called = Lead.objects.unscoped("test").filter(holder=world.wang).first()
    assert called
    ContactLog.objects.create(
        uuid="00000000-0000-4000-8000-000000000001",
        lead=called,
        staff=world.wang,
        channel="call",
        started_at=Assignment.objects.get(lead=called, ended_at=None).at,
    )
    page.locator("[data-draw-tools]").get_by_role("button", name="撤销").click()
    page.locator(".operations").get_by_role("button", name="撤销").click()
    expect(page.locator("#sheet")).to_contain_text("已撤销 5 位")
    expect(page.locator("#sheet")).to_contain_text("已有联系记录：1")


def test_ticked_in_the_list(look: Any, world: Cast) -> None:
    page = look(world.zhao, DESK)
    page.goto("/leads/?holder=none")
    page.locator("[data-tick]").nth(0).check()
    page.locator("[data-tick]").nth(1).check()
    bar = page.locator("[data-tick-bar]")
    expect(bar).to_contain_text("已选 2 位")
    bar.get_by_role("button", name="分配…").click()
    choose(page, "李经理")
    page.locator("[data-submit]").click()
    expect(page.locator(".with-undo")).to_contain_text("已分配 2 位给 李经理")
    expect(page.locator("[data-total]").first).to_have_text("共 5 位")  # the list follows
    assert holders()["李经理"] == 3


def test_the_filter_changes_the_list_and_the_address(look: Any, world: Cast) -> None:
    page = look(world.zhao, DESK)
    page.goto("/leads/")
    expect(page.locator("[data-total]").first).to_have_text("共 8 位")
    page.get_by_label("持有人").select_option(label="李经理")
    expect(page.locator("[data-total]").first).to_have_text("共 1 位")
    assert re.search(rf"holder={world.li.pk}\b", page.url)
    page.locator("[data-lead] .who a").click()
    expect(page.locator("#sheet")).to_contain_text("以最终审批为准")


def test_by_village_on_the_phone(look: Any, world: Cast) -> None:
    page = look(world.zhao)
    page.goto("/assign/")
    page.locator(".place-row", has_text="刘庄村").click()
    expect(page.locator("#sheet [data-total]")).to_have_text("8")
    page.locator("[data-assign-form] [data-search]").fill("ljl wt")
    expect(page.locator("[data-nobody]")).to_be_visible()
    page.locator("[data-assign-form] [data-search]").fill("wjl 稻田")
    expect(page.locator(".manager-row:visible")).to_have_count(1)
    choose(page, "王经理")
    page.get_by_text("连同已分配的一起改派").click()
    submit = page.locator("[data-submit]")
    expect(submit).to_have_text("分配 8 位给 王经理")
    submit.click()
    expect(page.locator(".with-undo")).to_contain_text("已分配 8 位给 王经理")
    expect(page.locator(".place-row", has_text="刘庄村")).to_contain_text("待分配 0 / 8")
    assert holders() == {"王经理": 8}


def test_a_manager_claims_from_the_pool(look: Any, world: Cast) -> None:
    lead = Lead.objects.unscoped("test").filter(holder=None).first()
    assert lead
    page = look(world.wang)
    page.goto("/leads/")
    page.locator(f"[data-lead='{lead.pk}'] .who a").click()
    page.get_by_role("button", name="认领这位客户").click()
    expect(page.locator("#sheet [data-sheet-title]")).to_contain_text("吕建国")
    expect(page.get_by_role("button", name="认领这位客户")).to_have_count(0)
    assert holders()["王经理"] == 1
