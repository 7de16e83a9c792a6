"""The village page: its households in the user's scope, what is done, what is next."""

import re
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from branches.access import FIELD_ROLES, StaffRequest, allow
from branches.models import Staff
from marketing_map.map_views.asked import leads_asked_for
from marketing_map.map_views.rows import in_words, rows_of
from marketing_map.window import distance
from outreach.models import Lead, Stage
from outreach.querysets import LeadQuerySet
from whitelist.models import Place, PlaceLevel

CODE = re.compile(r"[0-9-]{1,16}")
MOST_ROWS = 300
NEIGHBOURS = 3
NEIGHBOUR_DEGREES = 0.25  # some 25 km


@allow(*FIELD_ROLES)
@require_GET
def village(request: StaffRequest, code: str) -> HttpResponse:
    """One place with its households, as a page or as a fragment of the sheet."""
    if not CODE.fullmatch(code):
        raise Http404
    place = get_object_or_404(Place.objects.select_related("parent__parent"), code=code)
    leads = Lead.objects.visible_to(request.user).worked_on_by(request.user)
    everyone = at_place(leads, place)
    counts = everyone.aggregate(
        total=Count("pk"),
        to_contact=Count("pk", filter=Q(stage=Stage.TO_CONTACT)),
        mine=Count("pk", filter=Q(holder=request.user)),
        pool=Count("pk", filter=Q(holder=None)),
    )
    ids = list(at_place(leads_asked_for(request), place).by_priority().values_list("pk", flat=True))
    rows = rows_of(ids[:MOST_ROWS], viewer=request.user)
    context: dict[str, Any] = {
        "place": place,
        "name": place.short_name,
        "rows": rows,
        "more": max(0, len(ids) - MOST_ROWS),
        "counts": counts,
        "done": counts["total"] - counts["to_contact"],
        "next": next((row for row in rows if row.may_call and _is_open(row.lead)), None),
        "neighbours": neighbours(place, request.user),
        "chosen": request.GET.urlencode(),
        "expiring_days": settings.EXPIRING_DAYS,
    }
    template = "map/village.html#village" if request.htmx else "map/village.html"
    return render(request, template, context)


def at_place(leads: LeadQuerySet, place: Place) -> LeadQuerySet:
    """Leads of a village; for coarser or finer places, those whose position is the place's."""
    if place.level == PlaceLevel.VILLAGE:
        return leads.in_village(place)
    return leads.filter(customer__locations__is_current=True, customer__locations__place=place)


def neighbours(place: Place, user: Staff) -> list[dict[str, Any]]:
    """The nearest other villages where the user has somebody to contact, nearest first."""
    if place.lon is None or place.lat is None:
        return []
    around = (
        Place.objects.villages()
        .exclude(pk=place.pk)
        .filter(
            lon__range=(place.lon - NEIGHBOUR_DEGREES, place.lon + NEIGHBOUR_DEGREES),
            lat__range=(place.lat - NEIGHBOUR_DEGREES, place.lat + NEIGHBOUR_DEGREES),
        )
    )
    waiting = dict(
        Lead.objects.visible_to(user)
        .workable()
        .filter(stage=Stage.TO_CONTACT, village__in=around)
        .order_by()
        .values_list("village")
        .annotate(n=Count("pk"))
    )
    near = sorted(
        (
            (distance(place.lon, place.lat, other.lon, other.lat), other)
            for other in Place.objects.filter(pk__in=waiting)
            if other.lon is not None and other.lat is not None
        ),
        key=lambda pair: (pair[0], pair[1].code),
    )
    return [
        {"place": other, "name": other.short_name, "away": in_words(m), "n": waiting[other.pk]}
        for m, other in near[:NEIGHBOURS]
    ]


def _is_open(lead: Lead) -> bool:
    return lead.stage in (Stage.TO_CONTACT, Stage.CONTACTED, Stage.INTERESTED)
