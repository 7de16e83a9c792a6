"""One address, written in several ways that say the same: what a copy is known by.

``山东省潍坊市寿光市稻田镇刘庄村3组``, ``潍坊市寿光市稻田镇刘庄村三组`` and
``寿光市稻田镇刘庄村3组`` are one address to whoever goes there, and stay what they
are when they are retyped.
"""

import re
from dataclasses import dataclass

from whitelist.models import Place

_DIGITS, _WORDS = "123456789", "一二三四五六七八九"
_BY_DIGIT = re.compile(r"(?<!\d)([1-9])(?=组|队|社)")
_BY_WORD = re.compile(r"(?<![一二三四五六七八九十百第])([一二三四五六七八九])(?=组|队|社)")


@dataclass(frozen=True)
class Address:
    """An address in two parts that can each be written in several ways; one way is none."""

    places: tuple[str, ...]  # 寿光市, 潍坊市寿光市, 山东省潍坊市寿光市
    tails: tuple[str, ...]  # 稻田镇刘庄村3组, 稻田镇刘庄村三组

    def written(self, place: int, tail: int) -> str:
        return self.places[place] + self.tails[tail]


def address_of(text: str, village: Place | None) -> Address:
    """The ways to write an address. `village` with its township, county and above, when known.

    Only an address that begins as its village's does gets another beginning: of one
    that leads elsewhere nothing is added or left out.
    """
    text = "".join(text.split())
    places, rest = _beginnings(text, village)
    return Address(places, endings(rest))


def _beginnings(text: str, village: Place | None) -> tuple[tuple[str, ...], str]:
    above = _above(village)
    if len(above) < 2:
        return ("",), text
    town, county, *higher = above
    rest = text
    for name in (*reversed(higher), county):
        rest = rest.removeprefix(name)
    if not rest.startswith(town) and not text.removesuffix(rest).endswith(county):
        return ("",), text
    forms = [county]
    for name in higher:
        forms.append(name + forms[-1])
    return tuple(forms), rest


def _above(village: Place | None) -> list[str]:
    """Township, county, prefecture, province, as far as they are known."""
    names, place = [], village.parent if village else None
    while place is not None:
        names.append(place.name)
        place = place.parent
    return names


def endings(rest: str) -> tuple[str, ...]:
    """The ways to write the end of an address: its group in figures, or in words."""
    if _BY_DIGIT.search(rest):
        return rest, _BY_DIGIT.sub(lambda found: _WORDS[_DIGITS.index(found[1])], rest)
    if _BY_WORD.search(rest):
        return rest, _BY_WORD.sub(lambda found: _DIGITS[_WORDS.index(found[1])], rest)
    return (rest,)
