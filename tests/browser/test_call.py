"""On a phone: call, say how it went, see the customer's mark change; lose nothing on the way."""

from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from outreach.models import ContactLog, Lead, Stage
from tests.cast import Cast, make_cast, make_lead
from whitelist.models import Precision

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


def card(page: Page, lead: Lead) -> None:
    page.goto(reverse("today"))
    page.locator(f"a[href='{reverse('lead_card', args=[lead.pk])}']").first.click()
    expect(page.locator("#sheet h2")).to_contain_text("吕建国")


def call(page: Page) -> None:
    page.locator("#sheet [data-call]").first.click()
    expect(page.locator("form[data-outcome]")).to_be_visible()


def chip(page: Page, value: str) -> Any:
    return page.locator(f"form[data-outcome] .chip[data-value={value}]")


def save(page: Page) -> None:
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#sheet [data-logged]")).to_be_visible()


def log_of(lead: Lead) -> ContactLog:
    log: ContactLog = ContactLog.objects.unscoped("test").get(lead=lead)
    return log


def test_call_outcome_stage_and_mark(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang)
    card(page, lead)
    assert page.locator("#sheet use[href$='#to_contact']").count() == 1
    assert NUMBER not in page.content()
    call(page)
    page.wait_for_function("() => window.dialled.length")
    assert page.evaluate("window.dialled") == [f"tel:{NUMBER}"]
    chip(page, "connected").click()
    chip(page, "self").click()
    chip(page, "interested").click()
    chip(page, "tomorrow").click()
    save(page)
    expect(page.locator(".toast")).to_contain_text("有意向")
    assert page.locator("#sheet use[href$='#interested']").count() == 1
    assert NUMBER not in page.content()
    lead.refresh_from_db()
    assert lead.stage == Stage.INTERESTED and lead.follow_up_at
    expect(page.locator(".tasks .task-row")).to_have_count(0)


def test_no_answer_is_one_tap_and_a_save(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang)
    card(page, lead)
    call(page)
    chip(page, "no_answer").click()
    expect(chip(page, "self")).to_be_hidden()
    expect(chip(page, "interested")).to_be_hidden()
    save(page)
    log = log_of(lead)
    assert log.call_state == "no_answer" and not log.is_contact


def test_the_sheet_asks_only_what_makes_sense(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang)
    card(page, lead)
    call(page)
    chip(page, "connected").click()
    expect(chip(page, "self")).to_be_visible()
    expect(chip(page, "nobody")).to_be_hidden()
    chip(page, "family").click()
    expect(chip(page, "refused")).to_be_visible()
    expect(chip(page, "interested")).to_be_hidden()
    chip(page, "self").click()
    chip(page, "interested").click()
    expect(chip(page, "explained")).to_be_visible()
    chip(page, "no_answer").click()  # a slip of the finger, mended: nothing of the rest is sent
    save(page)
    assert log_of(lead).person == "" and log_of(lead).outcome == ""


def test_a_reload_in_the_middle_of_a_call_loses_nothing(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang)
    card(page, lead)
    call(page)
    chip(page, "connected").click()
    chip(page, "self").click()
    page.get_by_label("备注").fill("周末在家")
    page.reload()
    expect(page.locator("[data-waiting-count]")).to_have_text("1")
    expect(page.locator("form[data-outcome]")).to_be_visible()
    expect(chip(page, "self").locator("input")).to_be_checked()
    stored = page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
    assert "周末" not in stored and "吕" not in stored and NUMBER not in stored
    chip(page, "considering").click()
    save(page)
    expect(page.locator("[data-waiting-count]")).to_have_count(0)
    assert log_of(lead).outcome == "considering"


def test_coming_back_from_the_phone_app_opens_the_sheet(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang)
    page.goto(reverse("today"))
    page.wait_for_timeout(600)
    elsewhere = look(world.wang)
    card(elsewhere, lead)
    call(elsewhere)
    expect(page.locator("form[data-outcome]")).to_have_count(0)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("form[data-outcome]")).to_be_visible()


def test_put_aside_it_stays_in_the_list_and_opens_no_more(
    world: Cast, lead: Lead, look: Any
) -> None:
    page = look(world.wang)
    card(page, lead)
    call(page)
    page.get_by_role("button", name="稍后").click()
    expect(page.locator("form[data-outcome]")).to_have_count(0)
    page.reload()
    page.wait_for_timeout(900)
    expect(page.locator("form[data-outcome]")).to_have_count(0)
    page.locator("[data-waiting]").click()
    expect(page.locator("form[data-outcome]")).to_be_visible()


def test_no_network_at_saving_keeps_the_form_and_the_uuid(
    world: Cast, lead: Lead, look: Any
) -> None:
    page = look(world.wang)
    card(page, lead)
    call(page)
    uuid = page.locator("form[data-outcome]").get_attribute("data-outcome")
    chip(page, "connected").click()
    chip(page, "self").click()
    chip(page, "interested").click()
    page.get_by_label("备注").fill("周末在家")
    page.context.set_offline(True)
    page.get_by_role("button", name="保存").click()
    expect(page.locator("[data-not-saved]")).to_be_visible()
    expect(page.get_by_label("备注")).to_have_value("周末在家")
    page.context.set_offline(False)  # … and it is sent by itself
    expect(page.locator("#sheet [data-logged]")).to_be_visible()
    log = log_of(lead)
    assert log.uuid == UUID(uuid) and log.note == "周末在家"


def test_a_closed_gate_is_said_in_words(world: Cast, lead: Lead, look: Any, settings: Any) -> None:
    page = look(world.wang)
    card(page, lead)
    settings.CALL_HOURS = "00:00-00:00"
    page.locator("#sheet [data-call]").first.click()
    expect(page.locator("[data-gate=hours]")).to_be_visible()
    assert page.evaluate("window.dialled") == []


def test_i_am_here(world: Cast, lead: Lead, look: Any) -> None:
    page = look(
        world.wang,
        permissions=["geolocation"],
        geolocation={"longitude": 118.7921, "latitude": 36.8613, "accuracy": 12},
    )
    card(page, lead)
    page.get_by_role("button", name="我在这里").click()
    expect(page.locator("[data-position-text]")).to_contain_text("12 米")
    page.get_by_role("button", name="保存位置").click()
    expect(page.locator("#sheet")).to_contain_text("现场核实")
    lead.refresh_from_db()
    assert lead.precision == Precision.ON_SITE


def test_the_keyboard_alone(world: Cast, lead: Lead, look: Any) -> None:
    page = look(world.wang, size={"width": 1440, "height": 900})
    page.goto(reverse("today"))
    row = page.locator(f".task-row a[href='{reverse('lead_card', args=[lead.pk])}']").first
    row.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sheet h2")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#sheet h2")).to_have_count(0)
    expect(row).to_be_focused()
