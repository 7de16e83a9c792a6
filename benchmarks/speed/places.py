"""Who looks, and where: scopes of the tree, and views on their customers."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.speed.views import Query, View
from branches.models import Staff
from outreach.models import Lead
from outreach.tilekey import lonlat_of_key

ZOOMS = (6, 9, 12, 15)
FILTERS: dict[str, Query] = {"F0": (), "F1": (("segment", "粮食种植"), ("band", "5"))}
SCOPES = {"总行": "Z9", "二级分行": "Z4101", "支行": "Z410122", "客户经理": "J410122011"}


@dataclass(frozen=True)
class Scope:
    """Whose eyes: name, login, and what the peers need to narrow likewise."""

    name: str
    username: str
    numbers: tuple[int, int]
    manager: int | None

    @property
    def query(self) -> Query:
        """As the peers are told."""
        low, high = self.numbers
        pairs = [("low", str(low)), ("high", str(high))]
        return tuple([*pairs, ("manager", str(self.manager))] if self.manager else pairs)


@dataclass(frozen=True)
class MapPoint:
    """One case of the map's table: who looks, how near, through which filter, and where."""

    scope: Scope
    zoom: int
    filter: str
    views: list[View]

    @property
    def query(self) -> Query:
        return FILTERS[self.filter]

    @property
    def case(self) -> str:
        return f"{self.scope.name} z{self.zoom} {self.filter}"


def map_points(scope: Scope, count: int) -> Iterator[MapPoint]:
    """Every zoom and filter of a scope, `count` views each."""
    for zoom in ZOOMS:
        looked_at = views(scope, zoom, count)
        for name in FILTERS:
            yield MapPoint(scope, zoom, name, looked_at)


def scopes() -> list[Scope]:
    found = []
    for name, username in SCOPES.items():
        staff = Staff.objects.select_related("branch").get(username=username)
        manager = staff.pk if staff.is_manager else None
        found.append(Scope(name, username, staff.branch.number_range, manager))
    return found


def points(scope: Scope, count: int, seed: int = 1) -> list[tuple[float, float]]:
    """Where customers of the scope are: people look where customers are."""
    user = Staff.objects.get(username=scope.username)
    leads = Lead.objects.visible_to(user).workable().located().order_by()
    chance = random.Random(seed)
    if leads.count() > 200_000:  # by number: a big table is not read for a hundred points
        top = (
            Lead.objects.unscoped("the highest number")
            .order_by("-pk")
            .values_list("pk", flat=True)[0]
        )
        ids = chance.sample(range(1, top + 1), min(top, count * 3))
        keys = list(leads.filter(pk__in=ids).order_by("pk").values_list("tile_key", flat=True))
    else:
        keys = list(leads.order_by("pk").values_list("tile_key", flat=True))
    return [lonlat_of_key(chance.choice(keys)) for _ in range(count)]


def views(scope: Scope, zoom: int, count: int) -> list[View]:
    return [View(lon, lat, zoom) for lon, lat in points(scope, count, seed=zoom)]
