"""On a phone a finger hits everything: 44 px each way (WCAG 2.5.5; exceptions in the script)."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.screens import SCREENS, make_world, open_screen

pytestmark = pytest.mark.django_db(transaction=True)
SMALL = (Path(__file__).parent / "touch_targets.js").read_text()
FINGER = 44


@pytest.mark.parametrize("who", sorted({screen.who for screen in SCREENS}))
def test_everything_is_large_enough_for_a_finger(look: Any, who: str) -> None:
    cast, known = make_world()
    page = look(getattr(cast, who) if who else None)
    small = []
    for screen in SCREENS:
        if screen.who == who:
            open_screen(page, screen, known)
            small += [f"{screen.name}: {each}" for each in page.evaluate(SMALL, FINGER)]
    assert not small, "\n".join(small)


def test_a_small_button_would_be_found(look: Any) -> None:
    page = look(None)
    page.goto("/login/")
    page.evaluate("document.querySelector('main button').style.cssText = 'min-height: 20px'")
    assert page.evaluate(SMALL, FINGER)
