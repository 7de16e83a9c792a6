"""One marker a village, with the numbers of its page.

Customers of a village may lie on several spots: the gazetteer has moved its point since, or
another geocoder placed some of them. The village stands where most of them are.
"""

from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import Count, Q

from branches.models import Staff
from marketing_map.map_answers.one_key import Counts, OneKey, by_key, soon
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
    elsewhere = [at.lead for at in spots.values() if at.precision != Precision.VILLAGE]
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


def whole_villages(leads: LeadQuerySet, villages: set[int]) -> dict[int, Counts]:
    """Total, done and expiring of whole villages, by id."""
    if not villages:
        return {}
    rows = (
        leads.filter(village__in=villages)
        .order_by()
        .values_list("village", "stage")
        .annotate(n=Count("*"), expiring=Count("village", filter=Q(valid_to__lte=soon())))
    )
    found: dict[int, Counts] = {}
    for village, stage, n, expiring in rows:
        total, done, ending = found.get(village, (0, 0, 0))
        is_done = stage != Stage.TO_CONTACT
        found[village] = (total + n, done + n * is_done, ending + expiring)
    return found


def of_several_spots(
    leads: LeadQuerySet, viewer: Staff, villages: set[int]
) -> dict[int, VillageMarker]:
    """Those of the villages whose customers lie on several spots, wherever these are.

    The spot of most stands for the village, of equal ones the first by key, so that every
    tile says the same.
    """
    keys = _keys_of(leads, villages)
    if not keys:
        return {}
    spots = by_key(leads.filter(tile_key__in=keys), viewer)
    shared = {key: at for key, at in spots.items() if at.n > 1}
    of_village: dict[int, list[int]] = defaultdict(list)
    for key, place in places_of(shared).items():
        if place.village in villages:
            of_village[place.village].append(key)
    return {
        village: VillageMarker(
            min(at, key=lambda key: (-shared[key].n, key)),
            [sum(n) for n in zip(*(shared[key].states for key in at), strict=True)],
        )
        for village, at in of_village.items()
    }


def _keys_of(leads: LeadQuerySet, villages: set[int]) -> set[int]:
    """Where customers are known to the village, of those villages where that is several places."""
    if not villages:
        return set()
    known = leads.filter(village__in=villages, precision=Precision.VILLAGE).order_by()
    keys: dict[int, set[int]] = defaultdict(set)
    for village, key in known.values_list("village", "tile_key").distinct():
        keys[village].add(key)
    return {key for at in keys.values() if len(at) > 1 for key in at}
