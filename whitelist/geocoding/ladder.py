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

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from whitelist.geocoding import parsing
from whitelist.geocoding.index import (
    COUNTY,
    PREFECTURE,
    TOWNSHIP,
    Area,
    Index,
    Names,
    Row,
    Spot,
    rows_of,
)
from whitelist.geocoding.names import is_community, loose_name, match_name
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
    precision: int = Precision.UNLOCATED
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


@dataclass(slots=True)
class Code:
    """What the division code says."""

    county: Area | None = None
    township: Area | None = None
    village: Spot | None = None

    @property
    def finest(self) -> Area | Spot | None:
        return self.village or self.township or self.county


@dataclass(slots=True)
class Head:
    """The areas named at the beginning of an address, and where what follows begins."""

    end: int = 0
    province: Area | None = None
    prefecture: Area | None = None
    county: Area | None = None
    township: Area | None = None
    # Where to read once more when no village follows, and what its name must go beyond:
    # 上口一村 and 侯镇四村 begin with what was taken for the township.
    again: int = -1
    beyond: int = 0
    candidates: tuple[Area, ...] = ()  # townships of one name in several counties
    stranger: bool = False  # a county the gazetteer does not have

    @property
    def above(self) -> Area | None:
        return self.county or self.prefecture or self.province


_KINDS = (AddressKind.BUSINESS.value, AddressKind.HOME.value, AddressKind.REGISTERED.value)
# What follows the name of an area when it is not that, but the name of a village.
_VILLAGE_AFTER_BARE = ("村", "庄", "社区", "居", "街", "路")
_VILLAGE_AFTER_FULL = ("村", "社区")


class Ladder:
    """Locates addresses by the places it was loaded with; cheap to call a million times."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.index = Index(rows)
        self.finest = Precision.HAMLET if self.index.has_hamlets else Precision.VILLAGE
        self._codes: dict[str, Code] = {}

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
                match = self._match(parsing.clean(text), code)
                against |= match.against_code
                found = self._found(match, kind)
                if best is None or found.precision > best.precision:
                    best = found
                if best.precision >= self.finest:
                    break
        if (best is None or best.precision == Precision.UNLOCATED) and code.finest and not against:
            note = f"{best.note}，按区划代码" if best else "按区划代码"
            return self._found(Match(code.finest, note, by_code=True), "")
        return best or Found(note="没有地址")

    # --- one address ------------------------------------------------------------

    def _match(self, text: str, code: Code) -> Match:
        head = self._head(text, code)
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
        if head.county is None and not head.candidates:
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
        if head.prefecture:
            return Match(None, f"只有{head.prefecture.name}，缺区县和乡镇")
        return Match(None, "缺区县和乡镇" if text else "没有地址")

    def _in_township(self, text: str, head: Head, township: Area, code: Code) -> Match:
        spot, note = self._spot(text, head.end, township)
        if spot is None and head.again >= 0:
            spot, _ = self._exactly(text, head.again, township, beyond=head.beyond)
        if spot:
            return Match(spot, note)
        if code.village and code.township is township:
            return Match(code.village, "地址中的村名未对上，按区划代码", True)
        if code.township and code.township is not township:
            note = f"{note}，区划代码属{code.township.name}，与地址不符"
        return Match(township, note)

    def _in_county(self, text: str, head: Head, county: Area, code: Code) -> Match:
        if code.township and code.township.within(county):
            spot, note = self._spot(text, head.end, code.township)
            if spot:
                return Match(spot, note)
        spot, note = self._only_in(county, text, head.end)
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

    def _only_in(self, county: Area, text: str, at: int) -> tuple[Spot | None, str]:
        """The village of a county whose name, read loosely, no other village there has."""
        if at >= len(text):
            return None, "地址只到区县"
        for stem, spots, end in _ended(county.villages, text, at):
            alike = county.loose_villages.places.get(loose_name(stem), spots)
            if len(alike) == 1:
                return self._hamlet(text, end, spots[0]), f"缺乡镇，{county.name}只有这一个“{stem}”"
            same = "" if len(alike) == len(spots) else "或写法相近的村"
            return None, f"{county.name}有 {len(alike)} 个“{stem}”{same}，缺乡镇"
        name = parsing.village_in(text, at)
        alike = county.loose_villages.places.get(loose_name(match_name(name)), [])
        if len(alike) == 1:
            return alike[0], f"缺乡镇，村名写法不同，取{alike[0].name}"
        return None, "缺乡镇，也没有对上村名"

    def _one_of(self, text: str, head: Head) -> Match:
        """Several counties have a township of this name: the one that has the village too."""
        name = head.candidates[0].name
        having = []
        for township in head.candidates:
            spot, _ = self._spot(text, head.end, township, exact=True)
            if spot:
                having.append(spot)
        if len(having) == 1:
            return Match(having[0], f"缺区县，{name}有多个，只有一个有此村")
        return Match(head.county, f"有 {len(head.candidates)} 个“{name}”，缺区县")

    # --- the village within a township -----------------------------------------------

    def _spot(
        self, text: str, at: int, township: Area, *, exact: bool = False
    ) -> tuple[Spot | None, str]:
        """The village or hamlet named at this place of the text, or why there is none."""
        if at >= len(text):
            return None, "地址只到乡镇"
        spot, note = self._exactly(text, at, township)
        if spot or note or exact:
            return spot, note
        between = parsing.BETWEEN.match(text, at)
        spot, note = self._exactly(text, between.end() if between else at, township, hamlets=True)
        if spot or note:
            return spot, note
        name = parsing.village_in(text, at)
        if name:
            after = parsing.VILLAGE_WORD.match(text, at + len(name))
            end = after.end() if after else at + len(name)
            if after and "社区" in after.group() and end < len(text):
                spot, note = self._exactly(text, end, township)
                if spot:
                    return spot, note
            for names, key, how in (
                (township.loose_villages, loose_name(match_name(name)), "村名写法不同"),
                (township.sounding_villages, parsing.sound(match_name(name)), "村名按同音"),
            ):
                alike = names.places.get(key, ())
                if len(alike) == 1:
                    return self._hamlet(text, end, alike[0]), f"{how}，取{alike[0].name}"
                if alike:
                    return None, f"{township.name}有 {len(alike)} 个写法相近的村名"
        return None, f"{township.name}没有这个村名"

    def _exactly(
        self, text: str, at: int, township: Area, *, hamlets: bool = False, beyond: int = 0
    ) -> tuple[Spot | None, str]:
        """The village of exactly this name, which must reach `beyond` a place of the text."""
        for stem, spots, end in _ended(township.villages, text, at, hamlets=hamlets):
            if at + len(stem) <= beyond:
                break
            word = text[at + len(stem) : end]
            if len(spots) > 1 and word:
                spots = [s for s in spots if s.is_community == is_community(word)] or spots
            if len(spots) > 1:
                return None, f"{township.name}有 {len(spots)} 个“{stem}”"
            return self._hamlet(text, end, spots[0]), ""
        if self.index.has_hamlets:
            for stem, spots, _ in _ended(township.hamlets, text, at):
                if len(spots) > 1:
                    return None, f"{township.name}有 {len(spots)} 个自然村叫“{stem}”"
                return spots[0], ""
        return None, ""

    def _hamlet(self, text: str, at: int, village: Spot) -> Spot:
        if village.hamlets:
            for _, hamlets, _ in _ended(village.hamlets, text, at):
                if len(hamlets) == 1:
                    return hamlets[0]
        return village

    # --- the areas at the beginning -----------------------------------------------------

    def _head(self, text: str, code: Code) -> Head:
        head = Head()
        while head.township is None and not head.candidates and self._step(text, head, code):
            pass
        if head.township:
            self._skip_repeats(text, head, head.township)
        elif head.county is None and not head.candidates:
            head.stranger = parsing.COUNTY_FORM.match(text, head.end) is not None
        return head

    def _step(self, text: str, head: Head, code: Code) -> bool:
        """Take the longest name of an area that stands next; False when there is none."""
        best: tuple[int, list[Area]] = (head.end, [])
        for names, within in self._choices(head, code):
            for areas, end in names.at(text, head.end):
                if end <= best[0] or _goes_on(text, end, areas[0].level):
                    continue
                fitting = [a for a in areas if within is None or a.within(within)]
                if fitting:
                    best = end, fitting
                    break
        end, areas = best
        return bool(areas) and self._take(text, head, end, areas)

    def _choices(self, head: Head, code: Code) -> Iterable[tuple[Names[Area], Area | None]]:
        index = self.index
        if head.county:
            yield head.county.townships, head.county
            above = head.county.parent
            yield index.provinces, head.province or (_up(head.county, 0))
            if above and above.level == PREFECTURE:
                yield index.prefectures, above
            yield index.world.counties, head.county
            return
        yield index.provinces, None if head.prefecture is None else head.province
        yield index.prefectures, head.prefecture or head.province
        yield index.world.counties, head.prefecture or head.province
        if code.county and (head.above is None or code.county.within(head.above)):
            yield code.county.townships, code.county
        yield index.world.townships, head.above

    def _take(self, text: str, head: Head, end: int, areas: list[Area]) -> bool:
        level = areas[0].level
        if level == TOWNSHIP:
            bare = text[end - 1] not in "镇乡道社处" and text[head.end : end] != areas[0].name
            full = end
            while (tail := parsing.TOWNSHIP_TAIL.match(text, full)) and tail.end() > full:
                full = tail.end()
            if bare and full == end:
                head.again, head.beyond = head.end, end
            head.end = full
            if len(areas) == 1:
                head.township = areas[0]
            else:
                head.candidates = tuple(areas)
            return True
        if len(areas) > 1:
            townships = [a for county in areas for a in _next_township(county, text, end)]
            if level != COUNTY or len(townships) != 1:
                return False
            areas = [a for a in areas if townships[0].within(a)]
        area = areas[0]
        if level == COUNTY:
            head.county = area
        elif level == PREFECTURE:
            head.prefecture = area
        else:
            head.province = area
        head.end = end
        return True

    def _skip_repeats(self, text: str, head: Head, township: Area) -> None:
        """寿光市稻田镇寿光市稻田镇刘庄: areas written again are passed over."""
        first = head.end
        chain = [township]
        while chain[-1].parent is not None:
            chain.append(chain[-1].parent)
        again = True
        while again:
            again = False
            for area in chain:
                end = head.end + len(area.name)
                if text.startswith(area.name, head.end) and not _goes_on(text, end, area.level):
                    head.end, again = end, True
        if head.end > first:
            head.again = head.beyond = first

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
        return Found(at.lon, at.lat, precision, matched, village_id, kind, note[:120])


def _precision(place: Area | Spot) -> Precision:
    if isinstance(place, Spot):
        return Precision.VILLAGE if isinstance(place.parent, Area) else Precision.HAMLET
    if place.level == TOWNSHIP:
        return Precision.TOWNSHIP
    return Precision.COUNTY if place.level == COUNTY else Precision.UNLOCATED


def _up(area: Area, level: int) -> Area | None:
    above: Area | None = area
    while above is not None and above.level > level:
        above = above.parent
    return above


def _goes_on(text: str, end: int, level: int) -> bool:
    """What ends here is not an area's name but the beginning of a village's: 侯镇|村."""
    if text[end - 1] in "省市县区州盟旗" and level != TOWNSHIP:
        return False
    full = text[end - 1] in "镇乡" or text.startswith(("街道", "公社"), end - 2)
    return text.startswith(_VILLAGE_AFTER_FULL if full else _VILLAGE_AFTER_BARE, end)


def _next_township(county: Area, text: str, at: int) -> list[Area]:
    for areas, _ in county.townships.at(text, at):
        return areas
    return []


def _ended(
    names: Names[Spot], text: str, at: int, *, hamlets: bool = False
) -> Iterable[tuple[str, list[Spot], int]]:
    """Villages named here, longest first, where the name does end; and the end of their 村委会.

    With `hamlets`, a hamlet's name right behind ends it too.
    """
    for spots, end in names.at(text, at):
        word = parsing.VILLAGE_WORD.match(text, end)
        if word:
            yield text[at:end], spots, word.end()
        elif parsing.has_ended(text, end) or (hamlets and parsing.hamlet_follows(text, end)):
            yield text[at:end], spots, end


def locate(addresses: Addresses) -> Found:
    """Locate once, with the places of its division code's county (all without one).

    For more than a few addresses keep a `Ladder`.
    """
    prefix = addresses.division_code[:6]
    return Ladder.load([prefix] if len(prefix) == 6 and prefix.isdigit() else []).locate(addresses)
