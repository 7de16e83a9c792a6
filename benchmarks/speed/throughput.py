"""Views a second of the whole server, while databases and the asking run beside it.

The mix of zooms is what a day looks like: mostly pins and the county. A
quarter of the views is asked for again with its ETag, as a browser does that comes
back; those answered 304 are counted apart.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.province.bank import PASSWORD
from benchmarks.speed.browser import Browser
from benchmarks.speed.places import FILTERS, Scope, views
from benchmarks.speed.record import Record
from benchmarks.speed.views import Ask, requests_of

MIX = {6: 1, 9: 3, 12: 4, 15: 4}  # views of each zoom in twelve
CONNECTIONS = 6
SHARE_AGAIN = 4  # every fourth view is asked for again


@dataclass
class Tally:
    full: int = 0
    again: int = 0  # answered 304
    failed: int = 0
    seconds: list[float] = field(default_factory=list)


def throughput(port: int, who: str, scopes: Sequence[Scope], *, seconds: float) -> list[Record]:
    tallies = [Tally() for _ in range(CONNECTIONS)]
    browsers = []
    for number in range(CONNECTIONS):
        browser = Browser(port)
        browser.log_in(scopes[number % len(scopes)].username, PASSWORD)
        browsers.append(browser)
    plans = [_plan(scopes[number % len(scopes)]) for number in range(CONNECTIONS)]
    until = time.monotonic() + seconds
    began = time.process_time()
    threads = [
        threading.Thread(target=_look, args=(*trio, until))
        for trio in zip(browsers, plans, tallies, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asking = (time.process_time() - began) / seconds
    times = sorted(each for tally in tallies for each in tally.seconds)
    if not times:
        return [Record("throughput", "mix of zooms", who, 0, None, None, None, note="no answer")]
    full, again = sum(t.full for t in tallies), sum(t.again for t in tallies)
    failed = sum(t.failed for t in tallies)
    p95 = times[int(len(times) * 0.95)] * 1000
    said = (
        f"views/s; {again / seconds:.0f} more a second answered 304; {failed} failed; "
        f"p95 {p95:.1f} ms; {CONNECTIONS} connections; the asking itself took {asking:.0%} of a core"
    )
    mix = ", ".join(f"z{zoom} {share}/12" for zoom, share in MIX.items())
    rate = full / seconds
    return [Record("throughput", f"all scopes, {mix}", who, full, rate, rate, None, 1, said, "")]


def _plan(scope: Scope) -> list[list[Ask]]:
    plan = []
    for zoom, share in MIX.items():
        for number, view in enumerate(views(scope, zoom, share * 12)):
            query = FILTERS["F1"] if number % 6 == 5 else FILTERS["F0"]
            plan.append(requests_of(view, query))
    return sorted(plan, key=lambda asks: hash(asks[0].path) % 1009)


def _look(browser: Browser, plan: list[list[Ask]], tally: Tally, until: float) -> None:
    number = 0
    while time.monotonic() < until:
        asks = plan[number % len(plan)]
        number += 1
        try:
            answers = [browser.ask(ask) for ask in asks]
            tally.full += 1
            tally.seconds.append(sum(answer.seconds for answer in answers))
            if number % SHARE_AGAIN == 0:
                for ask, answer in zip(asks, answers, strict=True):
                    etag = (("If-None-Match", answer.headers.get("etag", "")),)
                    again = browser.ask(
                        Ask(ask.path, ask.form, (*ask.headers, *etag)), expect=(200, 304)
                    )
                    tally.again += again.status == 304
        except Exception:
            tally.failed += 1
