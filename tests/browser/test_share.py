"""On a phone: copy the number, send the page; the customer opens it and applies; it is told back."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from outreach.models import Lead, Share
from tests.cast import Cast, make_cast, make_lead
from tests.shares import make_texts, stored

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "16900001234"
NO_CLIPBOARD = """
Object.defineProperty(navigator, "clipboard", { value: undefined });
document.execCommand = () => false;
"""


@pytest.fixture
def world(transactional_db: None) -> Cast:
    cast = make_cast()
    make_texts(cast)
    cast.wang.work_phone = "16405360007"
    cast.wang.save()
    return cast


@pytest.fixture
def lead(world: Cast) -> Lead:
    return make_lead(world, holder=world.wang, phone=NUMBER)


def card(page: Page, lead: Lead) -> None:
    page.goto(reverse("today"))
    page.locator(f"a[href='{reverse('lead_card', args=[lead.pk])}']").first.click()
    expect(page.locator("#sheet h2")).to_contain_text("吕建国")
    if not page.locator("#sheet details.after[open]").count():
        page.get_by_text("加微信、发资料").click()


def push(page: Page) -> Share:
    page.locator("#sheet").get_by_role("button", name="推送网点").click()
    expect(page.locator("#link-to-copy")).to_be_visible()
    share: Share = Share.objects.unscoped("test").latest("pk")
    return share


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


ALLOWED = {"permissions": ["clipboard-read", "clipboard-write"]}


def test_one_tap_puts_the_number_in_the_clipboard(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang, **ALLOWED)
    card(page, lead)
    assert NUMBER not in page.content()
    page.locator("#sheet").get_by_role("button", name="复制号码").click()
    expect(page.locator("[data-copy-said]")).to_have_text("已复制。")
    assert clipboard(page) == NUMBER
    page.get_by_text("返回客户").click()
    expect(page.locator("#sheet h2")).to_contain_text("吕建国")
    assert NUMBER not in page.content()
    kept = page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
    assert NUMBER not in kept


def test_a_browser_without_clipboard_leaves_it_selected(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang)
    page.context.add_init_script(NO_CLIPBOARD)
    card(page, lead)
    page.locator("#sheet").get_by_role("button", name="复制号码").click()
    expect(page.locator("[data-copy-said]")).to_contain_text("已选中")
    assert page.evaluate("getSelection().toString()").strip() == NUMBER


def test_pushed_opened_applied_and_told_back(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang, **ALLOWED)
    card(page, lead)
    share = push(page)
    page.get_by_role("button", name="复制文案").click()
    expect(page.locator("[data-copy-said]")).to_have_text("已复制。")
    link = clipboard(page).split("：")[-1]
    assert link.endswith(f"/s/{share.code}/")

    customers = look(None)
    customers.route(
        "https://bank.example/**", lambda route: route.fulfill(body="apply", status=200)
    )
    customers.goto(link)
    assert customers.locator("h1").inner_text() == "极速贷"
    assert "吕" not in customers.content() and NUMBER not in customers.content()
    customers.get_by_role("link", name="去手机银行申请").click()
    customers.wait_for_url(f"https://bank.example/apply?from={share.code}")
    assert customers.context.cookies() == []
    assert (stored(share).opens, stored(share).clicks) == (1, 1)

    card(page, lead)
    expect(page.locator("#sheet details.after")).to_contain_text("对方打开 1 次，点了去申请")
    page.goto(reverse("today"))
    expect(page.locator("section[aria-labelledby=clicked-title]")).to_contain_text("吕建国")


def test_without_scripts_everything_works_too(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang, java_script_enabled=False)
    page.goto(reverse("lead_card", args=[lead.pk]))
    page.get_by_text("加微信、发资料").click()
    page.get_by_role("button", name="复制号码").click()
    expect(page.locator("#number-to-copy")).to_have_text(NUMBER)
    page.get_by_role("button", name="推送网点").click()
    expect(page.locator("#link-to-copy")).to_contain_text("/s/")
    page.get_by_role("button", name="撤回链接").click()
    expect(page.locator("#sheet")).to_contain_text("链接已失效")


def test_the_phones_own_way_of_sharing(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang)
    page.context.add_init_script(
        "navigator.share = (what) => { window.shared = what; return Promise.resolve(); };"
    )
    card(page, lead)
    share = push(page)
    page.get_by_role("button", name="系统分享").click()
    shared = page.evaluate("window.shared")
    assert shared["url"].endswith(f"/s/{share.code}/")
    assert shared["title"] == "极速贷 · 稻田支行网点"


def test_taken_back_it_opens_no_more(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang)
    card(page, lead)
    share = push(page)
    page.get_by_role("button", name="撤回链接").click()
    expect(page.locator(".toast")).to_contain_text("已撤回")
    customers = look(None)
    customers.goto(reverse("shared_page", args=[share.code]))
    expect(customers.locator("main")).to_contain_text("请联系您的客户经理")
