"""The doors on a phone: away too long, back by PIN; a forgotten password; where one stands."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from branches.models import Staff
from marketing_map.doorkeeper import USED
from tests.cast import SHOUGUANG, Cast, make_cast, make_lead

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)  # for a machine with other work to do
PIN = "480915"
CLOSE = f"/map/?z=14&lat={SHOUGUANG[1]}&lon={SHOUGUANG[0]}"


@pytest.fixture
def world(transactional_db: None) -> Iterator[Cast]:
    cast = make_cast()
    make_lead(cast, holder=cast.wang)
    make_lead(cast, holder=cast.wang, village=cast.next_village, point=(118.81, 36.87))
    yield cast


def log_in(page: Page, password: str = "pw", username: str = "wang") -> None:
    page.goto("/login/")
    page.get_by_label("工号").fill(username)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/login/" not in url)


def twenty_minutes_pass() -> None:
    """As if nobody had touched any session meanwhile."""
    for session in Session.objects.all():
        data = session.get_decoded()
        if USED in data:
            data[USED] -= 20 * 60
            session.session_data = Session.get_session_store_class()().encode(data)
            session.save()


def test_after_a_long_call_the_pin_leads_back_to_the_page(world: Cast, look: Any) -> None:
    Staff.objects.filter(pk=world.wang.pk).update(pin=make_password(PIN))
    page = look(None)
    log_in(page)
    page.goto("/leads/?holder=me")
    page.wait_for_load_state("networkidle")
    twenty_minutes_pass()

    page.reload()
    expect(page.get_by_text("15 分钟没有操作")).to_be_visible()
    expect(page.get_by_text("王**")).to_be_visible()
    page.get_by_label("PIN").fill("000111")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("alert")).to_contain_text("PIN 不对")
    page.get_by_label("PIN").fill(PIN)
    page.get_by_role("button", name="继续").click()
    expect(page).to_have_url(re.compile(r"/leads/\?holder=me$"))
    expect(page.get_by_role("link", name="吕建国").first).to_be_visible()


def test_not_me_asks_for_the_password(world: Cast, look: Any) -> None:
    Staff.objects.filter(pk=world.wang.pk).update(pin=make_password(PIN))
    page = look(None)
    log_in(page)
    page.context.clear_cookies(name="sessionid")
    page.goto("/leads/")
    page.get_by_role("link", name="不是我，或用密码登录").click()
    page.get_by_label("工号").fill("li")
    page.get_by_label("密码", exact=True).fill("pw")
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile(r"/leads/$"))


def test_a_forgotten_password_from_the_supervisor_to_ones_own(world: Cast, look: Any) -> None:
    chief = look(world.zhao)
    chief.goto("/me/")
    chief.get_by_role("link", name="同事忘记密码").click()
    chief.get_by_role("searchbox").fill("王")
    chief.get_by_role("button", name="查找").click()
    chief.get_by_role("link", name="重置密码 王经理").click()
    chief.get_by_role("button", name="已核对本人，重置密码").click()
    temporary = chief.locator(".temporary code").inner_text()

    phone = look(None)
    log_in(phone, temporary)
    expect(phone.get_by_role("heading", name="先设一个自己的密码")).to_be_visible()
    phone.goto("/leads/")
    expect(phone.get_by_role("heading", name="先设一个自己的密码")).to_be_visible()
    phone.get_by_label("新密码", exact=True).fill("spring-rain-26")
    phone.get_by_label("再输一次新密码").fill("spring-rain-26")
    phone.get_by_role("button", name="保存新密码").click()
    expect(phone.get_by_role("heading", name="设 6 位 PIN")).to_be_visible()
    phone.get_by_role("link", name="以后再说").click()
    expect(phone).to_have_url(re.compile("/map/"))


def test_without_a_position_the_village_is_chosen_and_remembered(world: Cast, look: Any) -> None:
    page = look(world.wang, permissions=[], has_touch=True, is_mobile=True)
    page.goto(CLOSE)
    page.get_by_role("button", name="附近").tap()
    expect(page.get_by_text("选您所在的村")).to_be_visible()
    page.locator("#search").fill("王家庄")
    page.locator("[data-search-results]").get_by_role("link", name="王家庄").first.tap()
    expect(page.get_by_text(re.compile("离您最近的"))).to_be_visible()
    expect(page.locator(".own-position")).to_be_visible()
    expect(page.locator("#sheet")).to_be_empty()

    page.goto(CLOSE)
    page.get_by_role("button", name="附近").tap()
    expect(page.get_by_text("按您选的王家庄")).to_be_visible()
    expect(page.get_by_text(re.compile("离您最近的"))).to_be_visible()
    page.get_by_role("button", name="换个村").tap()
    expect(page.locator("[data-map-notice]")).to_contain_text("选您所在的村")
    page.get_by_role("button", name="图例").tap()  # or not after all
    expect(page.locator("[data-map-notice]")).to_be_hidden()


def test_the_first_visit_says_what_to_tap_once(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto(CLOSE)
    expect(page.get_by_text("点圆圈放大，点村名看名单，点电话直接呼叫")).to_be_visible()
    page.get_by_role("button", name="知道了，不再提示").click()
    page.reload()
    expect(page.locator("[data-list] li").first).to_be_visible()
    expect(page.locator("[data-map-hint]")).to_have_count(0)


def test_large_letters_stay_on_and_go_off(world: Cast, look: Any) -> None:
    page = look(world.wang)
    page.goto("/me/")
    size = "() => getComputedStyle(document.documentElement).fontSize"
    page.get_by_role("button", name="大字").click()
    expect(page.get_by_role("button", name="大字")).to_have_attribute("aria-pressed", "true")
    page.goto("/today/")
    assert page.evaluate(size) == "20px"
    page.goto("/me/")
    page.get_by_role("button", name="大字").click()
    expect(page.get_by_role("button", name="大字")).to_have_attribute("aria-pressed", "false")
    assert page.evaluate(size) == "16px"
