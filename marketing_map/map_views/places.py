"""Places that an address of the map names, and who stands there."""

import re

from django.http import Http404
from django.shortcuts import get_object_or_404

from outreach.querysets import LeadQuerySet
from whitelist.models import Place, PlaceLevel

CODE = re.compile(r"[0-9-]{1,16}")


def place_asked_for(code: str) -> Place:
    """The place of this code, with township and county. 404 when there is none."""
    if not CODE.fullmatch(code):
        raise Http404
    return get_object_or_404(Place.objects.select_related("parent__parent"), code=code)


def at_place(leads: LeadQuerySet, place: Place) -> LeadQuerySet:
    """Leads of a village; for coarser or finer places, those whose position is the place's."""
    if place.level == PlaceLevel.VILLAGE:
        return leads.in_village(place)
    return leads.filter(customer__locations__is_current=True, customer__locations__place=place)
