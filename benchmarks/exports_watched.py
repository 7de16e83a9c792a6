#!/usr/bin/env python3
"""What a scripted reader of screens gets in an hour, as a manager and as the head of a branch.

    python benchmarks/exports_watched.py [--customers 600] [--asks 700]

On the demo, in a database of its own and over every door that shows or hands out a
customer: reveals, calls (each logged, or the next one waits), search by every ending of
a number, the list, the village pages, the cards, near me, the village's helper, the API
without a token, and a file that nobody agreed to. Whatever whole number or name of a
customer stands in an answer counts. It holds when the limits hold, everything that was
got is in the audit log, and a control with the limits lifted gets more. One line; exit 0 or 1.
"""

import argparse
import io
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")
PASSWORD = "demo-2026"
LIMITS = ("CALLS_PER_HOUR", "REVEALS_PER_HOUR", "PAGES_PER_HOUR", "UNLOGGED_MAX")
NUMBER = re.compile(r"(?<!\d)1\d{10}(?!\d)")
SAID = {"call_state": "connected", "person": "self", "outcome": "considering"}


@dataclass
class Haul:
    """What one reader got: whole numbers, whole names, and pages that were answered."""

    numbers: set[str] = field(default_factory=set)
    names: set[int] = field(default_factory=set)  # leads
    pages: int = 0
    refused: int = 0  # pages, by the limit of the hour


class Scraper:
    """Logs in as a person does, asks as fast as it can, and reads every answer."""

    def __init__(self, username: str, asks: int) -> None:
        from django.test import Client

        from branches.models import Staff
        from whitelist.models import Customer

        people = Customer.objects.unscoped("what a reader may find").filter(erased_at=None)
        known = list(people.exclude(lead=None).values_list("lead", "name", "phone", "phone2"))
        self.numbers = {number for _, _, *both in known for number in both if number}
        # Who is called as a colleague is, is read wherever that colleague is named.
        staff = set(Staff.objects.values_list("name", flat=True))
        self.names = {lead: name for lead, name, *_ in known if name not in staff}
        self.staff = Staff.objects.get(username=username)
        self.client, self.asks, self.haul = Client(SERVER_NAME="localhost"), asks, Haul()
        self.client.post("/login/", {"username": username, "password": PASSWORD})

    def ask(self, method: str, path: str, **data: Any) -> str:
        response = getattr(self.client, method)(path, data, headers={"HX-Request": "true"})
        text: str = b"".join(response).decode(errors="replace")
        self.haul.numbers |= set(NUMBER.findall(text)) & self.numbers
        self.haul.refused += response.status_code == 429
        return text

    def page(self, path: str, method: str = "get", **data: Any) -> None:
        """A page of customers: whoever's whole name stands in it was got."""
        before = self.haul.refused
        text = self.ask(method, path, **data)
        self.haul.pages += self.haul.refused == before
        for lead in map(int, re.findall(r"/leads/(\d+)/card/", text)):
            if self.names.get(lead) and self.names[lead] in text:
                self.haul.names.add(lead)

    def scrape(self) -> Haul:
        self.read()
        self.take_numbers()
        self.take_a_file()
        return self.haul

    def read(self) -> None:
        """So many pages, of every kind in turn, without a pause."""
        kinds = [self._lists(), self._villages(), self._searches(), self._near(), self._cards()]
        for at in range(self.asks):
            next(kinds[at % len(kinds)])

    def _lists(self) -> Iterator[None]:
        for number in range(1, sys.maxsize):
            yield self.page(f"/leads/?page={number}")

    def _villages(self) -> Iterator[None]:
        from whitelist.models import Place

        codes = list(Place.objects.villages().values_list("code", flat=True)[:3000])
        while True:
            for code in codes:
                yield self.page(f"/map/villages/{code}/")

    def _searches(self) -> Iterator[None]:
        while True:
            for tail in range(10_000):
                yield self.page("/map/search/", "post", q=f"{tail:04d}")

    def _near(self) -> Iterator[None]:
        at = 0
        while True:
            at += 1
            lon, lat = 118.5 + at % 80 / 100, 36.6 + at // 80 % 60 / 100
            yield self.page(f"/map/nearby/?lon={lon}&lat={lat}")

    def _cards(self) -> Iterator[None]:
        while True:
            for lead in self.names:
                yield self.page(f"/leads/{lead}/card/")

    def take_numbers(self) -> None:
        """Copy until it is refused, then call and log; each of everybody there is."""
        from outreach.models import Lead

        leads = list(Lead.objects.visible_to(self.staff).values_list("pk", "village__code"))
        for lead, _village in leads:
            self.ask("post", f"/leads/{lead}/number/")
        for lead, _village in reversed(leads):  # others than were copied
            sheet = self.ask("post", f"/leads/{lead}/call/")
            if found := re.search(r'data-outcome="([0-9a-f-]{36})"', sheet):
                self.ask("post", f"/logs/{found[1]}/", **SAID)
        for village in {village for _, village in leads if village}:
            self.ask("post", f"/map/villages/{village}/helper/")
        for version in ("leads", "contact-logs", "staff"):
            self.ask("get", f"/api/v1/{version}/")

    def take_a_file(self) -> None:
        """Ask for everybody's number in clear, agree to it oneself, and fetch it."""
        form = self.ask("get", "/exports/new/?band=50")
        shown = re.search(r'name="shown" value="(\w+)"', form)
        asked = {"purpose": "visit", "words": "走访", "clear": ["name", "phone"]}
        self.ask("post", "/exports/new/?band=50", shown=shown[1] if shown else "", **asked)
        for pk in range(1, 4):
            self.ask("post", f"/lists/exports/{pk}/agree/")
            self.ask("post", f"/exports/{pk}/download/", format="csv")


def recorded(staff: Any) -> tuple[int, set[int]]:
    """How many numbers, and whose names, the audit log says they got."""
    from trust.models import AuditEvent

    theirs = AuditEvent.objects.filter(actor_id=staff.pk)
    seen = theirs.filter(action="lead.seen_in_full")
    names = {lead for event in seen for lead in event.detail["leads"]}
    return theirs.filter(action="phone.reveal", result="ok").count(), names


def faults(who: str, scraper: Scraper, haul: Haul) -> list[str]:
    """What does not hold of what one reader got within the limits."""
    from django.conf import settings

    from outreach.models import CustomerPages, Lead
    from trust.models import AuditEvent

    numbers, names = recorded(scraper.staff)
    held = set(
        Lead.objects.visible_to(scraper.staff).held_by(scraper.staff).values_list("pk", flat=True)
    )
    limited = CustomerPages.objects.filter(staff=scraper.staff, limited_at__isnull=False)
    event = AuditEvent.objects.filter(action="pages.limited", actor_id=scraper.staff.pk)
    checks = {
        "more numbers than an hour has": len(haul.numbers) > settings.CALLS_PER_HOUR,
        "numbers that are not recorded": len(haul.numbers) > numbers,
        "names of those they do not hold": bool(haul.names - held),
        "names that are not recorded": bool(haul.names - names),
        "more pages than an hour has": haul.pages > settings.PAGES_PER_HOUR + 1,
        "the limit is not told to who is above": not (limited.exists() and event.exists()),
    }
    return [f"{who}: {said}" for said, is_so in checks.items() if is_so]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=600)
    parser.add_argument("--asks", type=int, default=700, help="pages each reader asks for")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="exports-watched-") as folder:
        os.environ |= {"VAR_DIR": folder, "CALL_HOURS": "00:00-23:59", "LOG_LEVEL": "CRITICAL"}
        os.environ |= {"DEMO_PASSWORD": PASSWORD, "MFA_ROLES": "", "DEBUG": ""}
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.test.utils import override_settings

        plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
        files = "django.core.files.storage.FileSystemStorage"
        stores = {
            "staticfiles": {"BACKEND": plain},
            "default": {"BACKEND": files, "OPTIONS": {"location": f"{folder}/files"}},
        }
        import time_machine
        from django.utils import timezone

        hour = timezone.now().replace(minute=1)  # none of the clock ends meanwhile
        with override_settings(STORAGES=stores), time_machine.travel(hour, tick=True):
            return _watched(asked.customers, asked.asks)


def _hand_out() -> None:
    """The manager has a full book of 200: more than an hour gives away."""
    from branches.models import Staff
    from outreach.models import Lead

    manager = Staff.objects.get(username="manager")
    leads = Lead.objects.unscoped("the demo's").filter(eligibility="yes")
    book = list(leads.order_by("pk").values_list("pk", flat=True)[:200])
    branch = {"branch": manager.branch, "branch_number": manager.branch.number}
    leads.filter(pk__in=book).update(holder=manager, **branch)


def _watched(customers: int, asks: int) -> int:
    from django.core.management import call_command
    from django.test.utils import override_settings

    call_command("migrate", verbosity=0)
    call_command("seed_demo", customers=customers, stdout=io.StringIO())
    _hand_out()
    logging.disable(logging.CRITICAL)  # what is refused is a line each
    wrong: list[str] = []
    told = []
    lifted = override_settings(**dict.fromkeys(LIMITS, 10**6))
    for username in ("manager", "supervisor"):
        scraper = Scraper(username, asks)
        haul = scraper.scrape()
        wrong += faults(username, scraper, haul)
        with lifted:
            control = Scraper(username, asks).scrape()
        got = len(haul.numbers), len(haul.names), haul.pages
        more = len(haul.numbers | control.numbers), len(control.names), control.pages
        if more[2] <= got[2] or (username == "manager" and more[0] <= got[0]):
            wrong.append(f"{username}: the control gets no more")
        told.append(
            f"{username} {got[0]} numbers, {got[1]} whole names, {got[2]} pages "
            f"(limits lifted: {more[0]}, {more[1]}, {more[2]})"
        )
    print(
        f"{'FAILED' if wrong else 'ok'}: in an hour {'; '.join(told)}. {'; '.join(wrong)}".strip()
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
