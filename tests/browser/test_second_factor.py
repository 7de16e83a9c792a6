"""手机验证器 on a phone: led to it after the password, set up, and asked for at the next login."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from branches.models import SecondFactor
from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import violations
from tests.browser.test_doors import log_in
from tests.cast import Cast, make_cast
from tests.factors import Phone, enrolled

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)  # for a machine with other work to do


@pytest.fixture
def world(transactional_db: None, settings: Any) -> Iterator[Cast]:
    settings.MFA_ROLES = ["supervisor", "admin", "reviewer", "auditor"]
    yield make_cast()


def half_a_minute_passes() -> None:
    """So that the code the phone shows now was not used yet."""
    SecondFactor.objects.update(last_step=0)


def no_wider_than_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_supervisor_enrols_and_logs_in_again(world: Cast, look: Any) -> None:
    page = look(None, PHONE, has_touch=True, is_mobile=True)
    log_in(page, username="zhao")
    expect(page.get_by_role("heading", name="先设置手机验证器")).to_be_visible()
    page.goto("/briefing/")
    expect(page.get_by_role("heading", name="先设置手机验证器")).to_be_visible()
    expect(page.get_by_alt_text("给验证器扫的二维码")).to_be_visible()
    assert page.get_by_alt_text("给验证器扫的二维码").evaluate("image => image.naturalWidth > 0")

    page.get_by_text("正用这台手机看，或扫不了？").tap()
    link = page.get_by_role("link", name="在本机的验证器里打开").get_attribute("href")
    phone = Phone(parse_qs(urlsplit(link).query)["secret"][0])
    typed = page.locator(".temporary code").inner_text()
    assert typed.replace(" ", "") == phone.secret and no_wider_than_the_screen(page)
    assert violations(page) == []

    page.get_by_label("6 位数字").fill(phone.wrong())
    page.get_by_role("button", name="启用").tap()
    expect(page.get_by_role("alert")).to_contain_text("手机时间要设为自动")
    page.get_by_label("6 位数字").fill(phone.code())
    page.get_by_role("button", name="启用").tap()
    expect(page.get_by_text("只显示这一次")).to_be_visible()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    assert no_wider_than_the_screen(page) and violations(page) == []
    page.get_by_role("link", name="已抄好，继续").tap()
    expect(page).to_have_url(re.compile(r"/briefing/$"))

    page.goto("/me/")
    page.get_by_role("button", name="退出登录").tap()
    page.wait_for_url("**/login/")
    half_a_minute_passes()
    give_password(page)
    expect(page.get_by_text("还差一步")).to_be_visible()
    give_password(page, at="/briefing/")  # not in yet: it leads to the login again
    page.get_by_label("6 位数字").fill(phone.wrong())
    page.get_by_role("button", name="登录").tap()
    expect(page.get_by_role("alert")).to_contain_text("数字不对")
    assert no_wider_than_the_screen(page) and violations(page) == []
    page.get_by_label("6 位数字").fill(phone.code())
    page.get_by_role("button", name="登录").tap()
    expect(page).to_have_url(re.compile(r"/briefing/$"))


def test_without_the_phone_a_recovery_code_opens(world: Cast, look: Any) -> None:
    phone = enrolled(world.zhao)
    page = look(None, PHONE, has_touch=True, is_mobile=True)
    give_password(page)
    page.get_by_role("link", name="手机不在身边：用恢复码登录").tap()
    expect(page.get_by_label("恢复码", exact=True)).to_be_visible()
    assert violations(page) == []
    page.get_by_label("恢复码", exact=True).fill(phone.recovery_codes[0])
    page.get_by_role("button", name="登录").tap()
    expect(page.get_by_text("还剩 9 个")).to_be_visible()


def give_password(page: Page, at: str = "/login/") -> None:
    page.goto(at)
    page.get_by_label("工号").fill("zhao")
    page.get_by_label("密码", exact=True).fill("pw")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/login/code/")
