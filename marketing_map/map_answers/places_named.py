"""Villages and townships by a part of their name, one's own first.

Names are looked through in the prefectures of one's branch: a province has some fifty
thousand. Of those that answer `MOST_CANDIDATES` are looked at, so that a single letter
costs no more than a name.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Q, Value
from django.db.models.functions import Replace

from branches.models import Branch, Staff
from marketing_map.map_answers.outlines import counties_beside, county_codes
from outreach import tilekey
from outreach.models import Lead
from whitelist.geocoding.ladder import match_name
from whitelist.models import Place, PlaceLevel
from whitelist.models.place import PlaceQuerySet

MOST_PLACES = 8
MOST_CANDIDATES = 2_000
MOST_SPELT = 5_000
MOST_ASKED_ABOUT = 200  # of so many a supervisor's customers are counted

# Whether the name only holds the text and does not begin with it, its pinyin, its code, its id:
# in this order they are offered.
Hit = tuple[bool, str, str, int]


@dataclass(frozen=True)
class PlaceFound:
    """A place, and how many customers the user works on there (0 for a township)."""

    place: Place
    customers: int


def places_named(text: str, user: Staff) -> list[PlaceFound]:
    """Those whose name holds `text`, or whose pinyin begins with it (in full, or its initials).

    Villages where the user has customers come first, then names that begin so.
    """
    find = _finder(text)
    if find is None:
        return []
    places = _in_area(user.branch)
    hits = find(places)
    if user.is_manager:  # theirs are few: found however many others are called so
        own = _customers(user)
        hits |= find(places.filter(pk__in=own))
    else:
        own = _customers(user, [pk for *_, pk in sorted(hits)[:MOST_ASKED_ABOUT]])
    best = [pk for *_, pk in sorted(hits, key=lambda hit: (hit[-1] not in own, hit))[:MOST_PLACES]]
    rows = Place.objects.select_related("parent").in_bulk(best)
    return [PlaceFound(rows[pk], own.get(pk, 0)) for pk in best]


def _customers(user: Staff, villages: list[int] | None = None) -> dict[int, int]:
    """How many customers the user works on, by village; of these villages, or all of theirs."""
    leads = Lead.objects.visible_to(user).worked_on_by(user).order_by()
    if villages is not None:
        leads = leads.filter(village__in=villages)
    counted = leads.filter(village__isnull=False).values_list("village")
    return dict(counted.annotate(n=Count("*")))


def _in_area(branch: Branch) -> PlaceQuerySet:
    """Located villages and townships of the prefectures a branch works in."""
    prefectures = {int(code[:4]) for code in counties_beside(county_codes(branch))}
    in_area = Q(pk__in=[])
    for first, last in tilekey.merge_ranges((each, each) for each in prefectures):
        # By comparison: an index answers it on both engines, which LIKE is not on SQLite.
        in_area |= Q(code__gte=str(first), code__lt=str(last + 1))
    levels = (PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE)
    return Place.objects.located().filter(in_area, level__in=levels)


def _finder(text: str) -> Callable[[PlaceQuerySet], set[Hit]] | None:
    """What looks for the text among places; None when no name is written so."""
    letters = text.lower().replace(" ", "")
    if text.isascii():
        return (lambda places: _by_pinyin(places, letters)) if letters.isalpha() else None
    compared = match_name(text) or text
    return lambda places: _by_part(places, text, compared)


def _by_part(places: PlaceQuerySet, text: str, compared: str) -> set[Hit]:
    """Names that hold the text as it is written or as names are compared (刘庄村 is 刘庄)."""
    holds = Q(match_name__contains=compared) | Q(name__contains=text)
    begins = Q(match_name__startswith=compared) | Q(name__startswith=text)
    columns = ("pk", "name", "match_name", "sort_key", "code")
    rows = list(places.filter(holds).values_list(*columns)[:MOST_CANDIDATES])
    if len(rows) == MOST_CANDIDATES:  # not all of them: at least those that begin so
        rows += places.filter(begins).values_list(*columns)[:MOST_CANDIDATES]
    return {
        (not (match.startswith(compared) or name.startswith(text)), sort_key, code, pk)
        for pk, name, match, sort_key, code in rows
    }


def _by_pinyin(places: PlaceQuerySet, letters: str) -> set[Hit]:
    """Those spelt so from the beginning, or whose syllables begin so."""
    spelt = Q(spelling__startswith=letters)
    begun = Q(*(Q(sort_key__contains=f" {letter}") for letter in set(letters[1:])))
    candidates = (
        places.filter(sort_key__startswith=letters[0])
        .annotate(spelling=Replace("sort_key", Value(" "), Value("")))
        .filter(spelt | begun)
        .by_pinyin()
        .values_list("sort_key", "code", "pk")
    )
    return {
        (False, sort_key, code, pk)
        for sort_key, code, pk in candidates[:MOST_SPELT]
        if _is_spelt_so(sort_key, letters)
    }


def _is_spelt_so(sort_key: str, letters: str) -> bool:
    syllables = sort_key.split()
    beginnings = "".join(syllable[0] for syllable in syllables)
    return "".join(syllables).startswith(letters) or beginnings.startswith(letters)
