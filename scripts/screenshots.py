"""`make screenshots`: every screen, from a demo that is running.

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


def open_village_print(page: Page) -> None:
    page.goto(f"{HOME}/map/villages/{a_village(page)}/print/")
    settle(page)


def open_village_profile(page: Page) -> None:
    page.goto(f"{HOME}/map/villages/{a_village(page)}/profile/")
    settle(page)


def open_trace(page: Page) -> None:
    """The customer whose chain the demo tells in full."""
    page.goto(f"{HOME}/lists/customers/")
    page.get_by_label("客户号").fill("370700000019")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/lists/customers/\d+/"))
    settle(page)


def open_shared_page(page: Page) -> None:
    """A page that was sent to one of the manager's customers, as the customer sees it."""
    for lead in re.findall(r"/leads/(\d+)/card/", page.request.get(f"{HOME}/today/").text()):
        card = page.request.get(f"{HOME}/leads/{lead}/card/").text()
        sent = re.search(r"/shares/(\d+)/", card)
        if sent:
            sheet = page.request.get(f"{HOME}{sent[0]}").text()
            link = re.search(r"/s/[\w-]+/", sheet)
            if link:
                page.goto(f"{HOME}{link[0]}")
                settle(page)
                return
    sys.exit("no page was sent to any customer of 今日")


def at(address: str, **found: tuple[str, str]) -> Callable[[Page], None]:
    """How to get to an address; `{name}` in it is read off another page: (its address, pattern)."""

    def go(page: Page) -> None:
        values = {name: first(page, *where) for name, where in found.items()}
        page.goto(f"{HOME}{address.format(**values)}")
        settle(page)

    return go


LEAD = ("/leads/", r"/leads/(\d+)/card/")
# name → who looks, and how to get there
SCREENS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "login": ("", at("/login/")),
    # the account manager
    "today": ("manager", at("/today/")),
    "new-in-hand": ("manager", at("/today/new/")),
    "map": ("manager", open_map),
    "village": ("manager", open_village),
    "village-print": ("manager", open_village_print),
    "village-profile": ("manager", open_village_profile),
    "card": ("manager", open_card),
    "outcome": ("manager", open_outcome),
    "waiting": ("manager", at("/logs/waiting/")),
    "log-without-call": ("manager", at("/leads/{lead}/log/", lead=LEAD)),
    "navigate": ("manager", at("/leads/{lead}/navigate/", lead=LEAD)),
    "return": ("manager", at("/leads/{lead}/return/", lead=LEAD)),
    "wrong": ("manager", at("/leads/{lead}/wrong/", lead=LEAD)),
    "correct-phone": ("manager", at("/leads/{lead}/correct/phone/", lead=LEAD)),
    "message": ("manager", at("/leads/{lead}/message/", lead=LEAD)),
    "shared-page": ("manager", open_shared_page),
    "leads": ("manager", at("/leads/?holder=me")),
    "me": ("manager", at("/me/")),
    "pin": ("manager", at("/me/pin/")),
    "devices": ("manager", at("/me/devices/")),
    "password": ("manager", at("/me/password/")),
    "second-factor": ("manager", at("/me/authenticator/")),
    "confirm": ("manager", at("/me/confirm/")),
    # the head of a branch
    "briefing": ("supervisor", at("/briefing/")),
    "briefing-outlet": ("supervisor", at("/briefing/?branch=37078301")),
    "picture": ("supervisor", at("/briefing/picture/")),
    "targets": ("supervisor", at("/targets/?branch=37078301")),
    "staff": ("supervisor", at("/staff/")),
    "staff-member": ("supervisor", at("/staff/{pk}/", pk=("/staff/", r"/staff/(\d+)/"))),
    "map-prefecture": ("supervisor", open_map),
    "assign-by-place": ("supervisor", at("/assign/")),
    "assign": ("supervisor", open_assign_panel),
    "card-of-supervisor": ("supervisor", at("/leads/{lead}/card/", lead=LEAD)),
    "funnel": ("supervisor", open_funnel),
    "unlocated": ("supervisor", at("/lists/unlocated/")),
    "forgotten": ("supervisor", at("/staff/forgotten/")),
    # list operations
    "lists": ("admin", at("/lists/")),
    "upload": ("admin", at("/lists/new/")),
    "report": ("admin", open_report),
    "feeds": ("admin", at("/lists/feeds/")),
    "feed-new": ("admin", at("/lists/feeds/new/")),
    "feed": ("admin", at("/lists/feeds/{pk}/", pk=("/lists/feeds/", r"/lists/feeds/(\d+)/"))),
    "decision": (
        "reviewer",
        at("/lists/{pk}/", pk=("/lists/?state=submitted", r"(?s)file-table.*?/lists/(\d+)/")),
    ),
    "story": (
        "reviewer",
        at("/lists/{pk}/", pk=("/lists/?state=in_force", r"(?s)file-table.*?/lists/(\d+)/")),
    ),
    "corrections": ("reviewer", at("/lists/corrections/")),
    "export-new": ("supervisor", at("/exports/new/?band=50")),
    "export-requests": ("reviewer", at("/lists/exports/")),
    "export-request": (
        "reviewer",
        at("/lists/exports/{pk}/", pk=("/lists/exports/", r"/lists/exports/(\d+)/")),
    ),
    "refusals": ("reviewer", at("/lists/refusals/")),
    "reopen": (
        "reviewer",
        at("/lists/refusals/{pk}/reopen/", pk=("/lists/refusals/", r"refusals/(\d+)/reopen/")),
    ),
    # the auditor
    "audit": ("auditor", at("/audit/")),
    "find-customer": ("auditor", at("/lists/customers/")),
    "trace": ("auditor", open_trace),
}


def log_in(page: Page, username: str) -> None:
    page.goto(f"{HOME}/login/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(lambda url: "/login/" not in url)


def take(browser: Browser, username: str, names: list[str], size: str) -> None:
    """The screens of one person at one size, logged in once."""
    context = browser.new_context(
        viewport=SIZES[size],  # type: ignore[arg-type]
        device_scale_factor=1.5 if size == "phone" else 1,
        has_touch=size == "phone",
        is_mobile=size == "phone",
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.add_cookies([{"name": "map_hint", "value": "seen", "url": HOME}])
    page = context.new_page()
    if username:
        log_in(page, username)
    for name in names:
        try:
            SCREENS[name][1](page)
            page.screenshot(path=FOLDER / f"{name}-{size}.png")
            print(f"{name}-{size}.png", flush=True)
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
        asked = sys.argv[1:] or list(SCREENS)
        for username in dict.fromkeys(SCREENS[name][0] for name in asked):
            names = [name for name in asked if SCREENS[name][0] == username]
            for size in SIZES:
                take(browser, username, names, size)


if __name__ == "__main__":
    main()
