"""From an address to a point, and how sure that is.

The ladder of precision: hamlet, village, township, county, not located (house
and on-site positions come from elsewhere: a village's centre is never a house).

How it decides; what is ambiguous is never guessed, it falls to the next
coarser level and the note says why:

- An address is read from its beginning: province, prefecture, county, township,
  each where the gazetteer has that name, any of them missing or repeated.
- The village is taken by name **within the township**: the exact name; failing
  that the one name that differs only by what people leave out (李庄 for 李家庄);
  failing that the one that is read alike (西留营 for 西刘营).
- Without a township, a village's name counts only when it is the only one like
  it in the county, and no township that contradicts is named.
- A county left out is taken from the division code, or from a township's name
  that exists once in what is loaded, or whose namesakes do not have that village.
- **The words of the address go before the division code**, since the code is
  often that of the household register or out of date: a village found by name
  stands, whatever the code says. The code fills in what the address leaves out,
  and a 12-digit code gives the village when the address has none that is known
  and nothing in it contradicts. When they contradict above the village, the
  address counts as far as it goes and the note says so.
- Of the addresses the finest wins, 经营 before 居住 before 户籍 where equal.
- A place without a point lends its parent's, with the parent's precision.

Notes name places of the gazetteer only: what an address says beyond them is
personal data and notes are not encrypted.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from whitelist.geocoding import parsing
from whitelist.geocoding.areas import AreaReader, Code, Head
from whitelist.geocoding.index import COUNTY, TOWNSHIP, Area, Index, Row, Spot, rows_of
from whitelist.geocoding.names import match_name
from whitelist.geocoding.villages import exactly, only_in, spot_in
from whitelist.models.location import AddressKind, Precision

__all__ = ["Addresses", "Found", "Ladder", "locate", "match_name"]


class Addresses(NamedTuple):
    """What is known about where a customer is; all of it may be empty."""

    business: str = ""
    home: str = ""
    registered: str = ""
    division_code: str = ""


class Found(NamedTuple):
    """A position. `lon`, `lat` are WGS-84 degrees, None when not located.

    `place_id` is the place matched, which lends its parent's point and precision
    when it has none of its own; `village_id` the village it is or lies in;
    `address_kind` of `whitelist.models.AddressKind`; `note` at most 120 characters.
    """

    lon: float | None = None
    lat: float | None = None
    precision: int = Precision.UNLOCATED.value
    place_id: int | None = None
    village_id: int | None = None
    address_kind: str = ""
    note: str = ""


@dataclass(slots=True)
class Match:
    """The finest place an address names, and what kept it from being finer."""

    place: Area | Spot | None = None
    note: str = ""
    by_code: bool = False
    against_code: bool = False  # the address names another county than the code


_KNOWN = 100_000  # answers kept; then it starts afresh
_GROUP_AND_HOUSE = re.compile(r"(?:[0-9]+[组号队])+$")
_RUN = re.compile("[0-9]+")
_KINDS = (AddressKind.BUSINESS.value, AddressKind.HOME.value, AddressKind.REGISTERED.value)


class Ladder:
    """Locates addresses by the places it was loaded with; cheap to call a million times."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.index = Index(rows)
        self.finest = int(Precision.HAMLET if self.index.has_hamlets else Precision.VILLAGE)
        self._areas = AreaReader(self.index)
        self._codes: dict[str, Code] = {}
        self._known: dict[tuple[str, str, str], Found] = {}

    @classmethod
    def load(cls, code_prefixes: Iterable[str] = ()) -> "Ladder":
        """Read the places whose codes begin with one of these; all when none is given."""
        return cls(rows_of(code_prefixes))

    def locate(self, addresses: Addresses) -> Found:
        """The best position the addresses and the code give."""
        code = self._code(addresses.division_code)
        best: Found | None = None
        against = False
        for kind, text in zip(_KINDS, addresses[:3], strict=True):
            if text:
                key = (self._neighbours(text), addresses.division_code, kind)
                found = self._known.get(key)
                if found is None:
                    match = self._match(parsing.clean(text), code)
                    against |= match.against_code
                    found = self._found(match, kind)
                    if isinstance(match.place, Spot) and not (match.note or match.against_code):
                        self._keep(key, found)
                if best is None or found.precision > best.precision:
                    best = found
                if best.precision >= self.finest:
                    break
        if (best is None or best.precision == Precision.UNLOCATED) and code.finest and not against:
            note = f"{best.note}，按区划代码" if best else "按区划代码"
            return self._found(Match(code.finest, note, by_code=True), "")
        return best or Found(note="没有地址")

    def _neighbours(self, text: str) -> str:
        """The address with every group and house number made one: what its neighbours have too.

        Not where villages are named by such numbers.
        """
        if self.index.has_numbered:
            return text
        tail = _GROUP_AND_HOUSE.search(text)
        return text[: tail.start()] + _RUN.sub("1", tail.group()) if tail else text

    def _keep(self, key: tuple[str, str, str], found: Found) -> None:
        """Remember a village found by its exact name: that asks of figures only that they are some.

        Any other answer depends on how names are alike, where 3 may stand for 三.
        """
        if len(self._known) >= _KNOWN:
            self._known.clear()
        self._known[key] = found

    # --- one address ------------------------------------------------------------

    def _match(self, text: str, code: Code) -> Match:
        head = self._areas.read(text, code)
        if head.stranger:
            if code.county:
                match = self._in_county(text, head, code.county, Code(code.county))
                if isinstance(match.place, Spot):
                    return match
            return Match(None, "地址所在区县不在地名库", against_code=True)
        if head.county and code.county and head.county is not code.county:
            match = self._below(text, head, Code())
            if not isinstance(match.place, Spot):
                match.note = f"{match.note}，区划代码属{code.county.name}，与地址不符".lstrip("，")
            match.against_code = True
            return match
        if code.county and head.above and not code.county.within(head.above):
            match = self._below(text, head, Code())
            match.against_code = True
            return match
        if head.county is None and not head.candidates and not head.unclear:
            head.county = head.township.parent if head.township else code.county
        return self._below(text, head, code)

    def _below(self, text: str, head: Head, code: Code) -> Match:
        """The village, given the head."""
        if head.candidates:
            return self._one_of(text, head)
        if head.township:
            return self._in_township(text, head, head.township, code)
        if head.county:
            return self._in_county(text, head, head.county, code)
        if head.unclear:
            return Match(None, head.unclear)
        if head.prefecture:
            return Match(None, f"只有{head.prefecture.name}，缺区县和乡镇")
        return Match(None, "缺区县和乡镇" if text else "没有地址")

    def _in_township(self, text: str, head: Head, township: Area, code: Code) -> Match:
        spot, note = spot_in(text, head.end, township)
        if spot is None and head.again >= 0:
            spot, _ = exactly(text, head.again, township, beyond=head.beyond)
        if spot:
            return Match(spot, note)
        if code.village and code.township is township:
            return Match(code.village, "地址中的村名未对上，按区划代码", True)
        if code.township and code.township is not township:
            note = f"{note}，区划代码属{code.township.name}，与地址不符"
        return Match(township, note)

    def _in_county(self, text: str, head: Head, county: Area, code: Code) -> Match:
        if code.township and code.township.within(county):
            spot, note = spot_in(text, head.end, code.township)
            if spot:
                return Match(spot, note)
        spot, note = only_in(text, head.end, county)
        if spot:
            return Match(spot, note)
        if named := parsing.TOWNSHIP_FORM.match(text, head.end):
            known = county.sounding_townships.places.get(
                parsing.sound(match_name(named["name"], "township")), ()
            )
            if len(known) == 1:
                head.end = named.end()
                return self._in_township(text, head, known[0], code)
            note = f"{county.name}没有地址所写的乡镇"
        if code.village:
            return Match(code.village, "地址缺乡镇或村名未对上，按区划代码", True)
        if code.township and not named:
            return Match(code.township, f"{note}，按区划代码", True)
        return Match(county, note)

    def _one_of(self, text: str, head: Head) -> Match:
        """Several counties have a township of this name: the one that has the village too."""
        name = head.candidates[0].name
        having = []
        for township in head.candidates:
            spot, _ = spot_in(text, head.end, township, exact=True)
            if spot:
                having.append(spot)
        if len(having) == 1:
            return Match(having[0], f"缺区县，{name}有多个，只有一个有此村")
        return Match(head.county, f"有 {len(head.candidates)} 个“{name}”，缺区县")

    # --- codes and points ------------------------------------------------------------------

    def _code(self, code: str) -> Code:
        known = self._codes.get(code)
        if known is None:
            digits = code.strip()
            known = Code()
            if digits.isdigit() and len(digits) in {6, 9, 12}:
                known.county = self._level(digits[:6], COUNTY)
                if digits[6:9].strip("0"):
                    known.township = self._level(digits[:9], TOWNSHIP)
                if digits[9:].strip("0"):
                    known.village = self.index.village(digits)
            if len(self._codes) < 100_000:
                self._codes[code] = known
        return known

    def _level(self, digits: str, level: int) -> Area | None:
        area = self.index.area(digits)
        return area if area and area.level == level else None

    def _found(self, match: Match, kind: str) -> Found:
        place = match.place
        kind = AddressKind.DIVISION.value if match.by_code else kind
        village_id = None
        if isinstance(place, Spot):
            village = place if isinstance(place.parent, Area) else place.parent
            village_id = village.id
        note = match.note
        at: Area | Spot | None = place
        while at is not None and at.lon is None:
            at = at.parent
        if at is None or at.lat is None or (precision := _precision(at)) == Precision.UNLOCATED:
            return Found(
                place_id=place.id if place else None,
                village_id=village_id,
                address_kind=kind,
                note=(note or (f"{place.name}没有坐标" if place else "没有对上地名"))[:120],
            )
        if at is not place and place is not None:
            note = f"{note}，{place.name}没有坐标".lstrip("，")
        matched = place.id if place else at.id
        return Found(at.lon, at.lat, int(precision), matched, village_id, kind, note[:120])


def _precision(place: Area | Spot) -> Precision:
    if isinstance(place, Spot):
        return Precision.VILLAGE if isinstance(place.parent, Area) else Precision.HAMLET
    if place.level == TOWNSHIP:
        return Precision.TOWNSHIP
    return Precision.COUNTY if place.level == COUNTY else Precision.UNLOCATED


def locate(addresses: Addresses) -> Found:
    """Locate once, with the places of its division code's county (all without one).

    For more than a few addresses keep a `Ladder`.
    """
    prefix = addresses.division_code[:6]
    return Ladder.load([prefix] if len(prefix) == 6 and prefix.isdigit() else []).locate(addresses)
