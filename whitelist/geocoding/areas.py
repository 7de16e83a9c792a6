"""The beginning of an address: province, prefecture, county, township.

Each is taken where the gazetteer has that name at this place of the text; any
may be missing, short or written twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from whitelist.geocoding import parsing
from whitelist.geocoding.index import (
    COUNTY,
    PREFECTURE,
    PROVINCE,
    TOWNSHIP,
    Area,
    Index,
    Names,
    Spot,
)


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
    unclear: str = ""  # why a county that was named could not be told from its namesakes

    @property
    def above(self) -> Area | None:
        return self.county or self.prefecture or self.province


# What follows the name of an area when it is not that, but the name of a village.
_VILLAGE_AFTER_BARE = ("村", "庄", "社区", "居", "街", "路")
_VILLAGE_AFTER_FULL = ("村", "社区")


class AreaReader:
    """Reads heads of addresses by one gazetteer."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def read(self, text: str, code: Code) -> Head:
        """The areas an address begins with; the code only tells namesakes apart."""
        head = Head()
        while head.township is None and not head.candidates and self._step(text, head, code):
            pass
        if head.township:
            self._skip_repeats(text, head, head.township)
        elif head.county is None and not head.candidates and not head.unclear:
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
        return bool(areas) and self._take(text, head, end, areas, code)

    def _choices(self, head: Head, code: Code) -> Iterable[tuple[Names[Area], Area | None]]:
        index = self.index
        if head.county:
            yield head.county.townships, head.county
            above = head.county.parent
            yield index.provinces, head.province or _up(head.county, PROVINCE)
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

    def _take(self, text: str, head: Head, end: int, areas: list[Area], code: Code) -> bool:
        level = areas[0].level
        if level == TOWNSHIP:
            self._take_township(text, head, end, areas)
            return True
        if len(areas) > 1:
            areas = self._told_apart(text, end, areas, code)
        if len(areas) != 1:
            head.unclear = f"有 {len(areas)} 个“{areas[0].name}”，缺地市" if areas else ""
            return False
        if level == COUNTY:
            head.county = areas[0]
        elif level == PREFECTURE:
            head.prefecture = areas[0]
        else:
            head.province = areas[0]
        head.end = end
        return True

    def _take_township(self, text: str, head: Head, end: int, areas: list[Area]) -> None:
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

    def _told_apart(self, text: str, end: int, areas: list[Area], code: Code) -> list[Area]:
        """Of namesakes, the code's county, else the only one that has the township named next."""
        if code.county in areas:
            return [a for a in areas if a is code.county]
        having = [a for a in areas if _next_township(a, text, end)]
        return having if len(having) == 1 else areas

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
