"""What a request to a peer asks for: window, scope, filter, as SQL and as a queryset."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from benchmarks.peers.models import PeerLead

Condition = tuple[str, list[Any]]


def scope_of(request: HttpRequest) -> Condition:
    """SQL over ``branch_number``, the holder, ``segment`` and ``amount_band``."""
    found, values = [], []
    low, high = request.GET.get("low"), request.GET.get("high")
    if "manager" in request.GET:
        found.append("(holder = %s OR (holder IS NULL AND branch_number BETWEEN %s AND %s))")
        values += [int(request.GET["manager"]), int(low or 0), int(high or 0)]
    elif low and high:
        found.append("branch_number BETWEEN %s AND %s")
        values += [int(low), int(high)]
    if "segment" in request.GET:
        found.append("segment = %s AND amount_band = %s")
        values += [request.GET["segment"], int(request.GET["band"])]
    return " AND ".join(found) or "TRUE", values


def leads_of(request: HttpRequest) -> QuerySet[PeerLead]:
    """The same with the ORM, as a GeoDjango project would write it."""
    leads = PeerLead.objects.all()
    numbers = (int(request.GET.get("low", 0)), int(request.GET.get("high", 2**31 - 1)))
    if "manager" in request.GET:
        pool = Q(holder=None, branch_number__range=numbers)
        leads = leads.filter(Q(holder=request.GET["manager"]) | pool)
    else:
        leads = leads.filter(branch_number__range=numbers)
    if "segment" in request.GET:
        leads = leads.filter(segment=request.GET["segment"], amount_band=request.GET["band"])
    return leads
