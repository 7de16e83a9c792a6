#!/usr/bin/env python3
"""The phone ends the page in the middle of calls; every one is on record once, with its outcome.

    python benchmarks/interrupted_calls.py [--times 100] [--seed 1]
    python scripts/with_postgres.py .venv/bin/python benchmarks/interrupted_calls.py

Real Chromium against the real server (gunicorn). In each repetition a manager
calls or visits a customer and the page dies at a random point: before the answer
to the call arrives, after dialling, half-filled, during the save. Sometimes the
session is gone as well, sometimes there is no network when the outcome is saved
at last. The manager comes back in a new page of the same browser, logs in when
asked, finds the sheet and finishes. Prints a table; exits 1 if a log was lost or
doubled, or if something that had been chosen was not there any more.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "scripts"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketing_map.settings")

from benchmarks.servers import LIMITS_OFF
from benchmarks.torture.said import say

CALLS = (
    ("no_answer",),
    ("busy",),
    ("connected", "family"),
    ("connected", "self", "interested", "explained"),
    ("connected", "self", "considering", "three_days"),
    ("connected", "self", "not_interested"),
)
VISITS = (
    ("visit", "self", "interested", "added_wechat"),
    ("walk_in", "self", "considering", "tomorrow"),
    ("call_in", "self", "applied"),
    ("visit", "nobody"),
)
CALL_NOT_SENT = "call never left the phone"
CALL_ANSWER_LOST = "killed before the call's answer"
DIALLED = "killed after dialling"
HALF_FILLED = "killed half-filled"
SAVE_NOT_SENT = "killed while the save was failing"
SAVE_ANSWER_LOST = "saved, the answer lost, killed"
LOGGED_OUT = "session ended, then saved"
VISIT_HALF_FILLED = "visit: killed half-filled"
VISIT_SAVE_ANSWER_LOST = "visit: saved, the answer lost, killed"
VISIT_LOGGED_OUT = "visit: session ended, then saved"
POINTS = (
    *(CALL_NOT_SENT, CALL_ANSWER_LOST, DIALLED, HALF_FILLED, SAVE_NOT_SENT),
    *(SAVE_ANSWER_LOST, LOGGED_OUT),
    *(VISIT_HALF_FILLED, VISIT_SAVE_ANSWER_LOST, VISIT_LOGGED_OUT),
)
SAVED_ALREADY = {SAVE_ANSWER_LOST, VISIT_SAVE_ANSWER_LOST}


@dataclass(frozen=True)
class Plan:
    """One repetition: where it breaks, what else goes wrong, and what shall be on record."""

    point: str
    answers: tuple[str, ...]
    chosen: int  # so many chips were chosen when it broke
    session_ends: bool  # before the manager comes back
    offline: bool  # at the last save

    @property
    def by_call(self) -> bool:
        return not self.point.startswith("visit")


@dataclass
class Tally:
    """What came of the repetitions that broke at one point."""

    times: int = 0
    sessions_ended: int = 0
    offline: int = 0
    chips: int = 0
    chips_kept: int = 0
    once: int = 0
    lost: int = 0
    doubled: int = 0


def plans(times: int, rng: random.Random) -> Iterator[Plan]:
    """Every point in turn, in random order; the rest as chance has it."""
    points = [POINTS[at % len(POINTS)] for at in range(times)]
    rng.shuffle(points)
    for point in points:
        answers = rng.choice(VISITS if point.startswith("visit") else CALLS)
        chosen = 0
        if point in (HALF_FILLED, VISIT_HALF_FILLED):
            chosen = rng.randint(1, len(answers))
        elif point in (SAVE_NOT_SENT, LOGGED_OUT, VISIT_LOGGED_OUT):
            chosen = len(answers)
        yield Plan(point, answers, chosen, rng.random() < 0.4, rng.random() < 0.4)


@dataclass
class Story:
    """A manager with a phone. `end_sessions` logs them out on the server, `logs_of` reads it."""

    context: Any
    username: str
    password: str
    end_sessions: Callable[[], object]
    logs_of: Callable[[int], list[Any]]
    tallies: dict[str, Tally] = field(default_factory=lambda: {each: Tally() for each in POINTS})

    def play(self, plan: Plan, lead: int) -> None:
        tally = self.tallies[plan.point]
        tally.times += 1
        tally.sessions_ended += plan.session_ends or plan.point in (LOGGED_OUT, VISIT_LOGGED_OUT)
        page = self._open(f"/leads/{lead}/card/")
        self._until_it_breaks(page, plan)
        if not page.is_closed() and plan.point not in (LOGGED_OUT, VISIT_LOGGED_OUT):
            page.close()
        if plan.session_ends:
            self.end_sessions()
        page = self._come_back(page, plan, lead)
        if plan.point not in SAVED_ALREADY:
            tally.offline += plan.offline
            kept = sum(self._is_chosen(page, value) for value in plan.answers[: plan.chosen])
            tally.chips += plan.chosen
            tally.chips_kept += kept
            self._finish(page, plan)
        page.close()
        self._count(plan, lead, tally)

    def drafts_left(self) -> int:
        """Drafts still on the phone at the end: there should be none."""
        page = self._open("/today/")
        page.wait_for_load_state("networkidle")
        found = "Object.keys(localStorage).filter((key) => key.startsWith('draft:')).length"
        count = int(page.evaluate(found))
        page.close()
        return count

    def _until_it_breaks(self, page: Any, plan: Plan) -> None:
        if plan.by_call:
            if plan.point in (CALL_NOT_SENT, CALL_ANSWER_LOST):
                self._answer_lost(
                    page, "**/call/", "#sheet [data-call]", plan.point == CALL_ANSWER_LOST
                )
                return
            page.locator("#sheet [data-call]").first.click()
        else:
            page.locator("#sheet .side-actions a[href$='/log/']").click()
        page.locator("form[data-outcome]").wait_for()
        wanted = plan.answers if plan.point in SAVED_ALREADY else plan.answers[: plan.chosen]
        self._choose(page, wanted)
        if plan.point in (SAVE_NOT_SENT, *SAVED_ALREADY):
            self._answer_lost(page, "**/logs/*/", "button.save", plan.point in SAVED_ALREADY)
        elif plan.point in (LOGGED_OUT, VISIT_LOGGED_OUT):
            self.end_sessions()
            page.locator("button.save").click()
            page.wait_for_url("**/login/**")

    def _answer_lost(self, page: Any, address: str, button: str, reaches_server: bool) -> None:
        """Press a button; the request may reach the server, its answer never the phone."""
        done: list[bool] = []

        def drop(route: Any) -> None:
            if reaches_server and not done:
                route.fetch()
            done.append(True)
            route.abort()

        page.route(address, drop)
        page.locator(button).first.click()
        while not done:
            page.wait_for_timeout(20)
        page.unroute(address)

    def _come_back(self, page: Any, plan: Plan, lead: int) -> Any:
        """In a new page (or at the login page we were led to), to the sheet."""
        if plan.point in (LOGGED_OUT, VISIT_LOGGED_OUT):
            self._log_in(page)
            page.locator("form[data-outcome]").wait_for()
            return page
        page = self._open("/today/")
        if plan.point == CALL_NOT_SENT:
            page.goto(f"/leads/{lead}/card/")
            page.locator("#sheet [data-call]").first.click()
        elif not plan.by_call:
            page.locator("[data-unsaved] a").click()
        if plan.point == VISIT_SAVE_ANSWER_LOST:
            page.locator("[data-logged]").wait_for()
        elif plan.point != SAVE_ANSWER_LOST:
            page.locator("form[data-outcome]").wait_for()
        return page

    def _finish(self, page: Any, plan: Plan) -> None:
        self._choose(page, plan.answers)
        if plan.offline:
            self.context.set_offline(True)
            page.locator("button.save").click()
            page.locator("[data-not-saved]").wait_for()
            self.context.set_offline(False)  # … and it is sent by itself
        else:
            page.locator("button.save").click()
        page.locator("[data-logged]").wait_for(timeout=30_000)

    def _count(self, plan: Plan, lead: int, tally: Tally) -> None:
        logs = self.logs_of(lead)
        said = [self._said(log) for log in logs if log.logged_at]
        tally.lost += set(plan.answers) not in said
        tally.doubled += len(logs) > 1
        tally.once += len(logs) == 1 and said == [set(plan.answers)]

    @staticmethod
    def _said(log: Any) -> set[str]:
        """The chips a log stands for, follow-up apart from its date."""
        said = {log.call_state, log.person, log.outcome, *log.steps} - {""}
        if log.channel != "call":
            said |= {log.channel, log.person or "nobody"}
        if log.follow_up_at:
            days = (log.follow_up_at.astimezone().date() - log.logged_at.astimezone().date()).days
            said.add("tomorrow" if days <= 1 else "three_days")
        return said

    def _choose(self, page: Any, values: tuple[str, ...]) -> None:
        for value in values:
            if not self._is_chosen(page, value):
                page.locator(f"form[data-outcome] .chip[data-value={value}]").click()

    @staticmethod
    def _is_chosen(page: Any, value: str) -> bool:
        chip = page.locator(f"form[data-outcome] .chip[data-value={value}] input")
        return bool(chip.is_checked())

    def _open(self, address: str) -> Any:
        page = self.context.new_page()
        page.goto(address)
        if "/login/" in page.url:
            self._log_in(page)
        return page

    def _log_in(self, page: Any) -> None:
        page.locator("input[name=username]").fill(self.username)
        page.locator("input[name=password]").fill(self.password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/login/" not in url)


def table(tallies: dict[str, Tally]) -> str:
    """One line a point, and the sum."""
    total = Tally()
    lines = [
        f"{'where it broke':38} times  session  no net   chips   on record"
        "  lost  doubled\n"
        f"{'':38}         ended  at save    kept        once"
    ]
    for point, tally in [*tallies.items(), ("all", total)]:
        if tally is not total:
            for name, value in vars(tally).items():
                setattr(total, name, getattr(total, name) + value)
        chips = f"{tally.chips_kept}/{tally.chips}"
        lines.append(
            f"{point:38} {tally.times:5} {tally.sessions_ended:8} {tally.offline:7} {chips:>7}"
            f" {tally.once:11} {tally.lost:5} {tally.doubled:8}"
        )
    return "\n".join(lines)


def is_sound(tallies: dict[str, Tally]) -> bool:
    """Nothing lost, nothing doubled, nothing to be chosen twice."""
    return all(
        each.once == each.times and each.chips_kept == each.chips and not each.lost + each.doubled
        for each in tallies.values()
    )


@contextmanager
def server(port: int, folder: Path) -> Iterator[str]:
    """gunicorn on an empty database of its own, as `make run` starts it."""
    from children import end, start

    child = start(
        [
            *(sys.executable, "-m", "gunicorn", "marketing_map.wsgi:application"),
            *("--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"),
            *("--log-level", "warning", "--no-control-socket"),
            *("--worker-tmp-dir", str(folder / "tmp")),
        ],
        env=_app_environment(),
        cwd=ROOT,
    )
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                    break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        end(child)


def _app_environment() -> dict[str, str]:
    env = dict(os.environ)
    if env.get("DATABASE_APP_URL"):
        env["DATABASE_URL"] = env["DATABASE_APP_URL"]
    return env


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8199)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="interrupted-calls-") as folder:
        os.environ["VAR_DIR"] = folder
        os.environ.update(LIMITS_OFF)
        os.environ["LOG_LEVEL"] = "ERROR"
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps a loop in this thread
        for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
            subprocess.run([sys.executable, str(ROOT / "manage.py"), *command], check=True)
        import django

        django.setup()
        sys.exit(interrupt(options, Path(folder)))


def interrupt(options: argparse.Namespace, folder: Path) -> int:
    from django.contrib.sessions.models import Session
    from django.db import connection
    from playwright.sync_api import sync_playwright

    from outreach.models import ContactLog
    from tests.browser.conftest import CHROMIUM, NOTE_DIALLING, PHONE
    from tests.cast import make_cast, make_lead

    rng = random.Random(options.seed)
    cast = make_cast()
    leads = [make_lead(cast, holder=cast.wang).pk for _ in range(options.times)]
    logs = ContactLog.objects.unscoped("the benchmark looks at what is on record")
    with sync_playwright() as playwright, server(options.port, folder) as address:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=address, viewport=PHONE, locale="zh-CN")
        context.add_init_script(NOTE_DIALLING)
        story = Story(
            context,
            cast.wang.username,
            "pw",
            end_sessions=lambda: Session.objects.all().delete(),
            logs_of=lambda lead: list(logs.filter(lead=lead)),
        )
        for done, (plan, lead) in enumerate(zip(plans(options.times, rng), leads, strict=True), 1):
            story.play(plan, lead)
            if done % 10 == 0:
                print(f"{done} of {options.times}", file=sys.stderr, flush=True)
        drafts = story.drafts_left()
        browser.close()
    print(f"{connection.vendor}, {options.times} interrupted contacts, seed {options.seed}")
    print(table(story.tallies))
    print(f"drafts left on the phone: {drafts}")
    every = story.tallies.values()
    say(
        f"{options.times} contacts interrupted in a browser: {sum(t.lost for t in every)} lost,"
        f" {sum(t.doubled for t in every)} doubled, {sum(t.chips_kept for t in every)} of"
        f" {sum(t.chips for t in every)} answers kept, {drafts} drafts left"
    )
    return 0 if is_sound(story.tallies) and not drafts else 1


if __name__ == "__main__":
    main()
