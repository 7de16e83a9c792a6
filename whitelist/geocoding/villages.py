"""The village or hamlet of an address, once its township or county is known.

Each function answers with the place, or with None and why there is none: a
sentence that names places of the gazetteer only.
"""

from collections.abc import Iterable

from whitelist.geocoding import parsing
from whitelist.geocoding.index import Area, Names, Spot
from whitelist.geocoding.names import is_community, loose_name, match_name


def spot_in(text: str, at: int, township: Area, *, exact: bool = False) -> tuple[Spot | None, str]:
    """The village or hamlet named at this place of the text, or why there is none."""
    if at >= len(text):
        return None, "地址只到乡镇"
    spot, note = exactly(text, at, township)
    if spot or note or exact:
        return spot, note
    between = parsing.BETWEEN.match(text, at)
    spot, note = exactly(text, between.end() if between else at, township, hamlets=True)
    if spot or note:
        return spot, note
    return _nearly(text, at, township)


def _nearly(text: str, at: int, township: Area) -> tuple[Spot | None, str]:
    """The one village whose name differs only in how it is written or by a sound-alike."""
    name = parsing.village_in(text, at)
    after = parsing.VILLAGE_WORD.match(text, at + len(name)) if name else None
    end = after.end() if after else at + len(name)
    if after and "社区" in after.group() and end < len(text):
        # 屯西社区|刘庄村: a community nobody knows, before a village that is known.
        spot, _ = exactly(text, end, township)
        if spot:
            return spot, ""
    stem = match_name(name)
    for names, key, how in (
        (township.loose_villages, loose_name(stem), "村名写法不同"),
        (township.sounding_villages, parsing.sound(stem), "村名按同音"),
    ):
        alike = names.places.get(key, ()) if name else ()
        if len(alike) == 1:
            return _hamlet(text, end, alike[0]), f"{how}，取{alike[0].name}"
        if alike:
            return None, f"{township.name}有 {len(alike)} 个写法相近的村名"
    return None, f"{township.name}没有这个村名"


def exactly(
    text: str, at: int, township: Area, *, hamlets: bool = False, beyond: int = 0
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
        return _hamlet(text, end, spots[0]), ""
    for stem, spots, _ in _ended(township.hamlets, text, at):
        if len(spots) > 1:
            return None, f"{township.name}有 {len(spots)} 个自然村叫“{stem}”"
        return spots[0], ""
    return None, ""


def _hamlet(text: str, at: int, village: Spot) -> Spot:
    if village.hamlets:
        for _, hamlets, _ in _ended(village.hamlets, text, at):
            if len(hamlets) == 1:
                return hamlets[0]
    return village


def only_in(text: str, at: int, county: Area) -> tuple[Spot | None, str]:
    """The village of a county whose name, read loosely, no other village there has."""
    if at >= len(text):
        return None, "地址只到区县"
    for stem, spots, end in _ended(county.villages, text, at):
        alike = county.loose_villages.places.get(loose_name(stem), spots)
        if len(alike) == 1:
            return _hamlet(text, end, spots[0]), f"缺乡镇，{county.name}只有这一个“{stem}”"
        same = "" if len(alike) == len(spots) else "或写法相近的村"
        return None, f"{county.name}有 {len(alike)} 个“{stem}”{same}，缺乡镇"
    name = parsing.village_in(text, at)
    alike = county.loose_villages.places.get(loose_name(match_name(name)), [])
    if len(alike) == 1:
        return alike[0], f"缺乡镇，村名写法不同，取{alike[0].name}"
    return None, "缺乡镇，也没有对上村名"


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
