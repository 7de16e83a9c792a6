"""The village page: its households in the user's scope, what is done, what is next."""

from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from branches.access import FIELD_ROLES, StaffRequest, allow
from branches.models import Staff
from marketing_map.map_views.asked import leads_asked_for
from marketing_map.map_views.places import at_place, place_asked_for
from marketing_map.map_views.rows import rows_of
from marketing_map.map_views.village_profile import profile_context
from marketing_map.map_views.visits import visits_of
from outreach.fieldwork.village_work import VillageWork, villages_with_work
from outreach.models import Channel, ContactLog, Lead, Stage
from outreach.page_limits import page_of_customers
from outreach.querysets import LeadQuerySet
from whitelist.models import Place

MOST_ROWS = 300
NEIGHBOURS = 3
NEIGHBOUR_DEGREES = 0.25  # some 25 km


@allow(*FIELD_ROLES)
@require_GET
@page_of_customers
def village(request: StaffRequest, code: str) -> HttpResponse:
    """One place with its households, as a page or as a fragment of the sheet."""
    place = place_asked_for(code)
    user = request.user
    counts = coverage(at_place(Lead.objects.visible_to(user).worked_on_by(user), place), user)
    ids = list(at_place(leads_asked_for(request), place).by_priority().values_list("pk", flat=True))
    rows = rows_of(ids[:MOST_ROWS], viewer=user)
    context: dict[str, Any] = {
        **profile_context(place, user),
        "rows": rows,
        "visits": visits_of((row.lead for row in rows if row.may_call), viewer=user),
        "more": max(0, len(ids) - MOST_ROWS),
        "counts": counts,
        "done": counts["total"] - counts["to_contact"],
        "next": next((row for row in rows if row.may_call and _is_open(row.lead)), None),
        "next_village": next_village(place, user),
        "neighbours": neighbours(place, user),
        "chosen": request.GET.urlencode(),
        "expiring_days": settings.EXPIRING_DAYS,
    }
    template = "map/village.html#village" if request.htmx else "map/village.html"
    return render(request, template, context)


def coverage(leads: LeadQuerySet, user: Staff) -> dict[str, int]:
    """How many there are, how many to contact, interested (or further), visited, whose."""
    further = (Stage.INTERESTED, Stage.APPLIED, Stage.APPROVED, Stage.DRAWN)
    visits = ContactLog.objects.unscoped("whether anybody has been at the door")
    visited = visits.filter(lead=OuterRef("pk"), channel=Channel.VISIT).exclude(logged_at=None)
    return leads.annotate(is_visited=Exists(visited)).aggregate(
        total=Count("pk"),
        to_contact=Count("pk", filter=Q(stage=Stage.TO_CONTACT)),
        interested=Count("pk", filter=Q(stage__in=further)),
        visited=Count("pk", filter=Q(is_visited=True)),
        mine=Count("pk", filter=Q(holder=user)),
        pool=Count("pk", filter=Q(holder=None)),
    )


def neighbours(place: Place, user: Staff) -> list[VillageWork]:
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
    leads = Lead.objects.visible_to(user).workable().filter(village__in=around)
    return villages_with_work(leads, near=(place.lon, place.lat))[:NEIGHBOURS]


def next_village(place: Place, user: Staff) -> VillageWork | None:
    """For a manager, the nearest other village with work of their own, however far."""
    if place.lon is None or place.lat is None or not user.is_manager:
        return None
    mine = Lead.objects.visible_to(user).held_by(user).workable().exclude(village=place)
    return next(iter(villages_with_work(mine, near=(place.lon, place.lat))), None)


def _is_open(lead: Lead) -> bool:
    return lead.stage in (Stage.TO_CONTACT, Stage.CONTACTED, Stage.INTERESTED)
