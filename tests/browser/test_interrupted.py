"""The phone ends the page mid-call, the session ends, the network goes: nothing logged is lost."""

import random
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from benchmarks.interrupted_calls import (
    CALL_ANSWER_LOST,
    LOGGED_OUT,
    SAVE_ANSWER_LOST,
    SAVE_NOT_SENT,
    VISIT_HALF_FILLED,
    Plan,
    Story,
    is_sound,
    table,
)
from outreach.models import ContactLog, Lead, Refusal, Stage
from tests.cast import Cast, make_cast, make_lead

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "16900001234"


@pytest.fixture(autouse=True)
def at_any_hour(settings: Any) -> None:
    settings.CALL_HOURS = "00:00-23:59"


@pytest.fixture
def world(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def lead(world: Cast) -> Lead:
    return make_lead(world, holder=world.wang, phone=NUMBER)


def logs_of(lead: int) -> list[ContactLog]:
    return list(ContactLog.objects.unscoped("test").filter(lead=lead))


def card(page: Page, lead: Lead) -> None:
    page.goto(reverse("lead_card", args=[lead.pk]))


def chip(page: Page, value: str) -> Any:
    return page.locator(f"form[data-outcome] .chip[data-value={value}]")


def save(page: Page) -> None:
    page.locator("button.save").click()
    expect(page.locator("[data-logged]")).to_be_visible()


def test_five_interrupted_contacts_are_on_record_once(world: Cast, look: Any) -> None:
    chance = random.Random(7)
    page = look(world.wang)
    page.context.set_default_timeout(30_000)  # ten pages and five logins on a busy machine
    story = Story(
        page.context,
        world.wang.username,
        "pw",
        end_sessions=lambda: Session.objects.all().delete(),
        logs_of=logs_of,
    )
    spoke, visited = (
        ("connected", "self", "considering", "three_days"),
        ("visit", "self", "applied"),
    )
    for point, answers, chosen in (
        (CALL_ANSWER_LOST, ("no_answer",), 0),
        (SAVE_NOT_SENT, spoke, 4),
        (SAVE_ANSWER_LOST, spoke, 0),
        (LOGGED_OUT, spoke, 4),
        (VISIT_HALF_FILLED, visited, 2),
    ):
        plan = Plan(point, answers, chosen, chance.random() < 0.5, chance.random() < 0.5)
        story.play(plan, make_lead(world, holder=world.wang).pk)
    assert is_sound(story.tallies), table(story.tallies)
    assert story.drafts_left() == 0


def test_the_offer_of_an_unsaved_visit_can_be_declined(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang)
    card(page, lead)
    page.locator(".side-actions a[href$='/log/']").click()
    chip(page, "visit").click()
    page.get_by_label("备注").fill("周末在家")
    page.get_by_role("button", name="关闭").click()
    page.goto(reverse("today"))
    expect(page.locator("[data-unsaved]")).to_contain_text("有 1 条没保存的登记")
    stored = page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
    assert "visit" in stored
    for personal in ("周末", "吕", NUMBER, world.wang.username, world.wang.name):
        assert personal not in stored
    page.get_by_role("button", name="不要了").click()
    expect(page.locator("[data-unsaved]")).to_have_count(0)
    page.reload()
    page.wait_for_timeout(300)
    expect(page.locator("[data-unsaved]")).to_have_count(0)
    assert not logs_of(lead.pk)


def test_what_was_typed_is_asked_for_again_and_never_kept(
    world: Cast, lead: Lead, look: Any
) -> None:
    page = look(world.wang)
    card(page, lead)
    page.locator(".side-actions a[href$='/log/']").click()
    chip(page, "visit").click()
    chip(page, "self").click()
    page.get_by_label("备注").fill("周末在家")
    page.get_by_label("备注").blur()
    page.goto(reverse("today"))
    page.get_by_role("link", name="继续").click()
    expect(page.locator("[data-text-not-kept]")).to_be_visible()
    expect(chip(page, "self").locator("input")).to_be_checked()
    chip(page, "considering").click()
    expect(page.locator("[data-unsaved]")).to_have_count(0)
    save(page)
    assert [log.channel for log in logs_of(lead.pk)] == ["visit"]


def test_somebody_else_on_this_phone_finds_no_drafts(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang)
    card(page, lead)
    page.locator(".side-actions a[href$='/log/']").click()
    chip(page, "visit").click()
    Session.objects.all().delete()
    page.goto(reverse("login"))
    page.locator("input[name=username]").fill(world.zhou.username)
    page.locator("input[name=password]").fill("pw")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    expect(page.locator("html.js")).to_have_count(1)
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('draft:'))") == []


def test_a_session_that_ended_leads_to_the_door_and_back(
    world: Cast, lead: Lead, look: Any
) -> None:
    page = look(world.wang)
    page.goto(f"{reverse('today')}?all=never")
    Session.objects.all().delete()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # back from a long call
    page.wait_for_url("**/login/?next=*")
    page.locator("input[name=username]").fill(world.wang.username)
    page.locator("input[name=password]").fill("pw")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/today/?all=never")


def test_a_slip_is_mended_on_the_card(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang)
    card(page, lead)
    page.locator("#sheet [data-call]").first.click()
    chip(page, "connected").click()
    chip(page, "self").click()
    chip(page, "refused").click()
    save(page)
    assert Refusal.objects.filter(ended_at=None).count() == 1
    page.get_by_role("link", name="返回客户").click()
    page.locator("[data-correct]").click()
    expect(chip(page, "refused").locator("input")).to_be_checked()
    chip(page, "interested").click()
    save(page)
    expect(page.locator("#sheet h2")).to_contain_text("已更正")
    lead.refresh_from_db()
    assert lead.stage == Stage.INTERESTED and lead.eligibility == "yes"
    page.get_by_role("link", name="返回客户").click()
    page.get_by_text("更正前的登记").click()
    expect(page.locator(".former")).to_contain_text("拒绝营销")


def test_a_day_without_javascript(world: Cast, lead: Lead, look: Any) -> None:
    following = make_lead(world, holder=world.wang, name="王秀英", village=world.next_village)
    pool = make_lead(world, name="孙志强")
    page = look(world.wang, java_script_enabled=False)
    page.goto(reverse("today"))
    page.locator(f"a[href='{reverse('lead_card', args=[lead.pk])}']").click()
    expect(page.locator("[data-here]")).to_be_hidden()
    page.locator("[data-call]").first.click()
    expect(page.locator(f"a[href='tel:{NUMBER}']")).to_be_visible()
    page.get_by_text("已接通", exact=True).click()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("p.error[role=alert]").first).to_contain_text("请选接电话的是谁")
    page.get_by_text("本人", exact=True).click()
    page.get_by_text("有意向", exact=True).click()
    page.get_by_label("备注").fill("周末在家")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("[data-logged]")).to_contain_text("有意向")
    assert [log.note for log in logs_of(lead.pk)] == ["周末在家"]
    page.get_by_role("link", name="王秀英").click()
    expect(page.locator("h2").first).to_contain_text("王秀英")
    page.get_by_role("link", name="退回").click()
    page.get_by_text("不在我的片区").click()
    page.get_by_role("button", name="退回").click()
    expect(page.locator("h2").first).to_contain_text("已退回")
    following.refresh_from_db()
    assert following.holder is None
    page.goto(reverse("lead_card", args=[pool.pk]))
    page.get_by_role("button", name="认领这位客户").click()
    expect(page.locator(".toast")).to_contain_text("认领成功")
    page.get_by_role("link", name="导航").click()
    expect(page.locator("[data-app]").first).to_be_visible()
