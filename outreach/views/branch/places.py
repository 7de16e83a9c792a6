"""Villages and outlets with what is left to assign: how one assigns without a map."""

from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from branches.access import StaffRequest, allow
from branches.models import Role, Staff
from outreach.models import Lead
from whitelist.geocoding.names import short_name

MOST = 200  # places on one screen; the search finds the rest


@allow(Role.SUPERVISOR)
@require_GET
def by_place(request: StaffRequest) -> HttpResponse:
    """Villages (or outlets) of the subtree, those with most unassigned customers first."""
    by = "outlet" if request.GET.get("by") == "outlet" else "village"
    search = request.GET.get("q", "").strip()[:40]
    found = _places(request.user, by, search)
    context = {"by": by, "q": search, "places": found[:MOST], "more": len(found) > MOST}
    page = "assign/by_place.html"
    if request.htmx:
        page += "#places" if request.htmx.target == "places" else "#sheet"
    return render(request, page, context)


def _places(user: Staff, by: str, search: str) -> list[dict[str, Any]]:
    """``code``, ``name``, ``within``, ``unassigned`` and ``total``, of `MOST` + 1 at most."""
    leads = Lead.objects.visible_to(user).workable()
    if by == "village":
        place, within = "village", F("village__parent__name")
        leads = leads.filter(village__isnull=False)
    else:
        place, within = "branch", F("branch__parent__name")
    if search:
        leads = leads.filter(**{f"{place}__name__contains": search})
    found = (
        leads.values(code=F(f"{place}__code"), name=F(f"{place}__name"), within=within)
        .annotate(total=Count("pk"), unassigned=Count("pk", filter=Q(holder=None)))
        .order_by("-unassigned", f"{place}__sort_key", "code")[: MOST + 1]
    )
    return [{**each, "name": short_name(each["name"])} for each in found]
