"""Villages where there is work, nearest first."""

from dataclasses import dataclass

from django.db.models import Count

from outreach.distance import Point, in_words, metres_between
from outreach.models import Stage
from outreach.querysets import LeadQuerySet
from whitelist.models import Place


@dataclass(frozen=True)
class VillageWork:
    """A village, how far it is, and how many there nobody has reached yet."""

    place: Place
    metres: float
    n: int

    @property
    def name(self) -> str:
        return self.place.short_name

    @property
    def away(self) -> str:
        return in_words(self.metres)


def villages_with_work(leads: LeadQuerySet, *, near: Point) -> list[VillageWork]:
    """The located villages of those of `leads` still to be contacted, nearest first.

    One row a village is fetched: give it the leads of one person or one neighbourhood.
    """
    counted = (
        leads.filter(stage=Stage.TO_CONTACT, village__isnull=False)
        .order_by()
        .values_list("village")
        .annotate(n=Count("pk"))
    )
    waiting = dict(counted)
    found = [
        VillageWork(place, metres_between(near, (place.lon, place.lat)), waiting[place.pk])
        for place in Place.objects.located().select_related("parent").filter(pk__in=waiting)
        if place.lon is not None and place.lat is not None
    ]
    return sorted(found, key=lambda each: (each.metres, each.place.code))
