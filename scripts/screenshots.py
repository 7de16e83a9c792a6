"""`make screenshots`: the screens of the README, from a demo that is running.

    PORT=8000 .venv/bin/python scripts/screenshots.py [NAME …]

Writes docs/screenshots/<name>-<phone|desk>.png. Needs Chromium.
"""

import csv
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
HOME = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
PASSWORD = os.environ.get("DEMO_PASSWORD", "demo-2026")
SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}


def settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)


def open_map(page: Page) -> None:
    page.goto(f"{HOME}/map/")
    settle(page)


def open_village(page: Page) -> None:
    """The village of the first customer on the list that has one."""
    page.goto(f"{HOME}/map/villages/{a_village(page)}/")
    settle(page)


def open_card(page: Page) -> None:
    page.goto(f"{HOME}/map/")
    settle(page)
    page.evaluate("id => htmx.ajax('GET', `/leads/${id}/card/`, '#sheet')", a_lead(page))
    page.wait_for_selector("#sheet :is(h1, h2)")
    settle(page)


def open_outcome(page: Page) -> None:
    page.goto(f"{HOME}/logs/waiting/")
    settle(page)
    page.locator("a[href^='/logs/'], button[hx-get^='/logs/']").first.click()
    settle(page)


def open_assign_panel(page: Page) -> None:
    page.goto(f"{HOME}/assign/panel/?outlet=37078301")
    settle(page)


def open_report(page: Page) -> None:
    page.goto(f"{HOME}/lists/")
    page.get_by_text("昌乐养殖户").first.click()
    settle(page)


def open_funnel(page: Page) -> None:
    page.goto(f"{HOME}/funnel/")
    settle(page)


def a_lead(page: Page) -> str:
    """The id of a customer of the manager, from the page of their list."""
    return first(page, "/leads/", r"/leads/(\d+)/card/")


def a_village(page: Page) -> str:
    """The village nearest to the manager's outlet: one of theirs."""
    with (ROOT / "whitelist" / "data" / "demo_places.csv").open(encoding="utf-8-sig") as file:
        places = {row["code"]: row for row in csv.DictReader(file) if row["lon"]}
    town = places["370783112000"]

    def away(row: dict[str, str]) -> float:
        return sum((float(row[axis]) - float(town[axis])) ** 2 for axis in ("lon", "lat"))

    villages = [row for row in places.values() if row["level"] == "village"]
    return min(villages, key=away)["code"]


def first(page: Page, path: str, pattern: str) -> str:
    text = page.request.get(f"{HOME}{path}").text()
    found = re.search(pattern, text)
    if found is None:
        sys.exit(f"{path} shows nothing like {pattern}")
    return found[1]


# name → who looks, and how to get there
SCREENS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "map": ("manager", open_map),
    "map-prefecture": ("supervisor", open_map),
    "village": ("manager", open_village),
    "card": ("manager", open_card),
    "outcome": ("manager", open_outcome),
    "assign": ("supervisor", open_assign_panel),
    "report": ("admin", open_report),
    "funnel": ("supervisor", open_funnel),
}


def log_in(page: Page, username: str) -> None:
    page.goto(f"{HOME}/login/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(lambda url: "/login/" not in url)


def take(browser: Browser, name: str) -> None:
    username, go = SCREENS[name]
    for size, viewport in SIZES.items():
        context = browser.new_context(
            viewport=viewport,  # type: ignore[arg-type]
            device_scale_factor=2 if size == "phone" else 1,
            has_touch=size == "phone",
            is_mobile=size == "phone",
            locale="zh-CN",
        )
        page = context.new_page()
        log_in(page, username)
        try:
            go(page)
            page.screenshot(path=FOLDER / f"{name}-{size}.png")
            print(f"{name}-{size}.png")
        except Exception as reason:
            print(f"{name}-{size}: {str(reason).splitlines()[0]}", file=sys.stderr)
        context.close()


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or sys.exit("Chromium is needed: install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for name in sys.argv[1:] or SCREENS:
            take(browser, name)


if __name__ == "__main__":
    main()
