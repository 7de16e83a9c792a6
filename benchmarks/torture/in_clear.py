#!/usr/bin/env python3
"""A canary customer is driven through the whole product; then everything it left is searched.

    python benchmarks/torture/in_clear.py

Uploaded (right and with faults), put in force, shown on the map, called, logged with
a note, searched for, corrected, revealed, reported, exported, with a real browser as
the manager's. Then name, phone, ID number, address and note are looked for, as text
in UTF-8, UTF-16 and GB18030, in Base64 and in hex: in the database's files and its
dump, in files and logs, in the addresses that were asked, in what went to the
geocoder, in the browser's profile. Found nowhere, but for the address (without
name and numbers) at the geocoder. Control: a second canary that is written in clear
into each of these places is found there.
"""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks.torture import stage
from benchmarks.torture.said import say

PHONE_SIZE = {"width": 390, "height": 844}
CANARY = {
    "name": "曌犇骉", "phone": "16847291635", "ID number": "379901197703141592",
    "address": "刘庄村羴鱻胡同八十八号", "note": "爱养䶮䶮的羊驼",
}  # fmt: skip
CONTROL = "金丝雀control8675309"
BAD_PHONE, BAD_ID = "1684729163", "379901197713141592"  # of the row with faults


class Geocoder(ThreadingHTTPServer):
    """A provider that knows nothing, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Answer)


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *args: Any) -> None:
        return


def forms_of(word: str) -> Iterator[bytes]:
    """The ways a word may stand in a file."""
    for encoding in ("utf-8", "utf-16-le", "gb18030"):
        plain = word.encode(encoding)
        yield plain
        yield plain.hex().encode()
        for shift in range(3):  # wherever it begins in a longer text
            padded = base64.b64encode(b"\0" * shift + plain)
            yield padded[4 if shift else 0 : -4]
    yield quote(word).encode()
    escaped = word.encode("unicode_escape")
    if escaped != word.encode():
        yield escaped


def found_in(places: dict[str, list[Path]], words: dict[str, str]) -> list[str]:
    """Which word stands in which place."""
    needles = {
        what: {form for form in forms_of(word) if len(form) > 7} for what, word in words.items()
    }
    found = set()
    for place, files in places.items():
        for path in files:
            try:
                content = path.read_bytes()
            except OSError:
                continue
            for what, forms in needles.items():
                if any(form in content for form in forms):
                    found.add(f"{what} in {place} ({path.name})")
    return sorted(found)


def list_file() -> bytes:
    from benchmarks.torture.corpus.families import HEADINGS, as_text

    good = ["KCANARY01", CANARY["name"], CANARY["phone"], CANARY["ID number"],
            "山东省潍坊市寿光市稻田镇" + CANARY["address"], "H37078301", "JSD", "50000", "2026-01-01",
            "2099-12-31"]  # fmt: skip
    bad = [
        "KCANARY02",
        CANARY["name"],
        BAD_PHONE,
        BAD_ID,
        good[4],
        "H0000",
        "JSD",
        "许多",
        "x",
        "y",
    ]
    manager = [[*HEADINGS, "客户经理工号"], [*good, "wang"], [*bad, "wang"]]
    return as_text(manager[1:], headings=manager[0]).encode()


class Day:
    """What people do with the canary over HTTP."""

    def __init__(self, port: int, cast: Any) -> None:
        from benchmarks.torture.bad_files import Clerk, Ledger

        people = (cast.qian, cast.feng, cast.wang, cast.zhao, cast.zhou)
        names = ("clerk", "reviewer", "manager", "supervisor", "auditor")
        sessions = stage.sessions_of(people)
        self.people = {
            name: Clerk(port, session, Ledger())
            for name, session in zip(names, sessions, strict=True)
        }
        self.did = 0

    def do(self, who: str, method: str, path: str, form: dict[str, Any] | None = None) -> bytes:
        from urllib.parse import urlencode

        body = urlencode(form, doseq=True) if form is not None else None
        kind = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
        status, answer = self.people[who].ask(
            method, path, body, **(kind if body is not None else {})
        )
        self.did += 1
        print(who, method, path, status, flush=True)
        if status >= 500 or status == 0:
            sys.exit(f"{path} answered {status}")
        return answer

    def list_in_force(self) -> int:
        from outreach.models import Lead
        from whitelist.models import WhitelistUpload

        _, told = self.people["clerk"].upload(list_file(), "list.csv")
        pk = int(told["location"].rstrip("/").rpartition("/")[2])
        rows = WhitelistUpload.objects.unscoped("the trial's own file")

        def until(state: str) -> None:
            for _ in range(600):
                if rows.get(pk=pk).state == state:
                    return
                time.sleep(0.1)
            sys.exit(f"the list is {rows.get(pk=pk).state}: {rows.get(pk=pk).failure}")

        until("checked")
        for path in ("", "report/", "report/?format=xlsx"):
            self.do("clerk", "GET", f"/lists/{pk}/{path}")
        said = {
            "approval_no": "T1",
            "model_version": "V1",
            "confirm_withdrawals": "on",
            "confirm_unmatched": "on",
        }
        self.do("clerk", "POST", f"/lists/{pk}/submit/", said)
        self.do("reviewer", "POST", f"/lists/{pk}/approve/", {})
        until("in_force")
        lead = Lead.objects.unscoped("the trial's canary").get(customer__customer_no="KCANARY01")
        return int(lead.pk)

    def work_on(self, lead: int) -> None:
        import uuid

        key, visit = uuid.uuid4(), uuid.uuid4()
        for path in (
            "/today/",
            f"/leads/{lead}/card/",
            "/map/",
            f"/leads/{lead}/navigate/",
            "/logs/waiting/",
        ):
            self.do("manager", "GET", path)
        for words in (CANARY["name"], CANARY["phone"][-4:], "KCANARY01"):
            self.do("manager", "POST", "/map/search/", {"q": words})
        self.do("manager", "POST", f"/leads/{lead}/call/", {"log_uuid": key})
        self.do("manager", "POST", f"/logs/{key}/", {
            "call_state": "connected", "person": "self", "outcome": "interested",
            "note": CANARY["note"], "business": CANARY["note"], "need_purpose": CANARY["note"],
        })  # fmt: skip
        self.do("manager", "POST", f"/leads/{lead}/number/", {"purpose": "wechat"})
        self.do(
            "manager",
            "POST",
            f"/leads/{lead}/correct/phone/",
            {"value": CANARY["phone"], "phone": CANARY["phone"], "note": CANARY["note"]},
        )
        self.do(
            "manager",
            "POST",
            f"/logs/{visit}/",
            {
                "lead": lead,
                "channel": "visit",
                "person": "self",
                "outcome": "refused",
                "note": CANARY["note"],
            },
        )
        for who, path in (
            ("supervisor", "/leads/"), ("supervisor", f"/leads/?q={lead}"), ("supervisor", "/funnel/"),
            ("supervisor", "/briefing/"), ("reviewer", "/lists/corrections/"), ("reviewer", "/lists/refusals/"),
            ("reviewer", "/lists/refusals/file/"), ("auditor", "/audit/"), ("clerk", "/lists/unlocated/"),
            ("clerk", f"/lists/unlocated/{lead}/"),
        ):  # fmt: skip
            self.do(who, "GET", path)
        self.do(
            "auditor",
            "POST",
            "/lists/customers/",
            {"q": CANARY["name"], "customer_no": "KCANARY01"},
        )


def in_a_browser(address: str, profile: Path, lead: int) -> list[str]:
    """The manager's phone: log in, look, search, begin a log and leave it. The addresses asked."""
    from playwright.sync_api import sync_playwright

    addresses: list[str] = []
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=shutil.which("chromium"), args=["--no-sandbox"],
            base_url=address, viewport=PHONE_SIZE, locale="zh-CN",
        )  # fmt: skip
        context.on("request", lambda request: addresses.append(request.url))
        page = context.new_page()
        page.goto("/login/")
        page.fill("input[name=username]", "wang")
        page.fill("input[name=password]", "pw")
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
        page.goto(f"/leads/{lead}/card/")
        page.goto("/map/")
        page.wait_for_timeout(1500)
        box = page.locator("input[type=search]").first
        if box.count():
            box.fill(CANARY["name"])
            page.wait_for_timeout(1000)
        page.goto(f"/leads/{lead}/log/")
        chips = page.locator("form[data-outcome] .chip")
        if chips.count():
            chips.first.click()
        note = page.locator("textarea[name=note]")
        if note.count() and note.first.is_visible():
            note.first.fill(CANARY["note"])
        page.wait_for_timeout(1000)
        page.goto("/today/")
        page.wait_for_timeout(500)
        context.close()
    return addresses


def places_of(engine: str, scratch: Path, profile: Path, asked: list[str]) -> dict[str, list[Path]]:
    """Everything that was left, as files to be searched."""
    var = stage.var()
    files = [path for path in var.rglob("*") if path.is_file() and "static" not in path.parts]
    places = {"var": files, "browser profile": [p for p in profile.rglob("*") if p.is_file()]}
    (scratch / "addresses").write_text("\n".join(asked))
    places["addresses"] = [scratch / "addresses"]
    dump = scratch / "dump.sql"
    with dump.open("wb") as out:
        if engine == "sqlite":
            import sqlite3

            for line in sqlite3.connect(var / "db.sqlite3").iterdump():
                out.write(line.encode("utf-8", "surrogatepass") + b"\n")
        else:
            url = urlsplit(os.environ["DATABASE_URL"])
            command = [
                str(stage.binaries() / "pg_dump"),
                "-h",
                url.hostname,
                "-p",
                str(url.port),
                "-U",
                "postgres",
            ]
            subprocess.run([*command, url.path[1:]], stdout=out, check=True)
    places["dump"] = [dump]
    return places


def plant(places: dict[str, list[Path]], engine: str) -> None:
    """The control: written in clear where a careless product would have."""
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    Session.objects.create(session_key="c" * 30, session_data=CONTROL, expire_date=timezone.now())
    (stage.var() / "careless.log").write_text(f"调试 {CONTROL}")
    for place in ("browser profile", "addresses"):
        with places[place][0].open("ab") as file:
            file.write(
                CONTROL.encode("utf-16-le")
                if place == "browser profile"
                else quote(CONTROL).encode()
            )


def main() -> None:
    engine = stage.ready()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps a loop in this thread
    from tests.cast import make_cast

    scratch, profile = Path(tempfile.mkdtemp()), Path(tempfile.mkdtemp())
    geocoder = Geocoder()
    threading.Thread(target=geocoder.serve_forever, daemon=True).start()
    online = {"GEOCODERS": "nominatim", "NOMINATIM_URL": f"http://127.0.0.1:{geocoder.server_port}"}
    os.environ.update(online, CALL_HOURS="00:00-23:59", LOG_LEVEL="DEBUG")
    cast = make_cast()
    log = stage.var() / "worker.log"
    with stage.product(LOG_LEVEL="DEBUG") as port, stage.worker(log):
        day = Day(port, cast)
        lead = day.list_in_force()
        addresses = in_a_browser(f"http://127.0.0.1:{port}", profile, lead)
        day.work_on(lead)
        time.sleep(8)  # the clock's work: what may be geocoded, sealed, deleted
    sent = [f"geocoder: {path}" for path in geocoder.asked]
    places = places_of(engine, scratch, profile, [*addresses, *sent])
    no_address = {what: word for what, word in CANARY.items() if what != "address"}
    found = found_in(places | {"addresses": []}, CANARY)
    found += found_in({"addresses": places["addresses"]}, no_address)
    plant(places, engine)
    seen = found_in(
        places_of(engine, scratch, profile, [*addresses, CONTROL]), {"control": CONTROL}
    )
    seen_in = {each.split(" in ")[1].split(" (")[0] for each in seen}
    count = sum(len(files) for files in places.values())
    say(
        f"{day.did} requests and a browser's {len(addresses)}; {count:,} files searched: "
        + ("; ".join(found) or "found nowhere"),
        control=f"a canary in clear is found in: {', '.join(sorted(seen_in))}",
    )
    shutil.rmtree(scratch)
    shutil.rmtree(profile, ignore_errors=True)
    sys.exit(0 if not found and seen_in >= {"var", "dump", "addresses", "browser profile"} else 1)


if __name__ == "__main__":
    main()
