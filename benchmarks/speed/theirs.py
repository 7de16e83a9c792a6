"""The peers' jobs: the same views and points, each in the peer's own way of asking."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from benchmarks.speed.browser import Browser
from benchmarks.speed.figures import Figures, measure
from benchmarks.speed.ours import NORTH, far_away
from benchmarks.speed.places import FILTERS, ZOOMS, MapPoint, Scope, points, views
from benchmarks.speed.record import PREFIX, SNAP, Record
from benchmarks.speed.servers import PeerServer
from benchmarks.speed.views import Ask, Query, View, tiles_of
from outreach.models import Lead

FEW = 5  # rounds of what takes more than a second


def _one_request(path: str) -> Callable[[View, Query], list[Ask]]:
    def ask(view: View, query: Query) -> list[Ask]:
        tiles = tiles_of(view)
        corners = (tiles[0][0], tiles[0][1], tiles[0][2], tiles[-1][1], tiles[-1][2])
        return [Ask(f"/{path}/?{urlencode((('tiles', ','.join(map(str, corners))), *query))}")]

    return ask


def _geojson(view: View, query: Query) -> list[Ask]:
    box = ",".join(f"{degree:.5f}" for degree in view.bounds())
    return [Ask(f"/geojson/?{urlencode((('in_bbox', box), *query))}")]


def _by_tile(path: str) -> Callable[[View, Query], list[Ask]]:
    def ask(view: View, query: Query) -> list[Ask]:
        tail = urlencode(query)
        return [Ask(f"/{path}/{z}/{x}/{y}/?{tail}") for z, x, y in tiles_of(view)]

    return ask


PEERS = {
    SNAP: _one_request("snap"),
    PREFIX: _one_request("prefix"),
    "ST_AsMVT": _by_tile("mvt"),
    "django-vectortiles": _by_tile("vectortiles"),
    "DRF-GIS GeoJSON": _geojson,
}
EVERYWHERE = (SNAP, PREFIX)  # the others only at headquarters and the county


# PostGIS reads positions to the centimetre, our keys to two metres: on the edge of a tile
# somebody may stand on either side.
EDGES = 1e-5


class Theirs:
    def __init__(self, server: PeerServer, *, n: int, seconds: float) -> None:
        self.server, self.n, self.seconds = server, n, seconds

    def map_point(self, point: MapPoint, *, all_peers: bool) -> Iterator[Record]:
        """What the peers take for the same views; some only where `all_peers` says so."""
        for peer, ask in PEERS.items():
            if peer in EVERYWHERE or all_peers:
                query = (*point.query, *point.scope.query)
                found = self._measured([ask(view, query) for view in point.views])
                yield Record.of("map view", point.case, peer, found)

    def nearest(self, scopes: list[Scope]) -> Iterator[Record]:
        head = scopes[0]
        far = far_away()
        cases = {
            "F0": head.query,
            "F1": (*FILTERS["F1"], *head.query),
            "F1 far away": (
                *FILTERS["F1"],
                ("low", str(far.number)),
                ("high", str(far.last_number)),
            ),
        }
        for name, query in cases.items():
            spots = points(head, self.n) if "far" not in name else [NORTH] * self.n
            rounds = [
                [Ask(f"/nearest/?{urlencode((('lon', lon), ('lat', lat), *query))}")]
                for lon, lat in spots
            ]
            yield Record.of(
                "nearest 20", f"{head.name} {name}", "PostGIS <->", self._measured(rounds)
            )

    def counts(self, scopes: list[Scope]) -> Iterator[Record]:
        """Whether the peers that make our payload count what our table holds: else no ratio is worth a thing."""
        for scope in scopes[:3]:
            for view in (each for zoom in ZOOMS for each in views(scope, zoom, 1)):
                rows = Lead.objects.unscoped("the peers' counts are checked").workable()
                rows = rows.filter(branch_number__range=scope.numbers)
                wanted = sum(rows.in_tile(*tile).count() for tile in tiles_of(view))
                for peer in EVERYWHERE:
                    (ask,) = PEERS[peer](view, scope.query)
                    found = total_of(json.loads(Browser(self.server.port).ask(ask).body))
                    said = (
                        f"{found:,} of {wanted:,} counted alike"
                        if abs(found - wanted) <= wanted * EDGES
                        else f"WRONG: {found:,} of {wanted:,}"
                    )
                    case = f"{scope.name} z{view.zoom}"
                    yield Record("check: same counts", case, peer, 1, None, None, None, note=said)

    def _measured(self, rounds: list[list[Ask]]) -> Figures:
        browser = Browser(self.server.port)
        trial = measure(browser, rounds[:1], seconds=1)  # twice, of which one counts
        if trial.note:
            self.server.start()  # what it was doing dies with it
            return trial
        slow = not trial.seconds or trial.seconds[0] > 1
        found = measure(browser, rounds[:FEW] if slow else rounds, seconds=self.seconds)
        browser.connection.close()
        if found.note:
            self.server.start()
        return found


def total_of(payload: dict[str, Any]) -> int:
    """How many leads an answer of `benchmarks.peers.clusters` shows."""
    if "pins" in payload:
        return len(payload["pins"][0]) if payload["pins"] else 0
    tiles = [payload["cells"]] if "cells" in payload else payload["tiles"]
    return sum(sum(cell[2:]) for cells in tiles for cell in cells)
