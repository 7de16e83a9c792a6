"""Search by name, village, last four digits of the phone, or 客户号.

By POST: what is searched for is personal and belongs in no URL. Names are
encrypted, so a name is found whole by its keyed index; only among the leads a
manager holds, a few hundred, a part of the name is enough.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from branches.access import FIELD_ROLES, StaffRequest, allow
from branches.models import Staff
from marketing_map.map_answers.places_named import PlaceFound, places_named
from marketing_map.map_views.rows import Row, rows_of
from outreach.models import Lead
from outreach.page_limits import page_of_customers
from outreach.querysets import LeadQuerySet
from trust.cipher import keyed_indexes

MOST_HELD = 2_000  # names decrypted to find a part of one
MOST_LEADS = 20
LONGEST = 40


@dataclass(frozen=True)
class Found:
    """What a search found."""

    rows: list[Row]
    places: list[PlaceFound]


@allow(*FIELD_ROLES)
@require_POST
@page_of_customers
def map_search(request: StaffRequest) -> HttpResponse:
    """Results with their kind; choosing one flies there."""
    text = request.POST.get("q", "").replace("\0", "").strip()[:LONGEST]
    only_places = request.POST.get("only") == "places"
    found = search(text, user=request.user, only_places=only_places) if text else None
    context: dict[str, Any] = {
        "found": found,
        "only_places": only_places,
        # Names are found whole: who typed a part of one, and got villages, is told.
        "is_name": bool(text) and not text.isascii() and not only_places,
    }
    return render(request, "map/search.html", context)


def search(text: str, *, user: Staff, only_places: bool = False) -> Found:
    """Leads in the user's scope and places of the branch's area that answer to `text`."""
    ids = [] if only_places else _lead_ids(text, user)
    return Found(rows_of(ids, viewer=user), places_named(text, user))


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
        yield Q(customer__name_index__in=keyed_indexes("name", text))
    if digits and len(text) == 4:
        yield Q(customer__phone_tail_index__in=keyed_indexes("tail", text))


def _held_with_part(leads: LeadQuerySet, user: Staff, text: str) -> list[int]:
    """Leads the user holds whose name contains `text`."""
    held = leads.held_by(user).order_by("pk").values_list("pk", "customer__name")
    return [pk for pk, name in held[:MOST_HELD] if text in (name or "")]
