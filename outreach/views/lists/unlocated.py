"""未定位: customers whom no address led to a village, worked one by one by hand.

Who looks needs the places an address names and nothing finer: see
`outreach.disclosure.addresses_to_locate`. Searches are for place names, never
for a person, so they may stand in a URL.
"""

import math
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from branches.access import StaffRequest, allow
from branches.models import Branch, Role, Staff
from outreach.actions.locate_by_hand import NotLocated, locate_by_hand, open_to
from outreach.disclosure import addresses_to_locate, names_for, with_personal_data
from outreach.models import Lead
from outreach.page_limits import page_of_customers
from outreach.querysets import LeadQuerySet
from whitelist.asked import text_of
from whitelist.models import Location, Place, PlaceLevel, Precision

PAGE_SIZE = 30
REASONS_SHOWN = 40
PLACES_SHOWN = 40
LABELS_TO_ZOOM = 14  # the deepest tile of place labels
LEVELS = (
    (str(int(Precision.UNLOCATED)), gettext_lazy("完全未定位")),
    (str(int(Precision.TOWNSHIP)), gettext_lazy("只到乡镇")),
    (str(int(Precision.COUNTY)), gettext_lazy("只到区县")),
)
WORKERS = (Role.CLERK, Role.SUPERVISOR)


@allow(*WORKERS)
@require_GET
@page_of_customers
def unlocated(request: StaffRequest) -> HttpResponse:
    """The list, with the reason for each."""
    rows, filters = _filtered(request.user, request.GET)
    page = Paginator(with_personal_data(rows).order_by("branch_number", "pk"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    leads = list(page.object_list)
    names, notes = names_for(request.user, leads), _locations(leads)
    context = {
        "page": page,
        "filters": filters,
        "levels": LEVELS,
        "reasons": _reasons(_filtered(request.user, request.GET, by_reason=False)[0]),
        "branches": _branches(request.user, filters["level"]),
        "rows": [
            {
                "lead": lead,
                "name": names[lead.pk],
                "note": notes[lead.customer_id].note if lead.customer_id in notes else "",
                "addresses": addresses_to_locate(lead)[:1],
            }
            for lead in leads
        ],
    }
    template = "lists/unlocated.html#rows" if request.htmx else "lists/unlocated.html"
    return render(request, template, context)


@allow(*WORKERS)
@require_http_methods(["GET", "POST"])
@page_of_customers
def unlocated_lead(request: StaffRequest, pk: int) -> HttpResponse:
    """One customer: what the address says, a search for the place, a map to tap."""
    coarse = Lead.objects.visible_to(request.user).workable()
    lead = get_object_or_404(with_personal_data(coarse), pk=pk)
    if request.method == "GET":
        return _show(request, lead)
    try:
        place = _place_asked(request.POST)
        locate_by_hand(lead=lead, by=request.user, place=place, point=_point_asked(request.POST))
    except NotLocated as refusal:
        return _show(request, lead, refusal=str(refusal), status=409)
    messages.success(request, _("已定位，地图上可以看到了。"))
    return _to_next(request, lead)


@allow(*WORKERS)
@require_GET
def unlocated_places(request: StaffRequest, pk: int) -> HttpResponse:
    """Places to choose from for one customer, by name."""
    lead = get_object_or_404(with_personal_data(Lead.objects.visible_to(request.user)), pk=pk)
    words = text_of(request.GET, "q")[:40]
    context = {"lead": lead, "words": words, "places": _places(lead, words, _location(lead))}
    return render(request, "lists/unlocated_lead.html#places", context)


def _filtered(
    user: Staff, asked: QueryDict, by_reason: bool = True
) -> tuple[LeadQuerySet, dict[str, str]]:
    filters = {key: text_of(asked, key) for key in ("level", "reason", "branch")}
    if filters["level"] not in dict(LEVELS):
        filters["level"] = "0"
    rows = Lead.objects.visible_to(user).workable().filter(precision=int(filters["level"]))
    if filters["branch"]:
        branch = Branch.objects.within(user.branch).filter(code=filters["branch"]).first()
        rows = rows.in_branch(branch) if branch else rows.none()
    if filters["reason"] and by_reason:
        said = {"note": filters["reason"], "is_current": True}
        rows = rows.filter(**{f"customer__locations__{key}": value for key, value in said.items()})
    return rows, filters


def _reasons(rows: LeadQuerySet) -> list[tuple[str, int]]:
    """The reasons among these customers, the commonest first."""
    counted = (
        rows.filter(customer__locations__is_current=True)
        .exclude(customer__locations__note="")
        .values_list("customer__locations__note")
        .annotate(count=Count("pk"))
        .order_by("-count", "customer__locations__note")
    )
    return list(counted[:REASONS_SHOWN])


def _branches(user: Staff, level: str) -> list[tuple[str, str, int]]:
    """Branches with customers on this list: code, name, how many."""
    counted = (
        Lead.objects.visible_to(user)
        .workable()
        .filter(precision=int(level))
        .values_list("branch__code", "branch__name")
        .annotate(count=Count("pk"))
        .order_by("branch__sort_key")
    )
    return list(counted)


def _locations(leads: list[Lead]) -> dict[int, Location]:
    """The current location of each customer, by customer."""
    rows = Location.objects.filter(customer__in=[lead.customer_id for lead in leads])
    return {row.customer_id: row for row in rows.filter(is_current=True)}


def _location(lead: Lead) -> Location | None:
    rows = Location.objects.filter(customer=lead.customer_id, is_current=True)
    return rows.select_related("place").first()


def _show(request: StaffRequest, lead: Lead, refusal: str = "", status: int = 200) -> HttpResponse:
    location = _location(lead)
    context: dict[str, Any] = {
        "lead": lead,
        "name": names_for(request.user, [lead])[lead.pk],
        "addresses": addresses_to_locate(lead),
        "note": location.note if location else "",
        "is_open": open_to(request.user, lead),
        "places": _places(lead, "", location),
        "refusal": refusal,
        "query": request.GET.urlencode(),
        "map": _map_config(lead, location),
    }
    return render(request, "lists/unlocated_lead.html", context, status=status)


def _map_config(lead: Lead, location: Location | None) -> dict[str, Any]:
    """What the small map needs to know: the same base as the big one, and where it begins."""
    return {
        "centre": _centre(lead, location),
        "urls": {
            "tiles": reverse("map_base"),
            "outlines": reverse("map_outlines"),
        },
        "base": {
            "url": settings.BASE_MAP_URL,
            "datum": settings.BASE_MAP_DATUM,
            "attribution": settings.BASE_MAP_ATTRIBUTION,
            "maxZoom": settings.BASE_MAP_MAX_ZOOM,
        },
        "parameters": [],
        "maxTileZoom": LABELS_TO_ZOOM,
    }


def _places(lead: Lead, words: str, location: Location | None) -> list[Place]:
    """Places whose name contains the last word, in places that contain the words before it.

    Without words: the villages of the township that was found, if any. Those of
    the branch's own county come first.
    """
    levels = [PlaceLevel.VILLAGE, PlaceLevel.HAMLET, PlaceLevel.TOWNSHIP]
    rows = Place.objects.located().filter(level__in=levels).select_related("parent__parent")
    *above, name = words.split()[:4] or [""]
    if not name:
        town = location.place if location else None
        if town is None or town.level != PlaceLevel.TOWNSHIP:
            return []
        return list(rows.filter(parent=town).by_pinyin()[:PLACES_SHOWN])
    rows = rows.filter(Q(name__icontains=name) | Q(match_name=name))
    for each in above:
        rows = rows.filter(
            Q(parent__name__icontains=each) | Q(parent__parent__name__icontains=each)
        )
    county = (lead.customer.division_code or lead.branch.division_code)[:6]
    nearby = list(rows.filter(code__startswith=county).by_pinyin()[:PLACES_SHOWN]) if county else []
    rest = rows.exclude(code__startswith=county) if county else rows
    return [*nearby, *rest.by_pinyin()[: PLACES_SHOWN - len(nearby)]]


def _centre(lead: Lead, location: Location | None) -> list[float] | None:
    """Where the small map begins: what was found, else the branch; [lon, lat] in WGS-84."""
    if location and location.lon is not None and location.lat is not None:
        return [location.lon, location.lat]
    if lead.branch.lon is not None and lead.branch.lat is not None:
        return [lead.branch.lon, lead.branch.lat]
    county = Place.objects.located().filter(code__startswith=lead.branch.division_code[:6] or "-")
    found = county.order_by("code").values_list("lon", "lat").first()
    return [found[0] or 0.0, found[1] or 0.0] if found else None


def _place_asked(posted: QueryDict) -> Place | None:
    code = text_of(posted, "place")
    if not code:
        return None
    place = Place.objects.select_related("parent").filter(code=code).first()
    if place is None:
        raise NotLocated(_("没有这个地名，请重新查找。"))
    return place


def _point_asked(posted: QueryDict) -> tuple[float, float] | None:
    """The tapped point, as plain finite numbers; anything else is refused."""
    if not posted.get("lon") and not posted.get("lat"):
        return None
    try:
        lon, lat = float(posted.get("lon", "")), float(posted.get("lat", ""))
    except ValueError:
        raise NotLocated(_("没有收到地图上的位置，请再点一次。")) from None
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise NotLocated(_("没有收到地图上的位置，请再点一次。"))
    return lon, lat


def _to_next(request: StaffRequest, lead: Lead) -> HttpResponse:
    """On to the next customer of the same list; back to the list when there is none."""
    rows = _filtered(request.user, request.GET)[0].order_by("branch_number", "pk")
    later = Q(branch_number=lead.branch_number, pk__gt=lead.pk)
    later |= Q(branch_number__gt=lead.branch_number)
    found = rows.filter(later).first() or rows.first()
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    if found is None:
        return redirect("unlocated")
    response = redirect("unlocated_lead", pk=found.pk)
    response["Location"] += query
    return response
