"""People at their browsers, simulated: a connection each, a session each, what they waited.

Used by `load.py` and `writers.py`. A person is a thread with one kept-alive HTTP
connection (standard library alone, so that the driver costs little beside the
servers it shares the machine with). Their sessions are made in the database
beforehand: 200 password checks would measure the hashing.
"""

import gzip
import http.client
import math
import random
import statistics
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

CSRF = "a" * 32  # the token of cookie and header need only be the same
FORM = "application/x-www-form-urlencoded"
Fields = Mapping[str, Any] | Sequence[tuple[str, Any]]


@dataclass(frozen=True)
class Answer:
    """What came back. `status` 0: the connection broke, nobody knows what happened."""

    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_broken(self) -> bool:
        return self.status == 0 or self.status >= 500


@dataclass
class Tally:
    """Seconds and answers by kind of request, of everybody; add under the lock."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, seconds: float, status: int) -> None:
        with self.lock:
            self.seconds[kind].append(seconds)
            self.answers[kind][status] += 1

    @property
    def broken(self) -> int:
        """Answers 5xx and connections that broke."""
        return sum(
            count
            for answers in self.answers.values()
            for status, count in answers.items()
            if status == 0 or status >= 500
        )

    def table(self, seconds: float) -> str:
        """One line a kind: how many, how many a second, how long, what was answered."""
        lines = [f"{'':14}{'n':>7}{'a second':>10}{'p50':>8}{'p95':>8}{'p99':>8} ms  answers"]
        every = [each for found in self.seconds.values() for each in found]
        total: Counter[int] = sum(self.answers.values(), Counter())
        rows = [*((name, self.seconds[name], self.answers[name]) for name in sorted(self.seconds))]
        for name, found, answers in [*rows, ("all", every, total)]:
            said = ", ".join(f"{status or 'broken'} {n}" for status, n in sorted(answers.items()))
            p50, p95, p99 = (1000 * each for each in shares(found))
            lines.append(
                f"{name:14}{len(found):7}{len(found) / seconds:10.1f}{p50:8.0f}{p95:8.0f}{p99:8.0f}"
                f"     {said}"
            )
        return "\n".join(lines)


def shares(found: Sequence[float]) -> tuple[float, float, float]:
    """p50, p95, p99."""
    if len(found) < 2:
        return (found[0],) * 3 if found else (0.0, 0.0, 0.0)
    cuts = statistics.quantiles(found, n=100, method="inclusive")
    return cuts[49], cuts[94], cuts[98]


class Person:
    """One logged-in browser: cookies, ETags, and a stopwatch on every request."""

    def __init__(self, port: int, session: str, tally: Tally, rng: random.Random) -> None:
        self.port = port
        self.cookie = f"sessionid={session}; csrftoken={CSRF}"
        self.tally = tally
        self.rng = rng
        self.etags: dict[str, str] = {}
        self.until = math.inf  # of time.monotonic(), set by `at_work`
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def pause(self, mean: float) -> None:
        """Think so many seconds on average, but not beyond the end."""
        if mean:
            left = max(0.0, self.until - time.monotonic())
            time.sleep(min(self.rng.expovariate(1 / mean), left))

    def get(self, kind: str, path: str, *, is_fragment: bool = False) -> Answer:
        headers = {"If-None-Match": self.etags[path]} if path in self.etags else {}
        found = self._ask(kind, "GET", path, None, headers, is_fragment)
        if "etag" in found.headers:
            self.etags[path] = found.headers["etag"]
        return found

    def post(self, kind: str, path: str, form: Fields) -> Answer:
        body = urlencode(form, doseq=True)
        return self._ask(kind, "POST", path, body, {"Content-Type": FORM}, True)

    def _ask(
        self,
        kind: str,
        method: str,
        path: str,
        body: str | None,
        headers: dict[str, str],
        is_fragment: bool,
    ) -> Answer:
        headers |= {"Cookie": self.cookie, "Accept-Encoding": "gzip", "X-CSRFToken": CSRF}
        if is_fragment:
            headers["HX-Request"] = "true"
        began = time.perf_counter()
        try:
            self.connection.request(method, path, body, headers)
            got = self.connection.getresponse()
            raw = got.read()
            is_packed = got.getheader("Content-Encoding") == "gzip"
            text = (gzip.decompress(raw) if is_packed else raw).decode()
            named = {name.lower(): value for name, value in got.getheaders()}
            found = Answer(got.status, text, named)
        except (OSError, http.client.HTTPException):
            self.connection.close()
            found = Answer(0)
        self.tally.add(kind, time.perf_counter() - began, found.status)
        return found


def sessions_of(people: Sequence[Any]) -> list[str]:
    """A session key each, as if each had logged in."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    store_of = import_module(settings.SESSION_ENGINE).SessionStore
    keys = []
    for each in people:
        store = store_of()
        store[SESSION_KEY] = str(each.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = each.get_session_auth_hash()
        store.create()
        keys.append(store.session_key)
    return keys


def at_work(people: Sequence[Any], act: Callable[[Any], None], seconds: float) -> float:
    """Everybody repeats `act` until the time is up; returns how long it was.

    An act that raises ends the run: a figure over half the crowd is none.
    """
    until = time.monotonic() + seconds
    faults: list[BaseException] = []

    def work(person: Any) -> None:
        person.until = until
        try:
            while time.monotonic() < until and not faults:
                act(person)
        except BaseException as fault:
            faults.append(fault)
        finally:
            person.connection.close()

    threads = [threading.Thread(target=work, args=(each,), daemon=True) for each in people]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return time.monotonic() - began
