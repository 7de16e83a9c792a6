"""A real browser against a real server: Debian's Chromium, by its path.

``look(staff)`` opens a page logged in as them, at phone size unless told. A page
that logs an error or throws fails its test; ``tel:`` links are noted in
``window.dialled`` and not followed (Chromium asks which program should dial,
and takes no clicks until answered).
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.factors import confirm

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
GRACE = 0.3  # seconds for a request that is just being closed
NOTE_DIALLING = """
window.dialled = [];
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="tel:"]');
  if (!link) return;
  window.dialled.push(link.href);
  event.preventDefault();
}, true);
"""


# Stories in which people write at the same time, or much at once, which the engines do
# differently. The other screens are looked at on one engine; what stands behind them has
# tests without a browser on both.
ON_BOTH_ENGINES = ("test_assign", "test_call", "test_upload")


def pytest_collection_modifyitems(items: list[Any]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if item.path.stem not in ON_BOTH_ENGINES:
                item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread; the tests' own queries are no danger to it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def look(chromium: Browser, live_server: Any) -> Iterator[Any]:
    """``look(staff, size=PHONE, **context)`` → a logged-in page; addresses are relative."""
    contexts, troubles = [], []

    def open_as(staff: Any, size: dict[str, int] = PHONE, **options: Any) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport=size,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.add_init_script(NOTE_DIALLING)
        if staff is not None:
            client = Client()
            client.force_login(staff)
            confirm(client)
            name = django_settings.SESSION_COOKIE_NAME
            context.add_cookies(
                [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        return page

    open_as.url = live_server.url  # type: ignore[attr-defined]
    yield open_as
    # Let the server finish what the pages still ask: afterwards it has no database any more.
    for context in contexts:
        for page in context.pages:
            with suppress(PlaywrightError):
                page.wait_for_load_state("networkidle", timeout=5_000)
            page.goto("about:blank")
        context.close()
    time.sleep(GRACE)
    assert not troubles, troubles
