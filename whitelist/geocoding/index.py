"""The gazetteer in memory: dictionaries from names and codes to places.

Loaded once a job and read-only afterwards. A nationwide load holds 660,000
places; what only some addresses need (loose names, sounds, the index of a
county) is made when it is first asked for.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Generic, TypeVar

from whitelist.geocoding.names import LEAST, is_community, loose_name, match_name
from whitelist.geocoding.parsing import sound
from whitelist.models.place import Place, PlaceLevel

_FIGURE = re.compile("[0-9]")
_NUMBERED = re.compile("[0-9](?:[组号队]|$)")
COUNTY_KINDS = ("市", "县", "区")
TOWNSHIP_KINDS = ("镇", "乡", "街道", "公社", "办事处", "街办", "地区")
LEVELS = {level: n for n, level in enumerate(PlaceLevel.values)}
PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, VILLAGE, HAMLET = range(6)

T = TypeVar("T")
Row = tuple[int, str, str, str, float | None, float | None]


class Names(Generic[T]):
    """Many places by name. A name may stand for several."""

    __slots__ = ("_lengths", "places")

    def __init__(self) -> None:
        self.places: dict[str, list[T]] = {}
        # How long the names are that begin with these two signs, longest first:
        # most places of a text are answered by one look-up that finds nothing.
        self._lengths: dict[str, list[int]] = {}

    def add(self, name: str, place: T) -> None:
        there = self.places.get(name)
        if there is None:
            self.places[name] = [place]
            lengths = self._lengths.setdefault(name[:LEAST], [])
            if len(name) not in lengths:
                lengths.append(len(name))
                lengths.sort(reverse=True)
        elif place not in there:
            there.append(place)

    def at(self, text: str, start: int) -> Iterator[tuple[list[T], int]]:
        """Those whose name stands at this place of the text, longest first, and where it ends."""
        for length in self._lengths.get(text[start : start + LEAST], ()):
            end = start + length
            hit = self.places.get(text[start:end]) if end <= len(text) else None
            if hit is not None:
                yield hit, end


class Spot:
    """A village or hamlet."""

    __slots__ = ("code", "hamlets", "id", "lat", "lon", "name", "parent")

    def __init__(self, row: Row, parent: "Area | Spot") -> None:
        self.id, self.code, self.name, _, self.lon, self.lat = row
        self.parent = parent
        self.hamlets: Names[Spot] | None = None

    @property
    def is_community(self) -> bool:
        return is_community(self.name)


class Area:
    """A province, prefecture, county or township with what lies in it."""

    def __init__(self, row: Row, parent: "Area | None") -> None:
        self.id, self.code, self.name, level, self.lon, self.lat = row
        self.level = LEVELS[level]
        self.parent = parent
        self.areas: list[Area] = []
        self.spots: list[Spot] = []

    def within(self, other: "Area | None") -> bool:
        """It is the other one or lies in it."""
        area: Area | None = self
        while area is not None:
            if area is other:
                return True
            area = area.parent
        return False

    @cached_property
    def counties(self) -> "Names[Area]":
        return area_names(self.down_to(COUNTY))

    @cached_property
    def townships(self) -> "Names[Area]":
        return area_names(self.down_to(TOWNSHIP))

    @cached_property
    def villages(self) -> Names[Spot]:
        """Villages by the name that is compared."""
        return spot_names(self.all_spots(), lambda stem: stem)

    @cached_property
    def loose_villages(self) -> Names[Spot]:
        return spot_names(self.all_spots(), loose_name)

    @cached_property
    def sounding_villages(self) -> Names[Spot]:
        return spot_names(self.all_spots(), sound)

    @cached_property
    def hamlets(self) -> Names[Spot]:
        names: Names[Spot] = Names()
        for village in self.all_spots():
            for stem, hamlets in (village.hamlets.places if village.hamlets else {}).items():
                for hamlet in hamlets:
                    names.add(stem, hamlet)
        return names

    @cached_property
    def sounding_townships(self) -> "Names[Area]":
        names: Names[Area] = Names()
        for area in self.down_to(TOWNSHIP):
            names.add(sound(match_name(area.name, "township")), area)
        return names

    def down_to(self, level: int) -> "Iterator[Area]":
        for area in self.areas:
            if area.level == level:
                yield area
            elif area.level < level:
                yield from area.down_to(level)

    def all_spots(self) -> Iterator[Spot]:
        yield from self.spots
        for area in self.areas:
            yield from area.all_spots()


def _is_numbered(name: str) -> bool:
    """Whether the name, as it is compared, could be taken for a group's or a house's number."""
    return bool(
        _FIGURE.search(unicodedata.normalize("NFKC", name)) and _NUMBERED.search(match_name(name))
    )


def spot_names(spots: Iterable[Spot], form: Callable[[str], str]) -> Names[Spot]:
    names: Names[Spot] = Names()
    for spot in spots:
        names.add(form(match_name(spot.name)), spot)
    return names


def area_names(areas: Iterable[Area]) -> Names[Area]:
    """Areas by every way they are written; a full name goes before another's short one."""
    areas = list(areas)
    full: Names[Area] = Names()
    for area in areas:
        full.add(area.name, area)
    names: Names[Area] = Names()
    for area in areas:
        for written in _ways(area):
            if written == area.name or written not in full.places:
                names.add(written, area)
    return names


def _ways(area: Area) -> set[str]:
    level = PlaceLevel.values[area.level]
    stem = match_name(area.name, level)
    kinds = (
        TOWNSHIP_KINDS if area.level == TOWNSHIP else COUNTY_KINDS if area.level == COUNTY else ()
    )
    ways = {area.name, stem}
    if stem != area.name:
        ways |= {stem + kind for kind in kinds}
    return {way for way in ways if len(way) >= LEAST and way not in _NOT_NAMES}


_NOT_NAMES = {"市辖区", "市辖", "县", "省直辖县级行政区划", "自治区直辖县级行政区划", "辖区"}


class Index:
    """Places by code, and the areas nobody stands above."""

    def __init__(self, rows: Iterable[Row]) -> None:
        """`rows`: (id, code, name, level, lon, lat), each after the place it lies in."""
        self.areas: dict[str, Area] = {}
        self.world = Area((0, "", "", PlaceLevel.PROVINCE, None, None), None)
        self.world.level = -1
        self.has_hamlets = False
        self.has_numbered = False  # some village is named like a group or house: 刘庄3队
        village: Spot | None = None
        for row in rows:
            if len(row[1]) > 12:
                if village is not None and row[1].startswith(village.code):
                    self._add_hamlet(row, village)
            elif row[3] == PlaceLevel.VILLAGE:
                above = self._above(row[1])
                village = Spot(row, above)
                above.spots.append(village)
                self.has_numbered = self.has_numbered or _is_numbered(row[2])
            else:
                self._add_area(row)

    def _add_area(self, row: Row) -> None:
        above = self._above(row[1])
        area = Area(row, None if above is self.world else above)
        above.areas.append(area)
        self.areas[area.code.rstrip("0")] = area

    def _add_hamlet(self, row: Row, village: Spot) -> None:
        if village.hamlets is None:
            village.hamlets = Names()
        village.hamlets.add(match_name(row[2]), Spot(row, village))
        self.has_hamlets = True
        self.has_numbered = self.has_numbered or _is_numbered(row[2])

    def _above(self, code: str) -> Area:
        for length in (9, 6, 4, 2):
            if code[length:].strip("0"):
                area = self.areas.get(code[:length].rstrip("0"))
                if area is not None:
                    return area
        return self.world

    def area(self, code: str) -> Area | None:
        """The area whose code begins so; `code` has 2, 4, 6 or 9 digits."""
        return self.areas.get(code.rstrip("0"))

    def village(self, code: str) -> Spot | None:
        """The village of a 12-digit code."""
        township = self.area(code[:9])
        return next((s for s in township.spots if s.code == code), None) if township else None

    @cached_property
    def provinces(self) -> Names[Area]:
        return area_names(a for a in self.world.areas if a.level == PROVINCE)

    @cached_property
    def prefectures(self) -> Names[Area]:
        return area_names(self.world.down_to(PREFECTURE))


def rows_of(prefixes: Iterable[str]) -> Iterator[Row]:
    """Rows of the places whose codes begin with one of these, and of the areas above them."""
    from django.db.models import Q

    wanted = Q()
    for prefix in prefixes:
        wanted |= Q(code__startswith=prefix)
        wanted |= Q(code__in=[prefix[:n].ljust(12, "0") for n in (2, 4, 6, 9) if n <= len(prefix)])
    places = Place.objects.filter(wanted).order_by("code")
    fields = ("id", "code", "name", "level", "lon", "lat")
    return places.values_list(*fields).iterator(chunk_size=20_000)
