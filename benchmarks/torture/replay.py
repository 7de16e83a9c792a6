#!/usr/bin/env python3
"""What phones without network do to the server: every outcome on record exactly once.

    python benchmarks/torture/replay.py [--histories 10000] [--seed 1]

A history is a manager's customer and what was logged there: visits, and calls
with their outcome. Each is sent one to three times, in any order; some answers
are lost (the socket is closed before they are read), some are sent by two tabs at
once, sessions end between, customers are given to a colleague, other content
comes under a known UUID, the bank's platform reports with a clock a day off.
Acknowledged means on record, once, as first acknowledged; the same again is
accepted, other content refused. Control: a server that looks at no UUID.
"""

import argparse
import http.client
import random
import sys
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks.torture import stage
from benchmarks.torture.said import say

MANAGERS = 12
LEADS_EACH = 20
VISITS = (
    {"channel": "visit", "person": "self", "outcome": "interested"},
    {"channel": "visit", "person": "self", "outcome": "considering", "follow_up": "tomorrow"},
    {"channel": "walk_in", "person": "self", "outcome": "not_interested"},
    {"channel": "visit", "person": "nobody"},
    {"channel": "visit", "person": "family"},
)
CALLS = (
    {"call_state": "no_answer"},
    {"call_state": "busy"},
    {"call_state": "connected", "person": "self", "outcome": "considering"},
)
CONTROL = 20  # histories of the control


@dataclass
class Entry:
    """One contact: its UUID is the phone's."""

    key: str
    kind: str  # visit, call, or api: reported by the bank's platform
    lead: int
    content: dict[str, Any]
    acknowledged: bool = False
    is_begun: bool = False  # the attempt of a call is on record


class Phone:
    """A manager's browser. Sessions end under it; it logs in again and goes on."""

    def __init__(self, port: int, staff: Any, leads: list[int], rng: random.Random) -> None:
        self.port, self.staff, self.leads, self.rng = port, staff, leads, rng
        self.wrong: Counter[str] = Counter()
        self.did: Counter[str] = Counter()
        self.entries: list[Entry] = []
        self._tabs = ThreadPoolExecutor(2)
        self._log_in()

    def _log_in(self) -> None:
        (self.person,) = stage.browsers(self.port, [self.staff], stage.Tally())

    def history(self) -> None:
        """One customer's, from first to last sending."""
        lead = self.rng.choice(self.leads)
        entries = [self._entry(lead) for _ in range(self.rng.randint(1, 3))]
        self.entries += entries
        for each in entries:
            if each.kind == "call":
                self._begin(each)
        sendings = [each for each in entries for _ in range(self.rng.randint(1, 3))]
        self.rng.shuffle(sendings)
        taken = False
        for each in sendings:
            chance = self.rng.random()
            if chance < 0.06:
                self._session_ends()
            elif chance < 0.12 and not taken:
                taken = self._reassign(lead, back=False)
            self._send(each)
        for each in entries:  # until each was acknowledged: what a phone does
            if not each.acknowledged:
                self._send(each, certain=True)
            if self.rng.random() < 0.2 and each.kind != "api":
                self._say_otherwise(each)
        if taken:
            self._reassign(lead, back=True)

    def _entry(self, lead: int) -> Entry:
        kind = self.rng.choices(("visit", "call", "api"), (5, 3, 1))[0]
        if kind == "visit":
            return Entry(str(uuid.uuid4()), kind, lead, dict(self.rng.choice(VISITS)))
        if kind == "call":
            return Entry(str(uuid.uuid4()), kind, lead, dict(self.rng.choice(CALLS)))
        return Entry(str(uuid.uuid4()), kind, lead, {})

    def _begin(self, entry: Entry) -> None:
        """The attempt; its answer may be lost and it is tapped again."""
        for _ in range(self.rng.randint(1, 2)):
            answer = self._post(f"/leads/{entry.lead}/call/", {"log_uuid": entry.key})
            entry.is_begun = answer == 200 or entry.is_begun
        if not entry.is_begun:  # a closed gate: somebody is in contact with them just now
            self.did["calls that a gate refused"] += 1
            entry.kind = "none"

    def _send(self, entry: Entry, *, certain: bool = False) -> None:
        if entry.kind == "none":
            return
        way = "certain" if certain else self.rng.choice(("plain", "plain", "lost", "two tabs"))
        self.did[way] += 1
        if entry.kind == "api":
            self._report(entry)
        elif way == "lost":
            self._answer_lost(f"/logs/{entry.key}/", self._form(entry))
        elif way == "two tabs":
            path, form = f"/logs/{entry.key}/", self._form(entry)
            both = [stage.browsers(self.port, [self.staff], stage.Tally())[0] for _ in range(2)]
            said = list(self._tabs.map(lambda tab: tab.post("", path, form).status, both))
            self._heard(entry, said)
        else:
            self._heard(entry, [self._post(f"/logs/{entry.key}/", self._form(entry))])

    def _form(self, entry: Entry) -> dict[str, Any]:
        return entry.content | ({"lead": entry.lead} if entry.kind == "visit" else {})

    def _heard(self, entry: Entry, said: list[int]) -> None:
        """200 acknowledges; nothing else may be the answer to one's own honest log."""
        entry.acknowledged |= 200 in said
        for status in said:
            if status != 200:
                self.wrong[f"an honest log answered {status}"] += 1

    def _post(self, path: str, form: dict[str, Any]) -> int:
        """As the page does: 401 leads through the login and back to the open sheet."""
        status = self.person.post("", path, form).status
        if status == 401:
            self._log_in()
            self.did["logged in again"] += 1
            status = self.person.post("", path, form).status
        return status

    def _answer_lost(self, path: str, form: dict[str, Any]) -> None:
        at = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": self.person.cookie, "X-CSRFToken": "a" * 32, "HX-Request": "true"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        at.request("POST", path, urlencode(form), headers)
        if self.rng.random() < 0.5:
            time.sleep(self.rng.uniform(0, 0.03))
        at.close()

    def _say_otherwise(self, entry: Entry) -> None:
        """Other content under a UUID that is known: refused, and nothing changes."""
        if entry.kind == "call":
            is_busy = entry.content["call_state"] == "busy"
            other = {"call_state": "no_answer" if is_busy else "busy"}
        else:
            is_family = entry.content["person"] == "family"
            person = "nobody" if is_family else "family"
            other = {"lead": entry.lead, "channel": entry.content["channel"], "person": person}
        if entry.kind == "none" or not entry.acknowledged:
            return
        status = self._post(f"/logs/{entry.key}/", other)
        self.did["other content"] += 1
        if status != 409:
            self.wrong[f"other content answered {status}"] += 1

    def _report(self, entry: Entry) -> None:
        """The bank's platform tells of a contact; its clock may be a day off."""
        import json

        skew = entry.content.setdefault("skew", self.rng.choice((-24, -1, 0, 24)))
        moment = entry.content.setdefault(
            "at", (datetime.now(UTC) + timedelta(hours=skew)).isoformat()
        )
        told = {"uuid": entry.key, "lead": entry.lead, "channel": "hq_sms", "started_at": moment}
        at = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        at.request("POST", "/api/v1/contact-logs/", json.dumps(told), headers)
        status = at.getresponse().status
        at.close()
        if skew == 24:  # in the future: refused in words, nothing stored
            self.did["a clock a day ahead refused"] += status == 400
            self.wrong[f"a contact of tomorrow answered {status}"] += status != 400
        else:
            entry.acknowledged |= status in (200, 201)
            self.wrong[f"a report answered {status}"] += status not in (200, 201)

    def _session_ends(self) -> None:
        from django.contrib.sessions.models import Session

        key = self.person.cookie.split("sessionid=")[1].split(";")[0]
        Session.objects.filter(pk=key).delete()

    def _reassign(self, lead: int, *, back: bool) -> bool:
        from outreach.actions.assign import assign_leads

        giver, taker = (self.colleague, self.staff) if back else (self.staff, self.colleague)
        done = assign_leads(leads={lead: giver.pk}, to=taker, kind="ticked", by=self.supervisor)
        self.did["given to a colleague"] += bool(done.assigned) and not back
        return bool(done.assigned)

    token = ""
    colleague: Any = None
    supervisor: Any = None


def problems(entries: list[Entry]) -> dict[str, int]:
    """What is not on record exactly as acknowledged."""
    from outreach.models import ContactLog
    from trust.models import AuditEvent

    rows = ContactLog.objects.unscoped("the trial compares what is on record")
    stored = {str(log.uuid): log for log in rows.iterator()}
    told = Counter(
        detail.get("log")
        for detail in AuditEvent.objects.filter(action="lead.log").values_list("detail", flat=True)
    )
    sent = [each for each in entries if each.kind != "none"]
    done = [each for each in sent if each.acknowledged]
    expected = {each.key for each in sent}
    return {
        "never acknowledged": sum(
            not each.acknowledged for each in sent if each.content.get("skew") != 24
        ),
        "lost": sum(each.key not in stored or stored[each.key].logged_at is None for each in done),
        "changed": sum(
            stored[each.key].outcome != each.content.get("outcome", "")
            for each in done
            if each.key in stored and each.kind != "api"
        ),
        "doubled": sum(key not in expected for key, log in stored.items() if log.logged_at),
        "without exactly one audit event": sum(told[each.key] != 1 for each in done),
    }


def play(port: int, crowd: stage.Crowd, leads: list[int], histories: int, seed: int) -> list[Phone]:
    """So many histories, shared out among the phones."""
    from django.db import connection

    from branches.models import SystemToken

    _, token = SystemToken.issue(crowd.cast.system, "torture")
    phones = []
    for n, staff in enumerate(crowd.managers):
        mine = leads[n * LEADS_EACH : (n + 1) * LEADS_EACH]
        phone = Phone(port, staff, mine, random.Random(f"{seed}:{n}"))
        phone.token, phone.supervisor = token, crowd.supervisors[0]
        phone.colleague = crowd.managers[(n + 1) % len(crowd.managers)]
        phones.append(phone)
    left = iter(range(histories))
    lock = threading.Lock()

    def work(phone: Phone) -> None:
        try:
            while True:
                with lock:
                    n = next(left, None)
                if n is None:
                    return
                if n % 500 == 0:
                    print(f"{n:,} of {histories:,} histories begun", flush=True)
                phone.history()
        except Exception as error:
            phone.wrong[f"the trial itself: {error!r}"] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(1)  # what was sent and not waited for
    return phones


def run(
    crowd: stage.Crowd, leads: list[int], histories: int, seed: int, **settings: Any
) -> tuple[dict[str, int], Counter[str]]:
    with stage.product(COLLISION_MINUTES="0", **settings) as port:
        phones = play(port, crowd, leads, histories, seed)
    entries = [each for phone in phones for each in phone.entries]
    wrong: Counter[str] = sum((phone.wrong for phone in phones), Counter())
    did: Counter[str] = sum((phone.did for phone in phones), Counter())
    did["contacts"] = len(entries)
    found = {what: n for what, n in (problems(entries) | dict(wrong)).items() if n}
    print(found, dict(did), flush=True)
    return found, did


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    stage.ready()
    from outreach.models import ContactLog
    from tests.cast import make_lead

    crowd = stage.crowd(MANAGERS, 1)
    each = LEADS_EACH if asked.histories > 1000 else 8
    globals()["LEADS_EACH"] = each
    leads = [make_lead(crowd.cast, holder=who).pk for who in crowd.managers for _ in range(each)]
    found, did = run(crowd, leads, asked.histories, asked.seed)
    ContactLog.objects.unscoped("the control begins anew").all().delete()
    fallen, _ = run(
        crowd, leads, min(CONTROL, asked.histories), asked.seed,
        application="benchmarks.torture.unguarded:application", WALL="uuid",
    )  # fmt: skip
    ways = ", ".join(f"{n:,} {what}" for what, n in sorted(did.items()))
    say(
        f"{asked.histories:,} histories ({ways}): "
        + (", ".join(f"{n} {what}" for what, n in found.items()) or "0 lost, 0 doubled"),
        control=f"with the UUID ignored: {fallen.get('doubled', 0)} doubled",
    )
    sys.exit(0 if not found and fallen.get("doubled") else 1)


if __name__ == "__main__":
    main()
