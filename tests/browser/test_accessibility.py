"""axe-core finds nothing on any screen of any role, on the phone and at the desk; and in 大字 and
阳光模式, where besides nothing runs out of the screen."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE
from tests.browser.screens import MAIN, SCREENS, Screen, make_world, open_screen

pytestmark = pytest.mark.django_db(transaction=True)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
MODES = ("large", "sunlight", "large.sunlight")
ROLES = sorted({screen.who for screen in SCREENS})


def violations(page: Page) -> list[str]:
    """What axe finds on the page, as ``rule: element``."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


def runs_out(page: Page) -> list[str]:
    """Whether the page is wider than the screen."""
    width, room = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [f"{width} px wide on {room} px"] if width > room else []


def open_all(
    look: Any, who: str, size: dict[str, int], *, modes: str = "", only: set[str] | None = None
) -> Iterator[tuple[Screen, Page]]:
    cast, known = make_world()
    page = look(getattr(cast, who) if who else None, size)
    if modes:
        page.context.add_cookies([{"name": "display", "value": modes, "url": look.url}])
    for screen in SCREENS:
        if screen.who == who and (only is None or screen.name in only):
            open_screen(page, screen, known)
            yield screen, page


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("who", ROLES)
def test_axe_finds_nothing(look: Any, who: str, size: dict[str, int]) -> None:
    found = [
        f"{screen.name}: {each}"
        for screen, page in open_all(look, who, size)
        for each in violations(page)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("modes", MODES)
@pytest.mark.parametrize("who", ROLES)
def test_nor_in_the_other_displays(look: Any, who: str, modes: str) -> None:
    pages = open_all(look, who, PHONE, modes=modes, only=MAIN)
    found = [
        f"{screen.name}: {each}"
        for screen, page in pages
        for each in violations(page) + runs_out(page)
    ]
    assert not found, "\n".join(found)


def test_a_violation_would_be_found(look: Any) -> None:
    page = look(None)
    page.goto("/login/")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert any(each.startswith("button-name") for each in violations(page))
