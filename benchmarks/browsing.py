#!/usr/bin/env python3
"""What one minute with the map costs on a phone: requests, bytes on the wire, what came from the cache.

    python benchmarks/browsing.py http://127.0.0.1:8000 [--login manager] [--password demo-2026]

Against a running server (`make run`). Chromium as a 390 × 844 phone logs in, opens the
map with an empty cache on a line of 1.6 Mbit/s and 150 ms, opens it again, and then
browses in a fixed way for a minute: in by three steps, six pans, back out, a filter on
and off, a village, 附近. Bytes are those of the wire, headers included, as the DevTools
protocol counts them. Prints tables; asserts nothing.
"""

import argparse
import shutil
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Page,
    ViewportSize,
    sync_playwright,
)

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
PHONE: ViewportSize = {"width": 390, "height": 844}
LINE = {  # "slow 4G"
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
MINUTE = 60.0  # seconds
WATCH = """
window.seen = {shift: 0, first: null, paint: null};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.seen.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.seen.paint ??= entry.startTime;
}).observe({type: "paint", buffered: true});
const until = () => {
  if (document.querySelector(".cluster, .spot")) window.seen.first = performance.now();
  else requestAnimationFrame(until);
};
requestAnimationFrame(until);
"""
TAP_A_MARKER = """() => {
  const away = (marker) => {
    const {x, y} = marker.getBoundingClientRect();
    return Math.hypot(x - innerWidth / 2, y - innerHeight / 2);
  };
  const markers = [...document.querySelectorAll(".spot, .cluster")];
  markers.sort((a, b) => away(a) - away(b))[0]?.click();
}"""


@dataclass
class Kind:
    requests: int = 0
    bytes: int = 0
    unchanged: int = 0  # 304
    cached: int = 0  # from the browser, nothing on the wire


@dataclass
class Meter:
    """Counts what the DevTools protocol reports of one page."""

    kinds: dict[str, Kind] = field(default_factory=lambda: defaultdict(Kind))
    _kind_of: dict[str, str] = field(default_factory=dict)

    def attach(self, cdp: CDPSession) -> None:
        cdp.send("Network.enable")
        cdp.on("Network.requestWillBeSent", self._sent)
        cdp.on("Network.requestServedFromCache", self._from_memory)
        cdp.on("Network.responseReceived", self._received)
        cdp.on("Network.responseReceivedExtraInfo", self._answered)
        cdp.on("Network.loadingFinished", self._finished)

    def clear(self) -> None:
        self.kinds.clear()

    def _sent(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if url.startswith("http"):
            self._kind_of[event["requestId"]] = kind = kind_of(url)
            self.kinds[kind].requests += 1

    def _from_memory(self, event: dict[str, Any]) -> None:
        self._cached(event["requestId"])

    def _received(self, event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            self._cached(event["requestId"])

    def _cached(self, request: str) -> None:
        if kind := self._kind_of.pop(request, ""):
            self.kinds[kind].cached += 1
            self.kinds[kind].requests -= 1

    def _answered(self, event: dict[str, Any]) -> None:
        if event["statusCode"] == 304 and (kind := self._kind_of.get(event["requestId"])):
            self.kinds[kind].unchanged += 1

    def _finished(self, event: dict[str, Any]) -> None:
        if kind := self._kind_of.get(event["requestId"]):
            self.kinds[kind].bytes += int(event["encodedDataLength"])


def kind_of(url: str) -> str:
    path = urlsplit(url).path
    parts = path.strip("/").split("/")
    if parts[0] == "static":
        return path.rpartition(".")[2]
    if parts[0] == "map" and len(parts) > 1:
        return parts[1]
    return "page" if parts[0] == "map" else "other"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("--login", default="manager")
    parser.add_argument("--password", default="demo-2026")
    parser.add_argument("--minute", type=float, default=MINUTE, help="seconds of browsing")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        print(f"{options.login} on a phone of {PHONE['width']} × {PHONE['height']}")
        opened_first(browser, options)
        browsed(browser, options)
        browser.close()


def logged_in(browser: Browser, options: argparse.Namespace) -> tuple[BrowserContext, str]:
    """A context with the session's cookie and an empty cache, and the first screen's address."""
    context = browser.new_context(base_url=options.url, viewport=PHONE, locale="zh-CN")
    page = context.new_page()
    page.goto("/login/")
    page.fill("[name=username]", options.login)
    page.fill("[name=password]", options.password)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/map/**")
    cookies = context.cookies()
    context.close()
    fresh = browser.new_context(
        base_url=options.url, viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True,
        device_scale_factor=2,
    )  # fmt: skip
    fresh.add_cookies(cookies)  # type: ignore[arg-type]
    fresh.add_init_script(WATCH)
    return fresh, "/map/"


def opened_first(browser: Browser, options: argparse.Namespace) -> None:
    """The first load, with nothing cached, and the second."""
    context, first = logged_in(browser, options)
    for name in ("first load, nothing cached", "loaded again"):
        page, meter = measured(context, line=LINE)
        page.goto(first)
        page.wait_for_selector(".cluster, .spot", timeout=60_000)
        page.wait_for_load_state("networkidle")
        seen = page.evaluate("() => window.seen")
        show(meter, name)
        print(
            f"first paint {seen['paint']:.0f} ms, first customers on the map {seen['first']:.0f} ms,"
            f" layout shift {seen['shift']:.4f} (1.6 Mbit/s, 150 ms)"
        )
        page.close()
    context.close()


def browsed(browser: Browser, options: argparse.Namespace) -> None:
    context, first = logged_in(browser, options)
    page, meter = measured(context)
    page.goto(first)
    page.wait_for_selector(".cluster, .spot", timeout=60_000)
    page.wait_for_load_state("networkidle")
    meter.clear()
    lon, lat = (float(degree) for degree in _middle(page))
    context.set_geolocation({"longitude": lon, "latitude": lat})
    context.grant_permissions(["geolocation"])
    steps = walk(page)
    began = time.monotonic()
    for step in steps:
        step()
        page.wait_for_timeout(1000 * options.minute / len(steps))
    took = time.monotonic() - began
    shift = page.evaluate("() => window.seen.shift")
    show(meter, f"{took:.0f} seconds of browsing, {len(steps)} actions")
    print(f"layout shift {shift:.4f}")
    context.close()


def walk(page: Page) -> list[Callable[[], object]]:
    """In by three steps, six pans, back out, filter on and off, a village, 附近."""

    def pan(dx: int, dy: int) -> Callable[[], object]:
        return lambda: _drag(page, dx, dy)

    chip = page.locator("[data-chip='stage=to_contact']")
    everything = page.locator("[data-chip='']")
    near = page.locator("[data-near]")

    def press(key: str) -> Callable[[], object]:
        return lambda: page.locator("#map").press(key)

    return [
        *(press("Equal") for _ in range(3)),
        *(pan(*by) for by in ((-150, 0), (-150, 0), (0, -200), (150, 0), (150, 0), (0, 200))),
        *(press("Minus") for _ in range(3)),
        lambda: chip.click(),
        lambda: everything.click(),
        lambda: page.evaluate(TAP_A_MARKER),
        lambda: page.evaluate("() => document.querySelector('[data-close-sheet]')?.click()"),
        lambda: near.click(force=True),
    ]


def _drag(page: Page, dx: int, dy: int) -> None:
    page.mouse.move(195, 350)
    page.mouse.down()
    page.mouse.move(195 + dx, 350 + dy, steps=8)
    page.wait_for_timeout(200)  # held still: no inertia
    page.mouse.up()


def _middle(page: Page) -> tuple[float, float]:
    west, south, east, north = page.evaluate(
        "() => JSON.parse(document.getElementById('map-config').textContent).bounds"
    )
    return (west + east) / 2, (south + north) / 2


def measured(context: BrowserContext, line: dict[str, Any] | None = None) -> tuple[Page, Meter]:
    page, meter = context.new_page(), Meter()
    cdp = context.new_cdp_session(page)
    meter.attach(cdp)
    if line:
        cdp.send("Network.emulateNetworkConditions", line)
    return page, meter


def show(meter: Meter, title: str) -> None:
    print(f"\n{title}\n| kind | requests | of them 304 | from cache | bytes on the wire |")
    print("|---|---|---|---|---|")
    total = Kind()
    for name, kind in sorted(meter.kinds.items(), key=lambda item: -item[1].bytes):
        print(f"| {name} | {kind.requests} | {kind.unchanged} | {kind.cached} | {kind.bytes:,} |")
        for what in ("requests", "bytes", "unchanged", "cached"):
            setattr(total, what, getattr(total, what) + getattr(kind, what))
    print(f"| all | {total.requests} | {total.unchanged} | {total.cached} | {total.bytes:,} |")


if __name__ == "__main__":
    main()
