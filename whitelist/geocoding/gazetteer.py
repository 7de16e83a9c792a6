"""Filling the gazetteer: rows of places in, `Place` rows with parents out.

Loading is idempotent: a code that is there already is updated. A point that is
there already stays when the new row has none, and a worse source never
replaces a better one (bank > package > indicative).
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from django.db import transaction

from branches.pinyin import sort_key
from whitelist.geocoding.names import match_name
from whitelist.models import Place, PlaceLevel, PointSource

DEMO_PLACES = Path(__file__).resolve().parent.parent / "data" / "demo_places.csv"
CHUNK = 2000
_FINENESS = list(PlaceLevel.values)
_WORTH = {
    PointSource.NONE: 0,
    PointSource.INDICATIVE: 1,
    PointSource.PACKAGE: 2,
    PointSource.BANK: 3,
}


@dataclass(slots=True)
class PlaceRow:
    """One place to load. `lon`, `lat` are WGS-84 degrees; the code has 12 digits,
    a hamlet's is its village's with a suffix (``370783101201-01``)."""

    code: str
    name: str
    level: str
    lon: float | None = None
    lat: float | None = None
    point_source: str = PointSource.NONE


@dataclass(slots=True)
class Loaded:
    """What a load did."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "Loaded") -> "Loaded":
        return Loaded(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
        )


def load_demo_places() -> Loaded:
    """寿光, 青州, 昌乐 with their townships and villages (points of villages are 示意)."""
    with DEMO_PLACES.open(encoding="utf-8", newline="") as file:
        return load_places(_demo_rows(csv.DictReader(file)))


def _demo_rows(lines: Iterable[dict[str, str]]) -> Iterator[PlaceRow]:
    for line in lines:
        yield PlaceRow(
            line["code"],
            line["name"],
            line["level"],
            float(line["lon"]),
            float(line["lat"]),
            line["point_source"],
        )


@transaction.atomic
def load_places(rows: Iterable[PlaceRow]) -> Loaded:
    """Insert or update the places; parents are found by code.

    Rows may come in any order: each level is loaded before the next finer one.
    A place whose parent is not known hangs from the nearest ancestor that is.
    """
    by_level: dict[str, list[PlaceRow]] = {level: [] for level in _FINENESS}
    for row in rows:
        by_level[row.level].append(row)
    loaded = Loaded()
    ids: dict[str, int] = {}
    for level in _FINENESS:
        if by_level[level]:
            _load_level(by_level[level], ids, loaded)
    return loaded


def _load_level(rows: list[PlaceRow], ids: dict[str, int], loaded: Loaded) -> None:
    waiting = iter({row.code: row for row in rows}.values())
    while chunk := list(islice(waiting, CHUNK)):
        codes = [row.code for row in chunk]
        _learn_parents(chunk, ids)
        there = {place.code: place for place in _in_batches(codes)}
        new, changed = [], []
        for row in chunk:
            place = there.get(row.code)
            if place is None:
                new.append(_fill(Place(code=row.code), row, ids))
            elif _differs(place, row, ids):
                changed.append(_fill(place, row, ids))
            else:
                loaded.unchanged += 1
        Place.objects.bulk_create(new, batch_size=CHUNK)
        Place.objects.bulk_update(changed, _WRITTEN, batch_size=100)
        loaded.created += len(new)
        loaded.updated += len(changed)
        ids.update((place.code, place.pk) for place in (*new, *there.values()))


_WRITTEN = ["name", "level", "parent", "match_name", "sort_key", "lon", "lat", "point_source"]


def _in_batches(codes: list[str]) -> Iterator[Place]:
    for start in range(0, len(codes), 500):
        yield from Place.objects.filter(code__in=codes[start : start + 500])


def _learn_parents(rows: list[PlaceRow], ids: dict[str, int]) -> None:
    """Look up the ancestors that this load has not brought itself."""
    unknown = {code for row in rows for code in ancestors(row.code)} - ids.keys()
    for place in _in_batches(sorted(unknown)):
        ids[place.code] = place.pk


def ancestors(code: str) -> list[str]:
    """Codes of the places above, nearest first: 370783101201 → 370783101000, 370783000000, …"""
    if len(code) > 12:
        return [code[:12], *ancestors(code[:12])]
    return [code[:n].ljust(12, "0") for n in (9, 6, 4, 2) if code[n:].strip("0")]


def _parent(code: str, ids: dict[str, int]) -> int | None:
    return next((ids[above] for above in ancestors(code) if above in ids), None)


def _differs(place: Place, row: PlaceRow, ids: dict[str, int]) -> bool:
    if (place.name, place.level, place.parent_id) != (row.name, row.level, _parent(row.code, ids)):
        return True
    if place.match_name != match_name(row.name, row.level):
        return True
    point = (place.lon, place.lat, place.point_source)
    return _point_is_better(place, row) and point != (row.lon, row.lat, row.point_source)


def _point_is_better(place: Place, row: PlaceRow) -> bool:
    mine, theirs = PointSource(place.point_source), PointSource(row.point_source)
    return row.lon is not None and _WORTH[theirs] >= _WORTH[mine]


def _fill(place: Place, row: PlaceRow, ids: dict[str, int]) -> Place:
    if place.name != row.name or not place.sort_key:
        place.sort_key = pinyin_of(row.name)
    place.name = row.name
    place.level = row.level
    place.parent_id = _parent(row.code, ids)
    place.match_name = match_name(row.name, row.level)
    if _point_is_better(place, row):
        place.lon, place.lat, place.point_source = row.lon, row.lat, row.point_source
    return place


@cache
def pinyin_of(name: str) -> str:
    """The sort key of a name; village names repeat (刘庄 thousands of times), so it is kept."""
    return sort_key(name)
