"""Search by name, village, last four digits of the phone, or 客户号.

By POST: what is searched for is personal and belongs in no URL. Names are
encrypted, so a name is found whole by its keyed index; only among the leads a
manager holds, a few hundred, a part of the name is enough.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Value
from django.db.models.functions import Replace
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from branches.access import FIELD_ROLES, StaffRequest, allow
from branches.models import Branch, Staff
from marketing_map.map_answers.outlines import counties_beside, county_codes
from marketing_map.map_views.rows import Row, rows_of
from outreach import tilekey
from outreach.models import Lead
from outreach.querysets import LeadQuerySet
from trust.cipher import keyed_index
from whitelist.geocoding.ladder import match_name
from whitelist.models import Place, PlaceLevel

MOST_HELD = 2_000  # names decrypted to find a part of one
MOST_LEADS = 20
MOST_PLACES = 8
MOST_CANDIDATES = 5_000
LONGEST = 40


@dataclass(frozen=True)
class Found:
    """What a search found."""

    rows: list[Row]
    places: list[Place]


@allow(*FIELD_ROLES)
@require_POST
def map_search(request: StaffRequest) -> HttpResponse:
    """Results with their kind; choosing one flies there."""
    text = request.POST.get("q", "").replace("\0", "").strip()[:LONGEST]
    only_places = request.POST.get("only") == "places"
    found = search(text, user=request.user, only_places=only_places) if text else None
    context: dict[str, Any] = {"found": found, "text": text, "only_places": only_places}
    return render(request, "map/search.html", context)


def search(text: str, *, user: Staff, only_places: bool = False) -> Found:
    """Leads in the user's scope and places of the branch's area that answer to `text`."""
    ids = [] if only_places else _lead_ids(text, user)
    return Found(rows_of(ids, viewer=user), _places(text, user.branch))


def _lead_ids(text: str, user: Staff) -> list[int]:
    leads = Lead.objects.visible_to(user).worked_on_by(user).order_by("pk")
    # One question after the other: "either" over a join is answered by reading everybody.
    ids: set[int] = set()
    for question in _questions(text):
        ids.update(leads.filter(question).values_list("pk", flat=True)[:MOST_LEADS])
    if user.is_manager and not text.isascii():
        ids.update(_held_with_part(leads, user, text))
    return sorted(ids)[:MOST_LEADS]


def _questions(text: str) -> Iterator[Q]:
    """What a text can be the whole of, each with an index of its own."""
    digits = text.isascii() and text.isdecimal()
    if text.isascii():
        yield Q(customer__customer_no=text)
    if not digits:
        yield Q(customer__name_index=keyed_index("name", text))
    if digits and len(text) == 4:
        yield Q(customer__phone_tail_index=keyed_index("tail", text))


def _held_with_part(leads: LeadQuerySet, user: Staff, text: str) -> list[int]:
    """Leads the user holds whose name contains `text`."""
    held = leads.held_by(user).order_by("pk").values_list("pk", "customer__name")
    return [pk for pk, name in held[:MOST_HELD] if text in (name or "")]


def _places(text: str, branch: Branch) -> list[Place]:
    """Villages and townships by the beginning of the name, or by pinyin (whole or initials)."""
    prefectures = {int(code[:4]) for code in counties_beside(county_codes(branch))}
    in_area = Q(pk__in=[])
    for first, last in tilekey.merge_ranges((each, each) for each in prefectures):
        # By comparison: an index answers it on both engines, which LIKE is not on SQLite.
        in_area |= Q(code__gte=str(first), code__lt=str(last + 1))
    places = Place.objects.located().filter(
        in_area, level__in=(PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE)
    )
    if text.isascii():
        return _by_pinyin(places, text.lower().replace(" ", "")) if text.isalpha() else []
    named = Q(match_name__startswith=match_name(text) or text) | Q(name__startswith=text)
    return list(places.filter(named).select_related("parent").by_pinyin()[:MOST_PLACES])


def _by_pinyin(places: Any, letters: str) -> list[Place]:
    """Those spelt so from the beginning, or whose syllables begin so."""
    spelt = Q(spelling__startswith=letters)
    begun = Q(*(Q(sort_key__contains=f" {letter}") for letter in set(letters[1:])))
    candidates = (
        places.filter(sort_key__startswith=letters[0])
        .annotate(spelling=Replace("sort_key", Value(" "), Value("")))
        .filter(spelt | begun)
        .by_pinyin()
        .values_list("pk", "sort_key")
    )
    hits = [pk for pk, key in candidates[:MOST_CANDIDATES] if _is_spelt_so(key, letters)]
    return list(
        Place.objects.filter(pk__in=hits[:MOST_PLACES]).select_related("parent").by_pinyin()
    )


def _is_spelt_so(sort_key: str, letters: str) -> bool:
    syllables = sort_key.split()
    beginnings = "".join(syllable[0] for syllable in syllables)
    return "".join(syllables).startswith(letters) or beginnings.startswith(letters)
