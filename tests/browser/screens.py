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
from outreach.models import (
    Channel,
    ContactLog,
    Eligibility,
    Feed,
    FeedKind,
    FeedProblem,
    FeedState,
    Lead,
    Metric,
    Refusal,
    RefusalSource,
    Stage,
    Target,
)
from tests.cast import SHOUGUANG, Cast, make_cast, make_lead
from tests.exports import ask, ready
from tests.factors import enrolled
from tests.lists import compared
from tests.shares import make_texts, send
from whitelist.models import Correction, CorrectionField

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
    Screen("village-print", "wang", "/map/villages/{village}/print/", shows="table"),
    Screen("village-profile", "wang", "/map/villages/{village}/profile/", shows="form"),
    Screen("new-in-hand", "wang", "/today/new/"),
    Screen("wrong", "wang", "/leads/{lead}/wrong/", shows=".choice"),
    Screen("correct-phone", "wang", "/leads/{lead}/correct/phone/", shows="form"),
    Screen("deceased", "wang", "/leads/{lead}/deceased/", shows="form"),
    Screen("correct-log", "wang", "/logs/{said}/correct/", shows="form[data-outcome]"),
    Screen("message", "wang", "/leads/{lead}/message/"),
    Screen("share", "wang", "/shares/{share}/"),
    Screen("shared-page", "", "/s/{code}/"),
    Screen("shared-page-gone", "", "/s/no-such-code/"),
    Screen("me", "wang", "/me/"),
    Screen("password", "wang", "/me/password/"),
    Screen("pin", "wang", "/me/pin/"),
    Screen("phone", "wang", "/me/phone/"),
    Screen("devices", "wang", "/me/devices/"),
    Screen("confirm", "wang", "/me/confirm/"),
    Screen("passkeys", "wang", "/me/passkeys/"),
    Screen("authenticator-new", "wang", "/me/authenticator/", tap=".steps summary", shows=".qr"),
    Screen("not-found", "wang", "/no/such/page/"),
    Screen("forbidden", "wang", "/audit/"),
    Screen("map-of-supervisor", "zhao", CLOSE, shows=".spot"),
    Screen("leads-of-supervisor", "zhao", "/leads/"),
    Screen("assign", "zhao", "/assign/"),
    Screen("assign-panel", "zhao", "/assign/panel/?village={village}", shows="form"),
    Screen("assign-by-manager", "zhao", "/assign/?by=manager"),
    Screen("card-of-supervisor", "zhao", "/leads/{lead}/card/"),
    Screen("briefing", "zhao", "/briefing/"),
    Screen("briefing-outlet", "zhao", "/briefing/?branch={outlet}"),
    Screen("picture", "zhao", "/briefing/picture/"),
    Screen("targets", "zhao", "/targets/?branch={outlet}"),
    Screen("staff", "zhao", "/staff/"),
    Screen("staff-member", "zhao", "/staff/{wang}/"),
    Screen("funnel", "zhao", "/funnel/"),
    Screen("unlocated", "zhao", "/lists/unlocated/"),
    Screen("unlocated-one", "zhao", "/lists/unlocated/{lost}/"),
    Screen("export-new", "zhao", "/exports/new/", shows="form"),
    Screen("exports", "zhao", "/exports/"),
    Screen("export", "zhao", "/exports/{export}/", shows="form"),
    Screen("export-requests", "feng", "/lists/exports/"),
    Screen("export-request", "feng", "/lists/exports/{requested}/", shows="form"),
    Screen("forgotten", "zhao", "/staff/forgotten/"),
    Screen("reset", "zhao", "/staff/{wang}/reset/"),
    Screen("me-of-supervisor", "zhao", "/me/"),
    Screen("lists", "qian", "/lists/"),
    Screen("upload", "qian", "/lists/new/"),
    Screen("report", "qian", "/lists/{checked}/"),
    Screen("feeds", "qian", "/lists/feeds/"),
    Screen("feed-new", "qian", "/lists/feeds/new/"),
    Screen("feed", "qian", "/lists/feeds/{feed}/"),
    Screen("lists-of-reviewer", "feng", "/lists/"),
    Screen("decision", "feng", "/lists/{submitted}/"),
    Screen("corrections", "feng", "/lists/corrections/"),
    Screen("refusals", "feng", "/lists/refusals/"),
    Screen("reopen", "feng", "/lists/refusals/{refusal}/reopen/", shows="form"),
    Screen("audit", "zhou", "/audit/"),
    Screen("find-customer", "zhou", "/lists/customers/"),
    Screen("customer-trace", "zhou", "/lists/customers/{customer}/"),
    Screen("me-of-auditor", "zhou", "/me/"),
    Screen("authenticator", "zhou", "/me/authenticator/"),
    Screen("authenticator-off", "zhou", "/me/authenticator/off/"),
    Screen("recovery-codes", "zhou", "/me/authenticator/codes/"),
)
MAIN = set(
    "login map map-card outcome today village me leads briefing staff funnel lists report feed"
    " corrections customer-trace shared-page".split()
)


def make_world() -> tuple[Cast, dict[str, Any]]:
    """A little of everything, and what the addresses above need of it."""
    cast = make_cast()
    enrolled(cast.zhou)
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
    known = _day_one(cast, lead)
    known |= {"lead": lead.pk, "lost": lost.pk, "log": log.uuid, "village": cast.village.code}
    known |= {"wang": cast.wang.pk, "checked": checked.pk, "submitted": submitted.pk}
    return cast, known


def _day_one(cast: Cast, lead: Lead) -> dict[str, Any]:
    """A log to correct, a page sent, a correction, a refusal, a file of headquarters, a target."""
    make_texts(cast)
    now = timezone.now()
    said = ContactLog.objects.create(
        uuid=uuid4(),
        lead=lead,
        staff=cast.wang,
        channel=Channel.VISIT,
        started_at=now - timezone.timedelta(hours=1),
        logged_at=now,
        person="self",
        outcome="considering",
        is_contact=True,
    )
    share = send(lead, cast.wang)
    Correction.objects.create(
        customer=lead.customer,
        branch=lead.branch,
        field=CorrectionField.PHONE,
        value="16900005678",
        stated_by=cast.wang,
    )
    refused = make_lead(cast, holder=cast.li, eligibility=Eligibility.REFUSED)
    refusal = Refusal.objects.create(
        customer=refused.customer, source=RefusalSource.CUSTOMER, by=cast.li
    )
    feed = Feed.objects.create(
        kind=FeedKind.CONTACTS,
        branch=cast.hq,
        file_name="外呼.csv",
        size=100,
        state=FeedState.DONE,
        totals={"rows": 2, "added": 1, "known": 0, "unknown": 1, "rejected": 0},
        by=cast.qian,
        done_at=now,
    )
    FeedProblem.objects.create(
        feed=feed, row_no=3, column="客户号", code="unknown_customer", shown="C8****88"
    )
    Target.objects.create(
        branch=cast.outlet,
        metric=Metric.CONTACTED,
        first_day=timezone.localdate().replace(day=1),
        last_day=timezone.localdate().replace(day=28),
        value=20,
    )
    return {
        "said": said.uuid,
        "share": share.pk,
        "code": share.code,
        "refusal": refusal.pk,
        "feed": feed.pk,
        "customer": lead.customer_id,
        "outlet": cast.outlet.code,
        "export": ready(cast, clear=["phone"]).pk,
        "requested": ask(cast.zhao, clear=["name"]).pk,
    }


def open_screen(page: Page, screen: Screen, known: dict[str, Any]) -> None:
    page.set_default_timeout(PATIENCE)
    page.goto(screen.address.format(**known))
    page.wait_for_load_state("networkidle")
    if screen.tap:
        page.locator(screen.tap).first.click()
    page.locator(screen.shows).first.wait_for(state="attached")
