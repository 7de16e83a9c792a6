"""通行密钥 in a real browser, with Chromium's own virtual authenticator (CDP WebAuthn)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from branches.models import Passkey
from tests.browser.conftest import PHONE
from tests.browser.test_accessibility import violations
from tests.browser.test_doors import log_in
from tests.browser.test_second_factor import give_password, no_wider_than_the_screen
from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)


@pytest.fixture
def world(transactional_db: None, settings: Any, live_server: Any) -> Iterator[Cast]:
    settings.MFA_ROLES = ["supervisor", "admin", "reviewer", "auditor"]
    settings.PASSKEY_HOST, settings.PASSKEY_ORIGINS = "localhost", [live_server.url]
    yield make_cast()


def give_a_key(page: Page) -> None:
    """A phone with a fingerprint reader, whose owner always touches it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_supervisor_adds_one_and_comes_in_with_it(world: Cast, look: Any) -> None:
    page = look(None, PHONE, has_touch=True, is_mobile=True)
    give_a_key(page)
    log_in(page, username="zhao")
    page.get_by_role("link", name="改用通行密钥").tap()
    expect(page.get_by_role("heading", name="通行密钥", exact=True)).to_be_visible()
    assert no_wider_than_the_screen(page) and violations(page) == []
    page.get_by_label("名称").fill("我的手机")
    page.get_by_role("button", name="添加通行密钥").tap()
    expect(page.get_by_text("通行密钥已添加")).to_be_visible()
    expect(page).to_have_url(re.compile("/map/"))  # on to where they were going
    page.goto("/me/passkeys/")
    expect(page.get_by_role("button", name=re.compile("移除"))).to_be_visible()
    assert Passkey.objects.get().label == "我的手机"
    assert no_wider_than_the_screen(page) and violations(page) == []
    page.get_by_role("button", name="添加通行密钥").tap()  # the same phone once more
    expect(page.get_by_role("alert")).to_contain_text("已经添加过了")

    page.goto("/me/")
    page.get_by_role("button", name="退出登录").tap()
    page.wait_for_url("**/login/")
    give_password(page)
    assert no_wider_than_the_screen(page) and violations(page) == []
    page.get_by_role("button", name=re.compile("用通行密钥")).tap()
    page.wait_for_url(re.compile(r"/map/"))
    assert Passkey.objects.get().sign_count > 0


def test_a_sensitive_act_asks_and_goes_on(world: Cast, look: Any) -> None:
    page = look(None, PHONE, has_touch=True, is_mobile=True)
    give_a_key(page)
    log_in(page, username="wang")
    page.goto("/me/passkeys/")
    page.get_by_role("button", name="添加通行密钥").tap()
    expect(page.get_by_text("通行密钥已添加")).to_be_visible()
    forget_the_confirmation()
    page.goto("/me/phone/")
    expect(page.get_by_role("heading", name="先确认是您本人")).to_be_visible()
    assert no_wider_than_the_screen(page) and violations(page) == []
    page.get_by_role("button", name=re.compile("用通行密钥")).tap()  # the password first
    expect(page).to_have_url(re.compile("/me/confirm/"))
    page.get_by_label("登录密码").fill("pw")
    page.get_by_role("button", name=re.compile("用通行密钥")).tap()
    expect(page.get_by_role("heading", name="工作电话")).to_be_visible()


def forget_the_confirmation() -> None:
    """More than ten minutes pass for every session."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.sessions.models import Session

    store = import_module(settings.SESSION_ENGINE).SessionStore
    for row in Session.objects.all():
        session = store(row.session_key)
        session.pop("confirmed", None)
        session.save()
