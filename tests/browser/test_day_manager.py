"""The day of an account manager, told on the phone."""

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from outreach.models import Assignment, ContactLog, Lead, Share, Stage
from tests.browser.story import Story
from tests.browser.test_doors import PIN, log_in
from tests.cast import Cast, make_cast, make_lead
from tests.shares import make_texts

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)  # for a machine with other work to do
NUMBER = "16900001234"
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


@pytest.fixture
def world(transactional_db: None, settings: Any) -> Cast:
    """王经理 holds four customers; 王秀英 was found keen by headquarters, 刘新来 is new."""
    settings.CALL_HOURS = "00:00-23:59"
    cast = make_cast()
    make_texts(cast)
    cast.wang.work_phone, cast.wang.pin = "16405360007", make_password(PIN)
    cast.wang.save()
    make_lead(cast, holder=cast.wang, name="吕建国", phone=NUMBER, amount=500_000)
    keen = make_lead(cast, holder=cast.wang, name="王秀英", amount=80_000)
    yesterday = timezone.now() - timezone.timedelta(days=1)
    Lead.objects.unscoped("test").filter(pk=keen.pk).update(hq_interest_at=yesterday)
    make_lead(cast, holder=cast.wang, name="赵小河", amount=60_000)
    Assignment.objects.update(seen_at=timezone.now())
    make_lead(cast, holder=cast.wang, name="刘新来", amount=10_000)
    return cast


def chip(page: Page, value: str) -> None:
    page.locator(f"form[data-outcome] .chip[data-value={value}]").click()


def save(page: Page) -> None:
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#sheet [data-logged]")).to_be_visible()


def lead_of(name: str) -> Lead:
    leads = Lead.objects.unscoped("test").select_related("customer")
    return next(lead for lead in leads if lead.customer.name == name)


def open_card(page: Page, name: str) -> None:
    page.goto(reverse("today"))
    page.locator(f"a[href='{reverse('lead_card', args=[lead_of(name).pk])}']").first.click()
    expect(page.locator("#sheet h2")).to_contain_text(name)


def test_a_day_in_the_villages(world: Cast, look: Any) -> None:
    story = Story("王经理的一天")
    page = look(None, **CLIPBOARD)
    with story.step("王经理早上登录，先看到地图，今日标签上写着有 1 位新分配的客户"):
        log_in(page)
        expect(page).to_have_url(re.compile("/map/"))
        expect(page.locator(".tab-news")).to_contain_text("1")
    with story.step("今日说明先找谁、为什么：总行意向高的王秀英排在最前面"):
        page.get_by_role("link", name="今日").click()
        expect(page.locator(".task-row .who").first).to_have_text("王秀英")
        expect(page.locator(".task-row").first).to_contain_text("意向高")
        page.get_by_role("button", name="知道了").click()
        expect(page.locator("[data-news]")).to_have_count(0)
    with story.step("点一下呼叫，电话拨出，登记页已经打开"):
        page.get_by_role("button", name="呼叫 王秀英").click()
        expect(page.locator("form[data-outcome]")).to_be_visible()
        page.wait_for_function("() => window.dialled.length === 1")
    with story.step("没人接：点两下就登记好，下一位已经等着"):
        chip(page, "no_answer")
        save(page)
        expect(page.locator("#sheet .next")).to_contain_text("吕建国")
    with story.step("给吕建国打电话，他有意向，约好明天再联系"):
        page.locator("#sheet .next").click()
        page.locator("#sheet [data-call]").first.click()
        for value in ("connected", "self", "interested"):
            chip(page, value)
    with story.step("电话打得太久，会话已经结束；保存时转到登录，用 PIN 进来，选过的都还在"):
        Session.objects.all().delete()
        page.get_by_role("button", name="保存").click()
        page.wait_for_url(re.compile("/login/"))
        page.get_by_label("PIN").fill(PIN)
        page.get_by_role("button", name="继续").click()
        expect(page.locator("form[data-outcome]")).to_be_visible()
        for value in ("connected", "self", "interested"):
            checked = page.locator(f"form[data-outcome] .chip[data-value={value}] input")
            expect(checked).to_be_checked()
        chip(page, "tomorrow")
        save(page)
        assert lead_of("吕建国").stage == Stage.INTERESTED
    with story.step("复制号码去加微信，再把网点和产品推送给他"):
        open_card_anywhere(page, "吕建国")
        page.locator("#sheet").get_by_role("button", name="复制号码").click()
        expect(page.locator("[data-copy-said]")).to_have_text("已复制。")
        assert page.evaluate("navigator.clipboard.readText()") == NUMBER
        open_card_anywhere(page, "吕建国")
        page.locator("#sheet").get_by_role("button", name="推送网点").click()
        expect(page.locator("#link-to-copy")).to_be_visible()
    with story.step("吕老板打开链接，只看到网点、产品和客户经理，点了去申请"):
        share = Share.objects.unscoped("test").get()
        customers = look(None)
        customers.route("https://bank.example/**", lambda route: route.fulfill(body="apply"))
        customers.goto(reverse("shared_page", args=[share.code]))
        assert "吕" not in customers.content() and NUMBER not in customers.content()
        customers.get_by_role("link", name="去手机银行申请").click()
        customers.wait_for_url(re.compile("bank.example"))
    with story.step("王经理在今日看到他点了去申请"):
        page.goto(reverse("today"))
        clicked = page.locator("section[aria-labelledby=clicked-title]")
        expect(clicked).to_contain_text("吕建国")
    with story.step("去刘庄村：赵小河没人在家，一点就记下，点错了也能撤销"):
        page.goto(reverse("village", args=[world.village.code]))
        page.get_by_role("button", name="上门：赵小河没人在家").click()
        expect(page.locator(".row-visit.made")).to_have_count(1)
        page.locator(".toast").get_by_role("button", name="撤销").click()
        expect(page.locator(".row-visit.made")).to_have_count(0)
        page.get_by_role("button", name="上门：赵小河没人在家").click()
        expect(page.locator(".row-visit.made")).to_have_count(1)
    with story.step("路上遇到刘新来，登记上门，手一滑点成了无意向，当天更正成考虑中"):
        open_card(page, "刘新来")
        page.locator("#sheet").get_by_role("link", name="登记", exact=True).click()
        for value in ("visit", "self", "not_interested"):
            chip(page, value)
        save(page)
        open_card_anywhere(page, "刘新来")
        page.locator("#sheet [data-correct]").first.click()
        chip(page, "considering")
        save(page)
        assert lead_of("刘新来").stage == Stage.CONTACTED
    with story.step("他说换了号码：更正交给复核，卡片上写着等审核"):
        open_card_anywhere(page, "刘新来")
        page.locator("#sheet").get_by_role("link", name="信息有误").click()
        page.locator(".choice", has_text="号码更正").click()
        page.get_by_label("新号码").fill("16900005678")
        page.get_by_role("button", name="提交审核").click()
        expect(page.locator("[data-correction=phone]")).to_contain_text("169****5678")
        assert "16900005678" not in page.content()
    with story.step("收工时，今天做过的都列在今日的最后"):
        page.goto(reverse("today"))
        expect(page.locator("[data-done]")).to_contain_text("今天已完成 4")
        logs = ContactLog.objects.unscoped("test")
        assert logs.count() == 4 and not logs.filter(logged_at=None).exists()


def open_card_anywhere(page: Page, name: str) -> None:
    page.goto(reverse("lead_card", args=[lead_of(name).pk]))
    expect(page.locator("#sheet h2")).to_contain_text(name)
    after = page.locator("#sheet details.after:not([open]) summary")
    if after.count():
        after.first.click()
