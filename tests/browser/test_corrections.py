"""A new number goes its way: stated on a phone, called at once, adopted by keyboard, on the card."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from outreach.models import Eligibility, Lead
from tests.browser.conftest import DESK
from tests.cast import Cast, make_cast, make_lead
from whitelist.models import Correction, Customer

pytestmark = pytest.mark.django_db(transaction=True)
OLD, NEW = "16900001234", "16900005678"


@pytest.fixture(autouse=True)
def at_any_hour(settings: Any) -> None:
    settings.CALL_HOURS = "00:00-23:59"


@pytest.fixture
def world(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def lead(world: Cast) -> Lead:
    return make_lead(world, holder=world.wang, phone=OLD)


def card(page: Page, lead: Lead) -> None:
    page.goto(reverse("today"))
    page.locator(f"a[href='{reverse('lead_card', args=[lead.pk])}']").first.click()
    expect(page.locator("#sheet h2")).to_contain_text("吕建国")


def choose(page: Page, what: str) -> None:
    page.get_by_role("link", name="信息有误").click()
    page.locator(".choice", has_text=what).click()


def state_number(page: Page, typed: str) -> None:
    choose(page, "号码更正")
    page.get_by_label("新号码").fill(typed)
    page.get_by_role("button", name="提交审核").click()


def chip(page: Page, value: str) -> Any:
    return page.locator(f"form[data-outcome] .chip[data-value={value}]")


def test_a_new_number_is_stated_called_adopted_and_shown(
    world: Cast, lead: Lead, look: Any
) -> None:
    page = look(world.wang)
    card(page, lead)
    state_number(page, "123")
    expect(page.locator("#sheet [role=alert]")).to_contain_text("11 位")
    page.get_by_label("新号码").fill("１６９-0000-5678")
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("[data-correction=phone]")).to_contain_text("169****5678")
    page.get_by_role("button", name="待审核的新号码").click()
    expect(page.locator("form[data-outcome]")).to_be_visible()
    expect(page.locator("a[data-dial][data-dialled]")).to_be_visible()
    assert page.evaluate("window.dialled") == [f"tel:{NEW}"]
    chip(page, "connected").click()
    chip(page, "self").click()
    chip(page, "considering").click()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#sheet [data-logged]")).to_be_visible()

    desk = look(world.feng, size=DESK)
    desk.goto(reverse("corrections"))
    expect(desk.locator("[data-row]")).to_contain_text("其中用新号码 1 次")
    desk.keyboard.press("ArrowDown")
    expect(desk.locator("[data-row]")).to_be_focused()
    desk.keyboard.press("a")
    expect(desk.locator(".toast")).to_contain_text("已采用 1 条更正")
    expect(desk.locator("[data-row]")).to_have_count(0)

    page.goto(reverse("today"))
    page.locator("[data-decided=approved]").click()
    expect(page.locator("#sheet .call")).to_contain_text("169****5678")
    expect(page.locator("#sheet")).to_contain_text("手机号更正已采用")
    assert NEW not in page.content() and OLD not in page.content()


def test_a_number_that_is_none_is_dialled_no_more_until_undone(
    world: Cast, lead: Lead, look: Any
) -> None:
    page = look(world.wang)
    card(page, lead)
    page.locator("#sheet [data-call]").first.click()
    chip(page, "no_such_number").click()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#sheet")).to_contain_text("这个号码不再拨打")
    page.get_by_text("返回客户").click()
    expect(page.locator("#sheet")).to_contain_text("现号码是空号")
    expect(page.locator("#sheet .call")).to_have_count(0)
    expect(page.get_by_role("link", name="更正号码")).to_be_visible()
    page.get_by_role("button", name="号码没问题").click()
    expect(page.locator("#sheet .call")).to_contain_text("169****1234")
    assert Customer.objects.unscoped("test").get().phone_fault == ""


def test_deceased_by_mistake(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang)
    card(page, lead)
    choose(page, "已故")
    page.get_by_role("button", name="确认已故").click()
    expect(page.locator("#sheet h2")).to_contain_text("已登记为已故")
    expect(page.locator(".tasks .task-row")).to_have_count(0)
    page.get_by_role("button", name="点错了").click()
    expect(page.locator("#sheet h2")).to_contain_text("吕建国")
    expect(page.locator(".tasks .task-row")).to_have_count(1)
    lead.refresh_from_db()
    assert lead.eligibility == Eligibility.YES


def test_a_wrong_position_leads_to_i_am_here(world: Cast, lead: Lead, look: Any) -> None:
    page = look(
        world.wang,
        permissions=["geolocation"],
        geolocation={"longitude": 118.7921, "latitude": 36.8613, "accuracy": 12},
    )
    card(page, lead)
    choose(page, "位置不对")
    expect(page.locator("[data-position-text]")).to_contain_text("12 米")


def test_the_reviewer_says_why_not(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang)
    card(page, lead)
    state_number(page, NEW)
    expect(page.locator("[data-correction=phone]")).to_be_visible()
    desk = look(world.feng, size=DESK)
    desk.goto(reverse("corrections"))
    expect(desk.get_by_role("button", name="采用勾选的")).to_be_disabled()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Space")
    expect(desk.get_by_role("button", name="采用勾选的")).to_be_enabled()
    desk.keyboard.press("r")
    desk.keyboard.type("新号码打不通")
    desk.keyboard.press("Enter")
    expect(desk.locator(".toast")).to_contain_text("1 条更正未采用")
    assert Correction.objects.unscoped("test").get().state == "rejected"
    card(page, lead)
    expect(page.locator("#sheet")).to_contain_text("未采用：新号码打不通")
