"""One marker a village, with the numbers of its page.

Customers of a village may lie on several spots: the gazetteer has moved its point since, or
another geocoder placed some of them. The village stands where most of them are.
"""

from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import Case, Count, Q, When

from branches.models import Staff
from marketing_map.map_answers.one_key import Counts, OneKey, by_key
from outreach.local_day import soon
from outreach.models import Lead, Stage
from outreach.querysets import LeadQuerySet
from whitelist.geocoding.names import short_name
from whitelist.models import Location, PlaceLevel, Precision


class SpotPlace(NamedTuple):
    """What a spot is called, and the page it opens; `village` by its id where it is one's centre."""

    village: int | None
    code: str
    name: str


class VillageMarker(NamedTuple):
    """Where a village of several spots stands, and the states of all who share them."""

    key: int
    states: list[int]


def places_of(spots: dict[int, OneKey]) -> dict[int, SpotPlace]:
    """The place that each spot is, by its key.

    Only the village's centre is the village. A hamlet has a name of its own; a house has
    none, and opens its village.
    """
    if not spots:
        return {}
    leads = Lead.objects.unscoped("of spots that the viewer sees")
    rows = leads.filter(pk__in=[at.lead for at in spots.values()]).order_by()
    villages = {
        pk: at for pk, *at in rows.values_list("pk", "village", "village__code", "village__name")
    }
    elsewhere = [
        at.lead
        for at in spots.values()
        if at.precision == Precision.HAMLET or villages[at.lead][0] is None
    ]
    matched = _matched(elsewhere)
    return {
        key: _place_of(at, villages[at.lead], matched.get(at.lead)) for key, at in spots.items()
    }


def _place_of(at: OneKey, village: list[Any], matched: tuple[str, str, str] | None) -> SpotPlace:
    pk, code, name = village
    if pk is not None and at.precision == Precision.VILLAGE:
        return SpotPlace(pk, code, short_name(name))
    if matched and (pk is None or matched[2] == PlaceLevel.HAMLET):
        return SpotPlace(None, matched[0], short_name(matched[1]))
    return SpotPlace(None, code or "", "")


def _matched(leads: list[int]) -> dict[int, tuple[str, str, str]]:
    """Code, name and level of what these leads' addresses matched."""
    if not leads:
        return {}
    rows = Location.objects.filter(is_current=True, customer__lead__in=leads, place__isnull=False)
    found = rows.values_list("customer__lead", "place__code", "place__name", "place__level")
    return {pk: (code, name, level) for pk, code, name, level in found}


class WholeVillage(NamedTuple):
    """All customers of a village: their `Counts`, and where those lie who are known no finer."""

    counts: Counts
    keys: set[int]


def whole_villages(leads: LeadQuerySet, villages: set[int]) -> dict[int, WholeVillage]:
    """These villages by id, from one index (``lead_village``) without a look at the rows."""
    if not villages:
        return {}
    at_centre = Case(When(precision=Precision.VILLAGE, then="tile_key"))
    rows = (
        leads.filter(village__in=villages)
        .order_by()
        .annotate(centre=at_centre)
        .values_list("village", "stage", "centre")
        .annotate(n=Count("*"), expiring=Count("village", filter=Q(valid_to__lte=soon())))
    )
    found: dict[int, WholeVillage] = {}
    for village, stage, centre, n, expiring in rows:
        (total, done, ending), keys = found.get(village, ((0, 0, 0), set()))
        is_done = stage != Stage.TO_CONTACT
        keys |= {centre} - {None}
        counts = (total + n, done + n * is_done, ending + expiring)
        found[village] = WholeVillage(counts, keys)
    return found


def of_several_spots(
    leads: LeadQuerySet, viewer: Staff, whole: dict[int, WholeVillage]
) -> dict[int, VillageMarker]:
    """Those of the villages whose customers lie on several spots, wherever these are.

    The spot of most stands for the village, of equal ones the first by key, so that every
    tile says the same.
    """
    keys = {key for village in whole.values() if len(village.keys) > 1 for key in village.keys}
    if not keys:
        return {}
    spots = by_key(leads.filter(tile_key__in=keys), viewer)
    shared = {key: at for key, at in spots.items() if at.n > 1}
    of_village: dict[int, list[int]] = defaultdict(list)
    for key, place in places_of(shared).items():
        if place.village in whole:
            of_village[place.village].append(key)
    return {
        village: VillageMarker(
            min(at, key=lambda key: (-shared[key].n, key)),
            [sum(n) for n in zip(*(shared[key].states for key in at), strict=True)],
        )
        for village, at in of_village.items()
    }
