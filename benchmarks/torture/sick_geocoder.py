#!/usr/bin/env python3
"""The online geocoder falls ill in every way; pages do not notice, and nothing is paid twice.

    python benchmarks/torture/sick_geocoder.py

A provider on a socket of this machine stalls, resets, says 429 with Retry-After,
answers HTML, NaN, (0, 0), ten megabytes. Each illness: the worker asks it for
customers nobody could place, while a supervisor's pages are timed beside. The
pages' median may not grow beyond twice that without any geocoder, the breaker must
open after a few questions, nobody may be placed by nonsense; when the provider is
well again every customer is placed, and no address that was answered is asked again.
"""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from benchmarks.torture import stage
from benchmarks.torture.said import say

CUSTOMERS = 12
WORST = 2.0  # times the pages' median in health
FEW = 5  # questions until the breaker is open; each provider has three
POINT = {
    "lat": "36.86",
    "lon": "118.79",
    "addresstype": "hamlet",
    "type": "hamlet",
    "place_rank": 20,
}


class Provider(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.illness = ""
        self.asked: list[str] = []
        self.answered: Counter[str] = Counter()
        super().__init__(("127.0.0.1", 0), _Answer)


class _Answer(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        words = parse_qs(urlsplit(self.path).query).get("q", ["?"])[0]
        self.server.asked.append(words)
        illness = self.server.illness
        if illness == "stalls":
            time.sleep(30)
        elif illness == "resets":
            self.connection.close()
        elif illness == "429":
            self._say(429, b"", **{"Retry-After": "60"})
        elif illness == "HTML":
            self._say(200, b"<html>502 Bad Gateway</html>")
        elif illness == "10 MB":
            self._say(200, b"[" + b" " * 10_000_000 + b"]")
        else:
            # NaN cannot be read: the provider is sick, and the address is asked again in health.
            self.server.answered[words] += illness != "NaN"
            point = {"NaN": {"lat": "NaN", "lon": "NaN"}, "(0, 0)": {"lat": "0", "lon": "0"}}
            found = POINT | {"display_name": words} | point.get(illness, {})
            self._say(200, json.dumps([found]).encode())

    def _say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            return  # it had heard enough

    def log_message(self, *args: Any) -> None:
        return


NOT_ANSWERED = ("stalls", "resets", "429", "HTML", "10 MB", "NaN")
NONSENSE = ("(0, 0)",)  # an answer, though no point in China: remembered, and not paid again


class Pages(threading.Thread):
    """A supervisor at the screen, all the time."""

    def __init__(self, person: Any) -> None:
        super().__init__(daemon=True)
        self._person, self.over = person, threading.Event()
        self.seconds: list[float] = []
        self.broken = 0

    def run(self) -> None:
        while not self.over.is_set():
            began = time.perf_counter()
            self.broken += self._person.get("page", "/leads/").is_broken
            self.seconds.append(time.perf_counter() - began)
            time.sleep(0.05)


def timed(port: int, who: Any, act: Any) -> tuple[float, int]:
    """The median of pages while something happens, and how many broke."""
    (person,) = stage.browsers(port, [who], stage.Tally())
    pages = Pages(person)
    pages.start()
    act()
    pages.over.set()
    pages.join()
    return statistics.median(pages.seconds), pages.broken


def geocode() -> None:
    """A worker process of its own does the clock's job once."""
    from jobs.queue import enqueue
    from outreach.geocode_online import KIND

    enqueue(KIND, {}, by=None)
    env = {**os.environ}
    env["DATABASE_URL"] = os.environ.get("DATABASE_APP_URL") or os.environ["DATABASE_URL"]
    command = [sys.executable, str(ROOT / "manage.py"), "work", "--until-empty"]
    subprocess.run(command, env=env, timeout=120, check=True)


def placed() -> int:
    from outreach.models import Lead

    return Lead.objects.unscoped("the trial counts").filter(tile_key__isnull=False).count()


class Trial:
    """What was measured and what was wrong."""

    def __init__(self, port: int, crowd: Any, provider: Provider) -> None:
        self.port, self.crowd, self.provider = port, crowd, provider
        self.wrong: list[str] = []
        self.ratios: dict[str, float] = {}
        self.well, _ = timed(port, crowd.cast.zhao, lambda: time.sleep(8))

    def fall_ill(self, illness: str, most: int) -> None:
        """One job while the provider is ill: so many questions at most, nobody placed."""
        self.provider.illness = illness
        asked, there = len(self.provider.asked), placed()
        median, broken = timed(self.port, self.crowd.cast.zhao, geocode)
        ratio, questions = median / self.well, len(self.provider.asked) - asked
        self.ratios[illness] = ratio
        print(f"{illness}: pages {ratio:.2f} x, {questions} questions", flush=True)
        self.wrong += [f"{illness}: {broken} pages broke"] * bool(broken)
        self.wrong += [f"{illness}: pages {ratio:.1f} x"] * (ratio > WORST)
        self.wrong += [f"{illness}: asked {questions} times"] * (questions > most)
        self.wrong += [f"{illness}: somebody placed"] * (placed() != there)


def main() -> None:
    stage.ready()
    from tests.cast import make_lead

    provider = Provider()
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{provider.server_port}"
    os.environ.update(GEOCODERS="nominatim", NOMINATIM_URL=url)
    crowd = stage.crowd(1)
    for _ in range(CUSTOMERS):
        make_lead(crowd.cast, point=None)
    with stage.product() as port:
        trial = Trial(port, crowd, provider)
        for illness in NOT_ANSWERED:
            trial.fall_ill(illness, FEW)
        provider.illness = ""
        geocode()
        in_health = placed()
        for illness in NONSENSE:
            for _ in range(CUSTOMERS // 2):
                make_lead(crowd.cast, point=None)
            trial.fall_ill(illness, CUSTOMERS // 2)
        provider.illness = ""
        geocode()
    wrong, ratios = trial.wrong, trial.ratios
    twice = [words for words, n in provider.answered.items() if n > 1]
    wrong += [f"{len(twice)} addresses paid twice"] * bool(twice)
    wrong += [f"in health {in_health} of {CUSTOMERS} placed"] * (in_health != CUSTOMERS)
    say(
        f"{len(ratios)} illnesses: pages at most {max(ratios.values()):.2f} × as long, "
        + (", ".join(wrong) or "breaker opens, 0 placed by nonsense, 0 paid twice"),
        control=f"in health {in_health} of {CUSTOMERS} are placed",
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
