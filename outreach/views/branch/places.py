"""Villages and outlets with what is left to assign: how one assigns without a map."""

from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from branches.access import StaffRequest, allow
from branches.models import Role, Staff
from outreach.models import Lead
from outreach.stages import IN_PROCESS
from whitelist.geocoding.names import short_name

MOST = 200  # places on one screen; the search finds the rest


@allow(Role.SUPERVISOR)
@require_GET
def by_place(request: StaffRequest) -> HttpResponse:
    """Villages (or outlets) of the subtree, those with most unassigned customers first.

    By manager: who holds most, to hand over or take back what one person has.
    """
    by = request.GET.get("by", "")
    by = by if by in {"outlet", "manager"} else "village"
    search = request.GET.get("q", "").strip()[:40]
    found = _holders(request.user, search) if by == "manager" else _places(request.user, by, search)
    context = {"by": by, "q": search, "places": found[:MOST], "more": len(found) > MOST}
    page = "assign/by_place.html"
    if request.htmx:
        page += "#places" if request.htmx.target == "places" else "#sheet"
    return render(request, page, context)


def _places(user: Staff, by: str, search: str) -> list[dict[str, Any]]:
    """``query``, ``name``, ``within``, ``unassigned`` and ``total``, of `MOST` + 1 at most."""
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
    return [
        {**each, "name": short_name(each["name"]), "query": urlencode({by: each["code"]})}
        for each in found
    ]


def _holders(user: Staff, search: str) -> list[dict[str, Any]]:
    """The same of whoever holds customers, also of those who have left."""
    leads = Lead.objects.visible_to(user).workable().filter(holder__isnull=False)
    if search:
        leads = leads.filter(holder__name__contains=search)
    in_process = Q(stage__in=IN_PROCESS, application_refused=False)
    found = (
        leads.values(code=F("holder"), name=F("holder__name"), within=F("holder__branch__name"))
        .annotate(total=Count("pk"), in_process=Count("pk", filter=in_process))
        .order_by("-total", "holder__sort_key", "code")[: MOST + 1]
    )
    return [
        {**each, "query": urlencode({"kind": "filter", "filter": f"holder={each['code']}"})}
        for each in found
    ]
