"""Our own server's jobs: what a phone and a desk ask for."""

import json
import math
import random
import re
from collections.abc import Iterator
from urllib.parse import urlencode

from benchmarks.province.bank import PASSWORD
from benchmarks.province.build import SEED
from benchmarks.province.customers import customer_no, name_of
from benchmarks.speed.browser import Answer, Browser
from benchmarks.speed.figures import Figures, measure
from benchmarks.speed.places import FILTERS, ZOOMS, MapPoint, Scope, points, views
from benchmarks.speed.record import Record
from benchmarks.speed.views import Ask, Query, View, requests_of, tiles_of
from branches.models import Branch, Role, Staff
from outreach.demo.identities import phone_number
from outreach.models import Lead

HTMX: Query = (("HX-Request", "true"),)
LASSO = 5_000


class Ours:
    """Runs the jobs on one engine; `n` rounds a point, `seconds` at most."""

    def __init__(self, port: int, who: str, *, n: int, seconds: float) -> None:
        self.who, self.n, self.seconds = who, n, seconds
        self.browser = Browser(port)

    def first_of_all(self, scope: Scope) -> Record:
        """The first view after the server started: nothing is warm but the database's pages."""
        self.browser.log_in(scope.username, PASSWORD)
        (view,) = views(scope, 9, 1)
        answers = [self.browser.ask(ask) for ask in requests_of(view)]
        took = sum(answer.seconds for answer in answers)
        found = Figures([took], [sum(each.wire for each in answers)], len(answers))
        return Record.of("map view, cold server", f"{scope.name} z9 F0", self.who, found)

    def map_point(self, point: MapPoint) -> Record:
        """One scope, zoom and filter; whoever looks must be logged in (`as_scope`)."""
        rounds = [requests_of(view, point.query) for view in point.views]
        found = measure(self.browser, rounds, seconds=self.seconds)
        if point.zoom == max(ZOOMS) and not point.query and found.n:
            found.note += bytes_a_lead(point.scope, point.views, found.sizes)
        return Record.of("map view", point.case, self.who, found)

    def as_scope(self, scope: Scope) -> None:
        self.browser.log_in(scope.username, PASSWORD)

    def nearest(self, scopes: list[Scope]) -> Iterator[Record]:
        """Twenty nearest: no filter; and a filter of customers who live far away."""
        far = far_away()
        for scope in (scopes[0], scopes[-1]):
            self.browser.log_in(scope.username, PASSWORD)
            cases: dict[str, Query] = {"F0": (), "F1": FILTERS["F1"]}
            if scope is scopes[0]:
                cases["F1 far away"] = (*FILTERS["F1"], ("branch", far.code))
            for name, query in cases.items():
                spots = points(scope, self.n) if "far" not in name else [NORTH] * self.n
                rounds = [
                    [Ask(f"/map/nearby/?{urlencode((('lon', lon), ('lat', lat), *query))}",
                         headers=HTMX)]
                    for lon, lat in spots
                ]  # fmt: skip
                found = measure(self.browser, rounds, seconds=self.seconds)
                yield Record.of("nearest 20", f"{scope.name} {name}", self.who, found)

    def lists(self, scopes: list[Scope]) -> Iterator[Record]:
        """The list beside the map, first page, by priority and by distance."""
        for scope in (scopes[0], scopes[2], scopes[-1]):
            self.browser.log_in(scope.username, PASSWORD)
            for zoom in (9, 12):
                for order in ("priority", "distance"):
                    rounds = [[_list_of(view, order)] for view in views(scope, zoom, self.n)]
                    found = measure(self.browser, rounds, seconds=self.seconds)
                    case = f"{scope.name} z{zoom} by {order}"
                    yield Record.of("list", case, self.who, found)

    def searches(self, scopes: list[Scope]) -> Iterator[Record]:
        for scope in (scopes[0], scopes[2], scopes[-1]):
            self.browser.log_in(scope.username, PASSWORD)
            ids = some_ids(scope, self.n)
            texts = {
                "name": [name_of(pk, SEED) for pk in ids],
                "客户号": [customer_no(pk) for pk in ids],
                "tail": [phone_number(pk)[-4:] for pk in ids],
            }
            for kind, words in texts.items():
                rounds = [[Ask("/map/search/", (("q", word),), HTMX)] for word in words]
                found = measure(self.browser, rounds, seconds=self.seconds)
                yield Record.of("search", f"{scope.name} by {kind}", self.who, found)

    def lasso(self, scope: Scope, rounds: int = 10) -> Iterator[Record]:
        """Draw around thousands, assign them, undo; each through HTTP."""
        self.browser.log_in(scope.username, PASSWORD)
        ring, total = self._ring(scope)
        drawn = (("polygon", json.dumps({"type": "Polygon", "coordinates": [ring]})),)
        branch = Staff.objects.get(username=scope.username).branch
        to = Staff.objects.within(branch).filter(role=Role.MANAGER).order_by("pk")[0]
        panels, gives, undos = Figures(), Figures(), Figures()
        for _ in range(rounds):
            panel = self.browser.ask(Ask("/assign/panel/", drawn, HTMX))
            seen = re.findall(r'name="(seen|seen_at)" value="([^"]*)"', panel.text)
            form = (*drawn, *dict(seen).items(), ("to", str(to.pk)), ("include", "all"))
            given = self.browser.ask(Ask("/assign/give/", form, HTMX))
            undo = json.loads(given.headers["hx-trigger"])["assigned"]["undo"]
            undone = self.browser.ask(Ask(undo, (), HTMX))
            for figures, answer in ((panels, panel), (gives, given), (undos, undone)):
                _add(figures, answer)
        case = f"{scope.name}, {total:,} customers"
        yield Record.of("lasso: who is inside", case, self.who, panels)
        yield Record.of("lasso: assign", case, self.who, gives)
        yield Record.of("lasso: undo", case, self.who, undos)

    def _ring(self, scope: Scope) -> tuple[list[list[float]], int]:
        """A star-shaped line around about `LASSO` customers (fewer where there are not so many)."""
        wanted = min(LASSO, Lead.objects.unscoped("how many").count() // 40)
        (lon, lat), low, high = points(scope, 1)[0], 0.0, 1.5
        ring, total = [], 0
        for _ in range(14):
            radius = (low + high) / 2
            ring = _star(lon, lat, radius)
            drawn = json.dumps({"type": "Polygon", "coordinates": [ring]})
            page = self.browser.ask(
                Ask("/assign/panel/", (("polygon", drawn),), HTMX), expect=(200, 400, 409, 422)
            )
            found = re.search(r'data-total="(\d+)"', page.text)
            total = int(found.group(1)) if found else 10**9
            if abs(total - wanted) <= wanted * 0.02:
                break
            low, high = (radius, high) if total < wanted else (low, radius)
        return ring, total


def bytes_a_lead(scope: Scope, looked_at: list[View], sizes: list[int]) -> str:
    """What a customer costs on the wire where each is shown, from the first ten views."""
    user = Staff.objects.get(username=scope.username)
    leads = Lead.objects.visible_to(user).worked_on_by(user)
    seen = list(zip(looked_at, sizes, strict=False))[:10]
    shown = sum(leads.in_tile(*tile).count() for view, _ in seen for tile in tiles_of(view))
    return f"{sum(size for _, size in seen) / shown:.1f} B a customer" if shown else ""


NORTH = (115.1, 35.85)  # where 濮阳 is; the far customers live in 信阳


def far_away() -> Branch:
    return Branch.objects.get(code="4115")


def some_ids(scope: Scope, count: int) -> list[int]:
    """Customers of the scope, by number."""
    user = Staff.objects.get(username=scope.username)
    leads = Lead.objects.visible_to(user).workable().order_by()
    chance = random.Random(7)
    if scope.name == "总行":
        top = (
            Lead.objects.unscoped("the highest number")
            .order_by("-pk")
            .values_list("pk", flat=True)[0]
        )
        return [chance.randint(1, top) for _ in range(count)]
    ids = list(leads.order_by("pk").values_list("pk", flat=True))
    return [chance.choice(ids) for _ in range(count)]


def _list_of(view: View, order: str) -> Ask:
    bounds = ",".join(f"{degree:.5f}" for degree in view.bounds())
    return Ask(f"/map/list/?{urlencode((('bounds', bounds), ('order', order)))}", headers=HTMX)


def _star(lon: float, lat: float, radius: float) -> list[list[float]]:
    """Nine corners near and far by turns, closed."""
    corners = []
    for step in range(18):
        reach = radius * (1 if step % 2 else 0.7)
        angle = step * math.pi / 9
        corners.append([lon + reach * math.cos(angle), lat + reach * math.sin(angle) * 0.8])
    return [*corners, corners[0]]


def _add(figures: Figures, answer: Answer) -> None:
    figures.seconds.append(answer.seconds)
    figures.sizes.append(answer.wire)
    figures.requests = 1
