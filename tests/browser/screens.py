"""Every screen by role, for the tests that look at all of them: one line each.

A screen that is opened by its address needs no more than that; one that takes a
tap says which. `{lead}` and its like stand for what `make_world` made.
"""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.utils import timezone
from playwright.sync_api import Page

from outreach.actions.list_decisions import submit_list
from outreach.models import Channel, ContactLog, Stage
from tests.cast import SHOUGUANG, Cast, make_cast, make_lead
from tests.lists import compared

LON, LAT = SHOUGUANG
PATIENCE = 60_000  # ms: these tests open every screen, on a machine with other work to do
CLOSE = f"/map/?z=15&lat={LAT}&lon={LON}"


@dataclass(frozen=True)
class Screen:
    """One screen: who opens which address, what to tap there, and what then shows."""

    name: str
    who: str  # of the cast; "" is a stranger
    address: str
    tap: str = ""
    shows: str = "main"


SCREENS = (
    Screen("login", "", "/login/"),
    Screen("login-help", "", "/login/", tap=".login-help summary", shows=".login-help p"),
    Screen("map", "wang", CLOSE, shows=".spot"),
    Screen("map-far", "wang", "/map/?z=8&lat=36.8&lon=118.8", shows=".cluster"),
    Screen("map-card", "wang", CLOSE + "&open=lead:{lead}", shows="#sheet h2"),
    Screen("map-village", "wang", CLOSE + "&open=village:{village}", shows="#sheet h2"),
    Screen("map-legend", "wang", CLOSE, tap="[data-legend-button]", shows="[data-legend] li"),
    Screen("today", "wang", "/today/"),
    Screen("leads", "wang", "/leads/"),
    Screen("card", "wang", "/leads/{lead}/card/"),
    Screen("outcome", "wang", "/logs/{log}/", shows="form[data-outcome]"),
    Screen("log", "wang", "/leads/{lead}/log/", shows="form[data-outcome]"),
    Screen("return", "wang", "/leads/{lead}/return/"),
    Screen("navigate", "wang", "/leads/{lead}/navigate/"),
    Screen("waiting", "wang", "/logs/waiting/"),
    Screen("village", "wang", "/map/villages/{village}/"),
    Screen("me", "wang", "/me/"),
    Screen("password", "wang", "/me/password/"),
    Screen("pin", "wang", "/me/pin/"),
    Screen("phone", "wang", "/me/phone/"),
    Screen("devices", "wang", "/me/devices/"),
    Screen("not-found", "wang", "/no/such/page/"),
    Screen("forbidden", "wang", "/audit/"),
    Screen("map-of-supervisor", "zhao", CLOSE, shows=".spot"),
    Screen("leads-of-supervisor", "zhao", "/leads/"),
    Screen("assign", "zhao", "/assign/"),
    Screen("assign-panel", "zhao", "/assign/panel/?village={village}", shows="form"),
    Screen("funnel", "zhao", "/funnel/"),
    Screen("unlocated", "zhao", "/lists/unlocated/"),
    Screen("unlocated-one", "zhao", "/lists/unlocated/{lost}/"),
    Screen("forgotten", "zhao", "/staff/forgotten/"),
    Screen("reset", "zhao", "/staff/{wang}/reset/"),
    Screen("me-of-supervisor", "zhao", "/me/"),
    Screen("lists", "qian", "/lists/"),
    Screen("upload", "qian", "/lists/new/"),
    Screen("report", "qian", "/lists/{checked}/"),
    Screen("lists-of-reviewer", "feng", "/lists/"),
    Screen("decision", "feng", "/lists/{submitted}/"),
    Screen("audit", "zhou", "/audit/"),
    Screen("me-of-auditor", "zhou", "/me/"),
)
MAIN = {"login", "map", "map-card", "outcome", "today", "me", "leads", "funnel", "lists", "report"}


def make_world() -> tuple[Cast, dict[str, Any]]:
    """A little of everything, and what the addresses above need of it."""
    cast = make_cast()
    lead = make_lead(cast, holder=cast.wang, valid_to=timezone.localdate())
    make_lead(cast, holder=cast.wang, stage=Stage.CONTACTED, last_contact_at=timezone.now())
    make_lead(cast, holder=cast.wang, stage=Stage.INTERESTED, follow_up_at=timezone.now())
    make_lead(cast, point=(LON + 0.01, LAT), village=cast.next_village)
    lost = make_lead(cast, point=None)
    log = ContactLog.objects.create(
        uuid=uuid4(),
        lead=lead,
        staff=cast.wang,
        channel=Channel.CALL,
        started_at=timezone.now() - timezone.timedelta(hours=2),
    )
    rows = [{"no": f"N{n}"} for n in range(3)]
    checked = compared(cast, rows, broken=[{}])
    submitted = compared(cast, rows)
    submit_list(
        upload=submitted,
        by=cast.qian,
        approval_no="SP-1",
        model_version="M1",
        confirm_withdrawals=True,
        confirm_unmatched=True,
    )
    known = {"lead": lead.pk, "lost": lost.pk, "log": log.uuid, "village": cast.village.code}
    known |= {"wang": cast.wang.pk, "checked": checked.pk, "submitted": submitted.pk}
    return cast, known


def open_screen(page: Page, screen: Screen, known: dict[str, Any]) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(screen.address.format(**known))
    page.wait_for_load_state("networkidle")
    if screen.tap:
        page.locator(screen.tap).first.click()
    page.locator(screen.shows).first.wait_for(state="attached")
