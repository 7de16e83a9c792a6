"""Single leads of a tile, and the spots that several share.

Grouped by the database: a village centre may be the spot of hundreds, and a tile
over a town that of fifteen thousand.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone

from marketing_map.map_answers.asking import Asked
from marketing_map.map_answers.states import STATES, place_of, trimmed
from outreach import tilekey
from outreach.models import Lead, Stage
from outreach.querysets import LeadQuerySet
from whitelist.geocoding.names import short_name
from whitelist.models import Location, Precision

Pin = tuple[int, int, int]
Counts = tuple[int, int, int]


@dataclass
class OneKey:
    """The leads at one key. `lead` is one of them: the first by number."""

    lead: int
    precision: int
    states: list[int] = field(default_factory=lambda: [0] * len(STATES))
    expiring: int = 0
    mine: int = 0

    @property
    def n(self) -> int:
        return sum(self.states)

    @property
    def counts(self) -> Counts:
        """Total, done and expiring."""
        to_contact = self.states[place_of(Stage.TO_CONTACT, held=True)]
        return self.n, self.n - to_contact - self.states[0], self.expiring

    @property
    def look(self) -> int:
        """Of a single lead: ``state + 8·precision + 64·expiring + 128·mine``."""
        return self.states.index(1) + 8 * self.precision + 64 * self.expiring + 128 * self.mine


def pins_and_spots(asked: Asked, z: int, x: int, y: int) -> tuple[list[Pin], list[list[Any]]]:
    """``(id, key, look)`` of the pins and the spots of a tile, both in the order of their keys.

    Keys count from the first of the tile; `OneKey.look`.
    A spot is ``[key, precision, total, done, expiring, place code, name, n of each
    state …]``. At a village centre total, done and expiring are the whole village's, as
    its page has them, those drawn as houses of their own included; the states are
    always of those who share the spot.

    Raises:
        ValueError: no such tile.
    """
    first = tilekey.tile_range(z, x, y)[0]
    found = _by_key(asked, z, x, y)
    pins = [(at.lead, key - first, at.look) for key, at in sorted(found.items()) if at.n == 1]
    shared = {key - first: at for key, at in sorted(found.items()) if at.n > 1}
    return pins, _spots(asked.leads, shared)


def _by_key(asked: Asked, z: int, x: int, y: int) -> dict[int, OneKey]:
    rows = (
        asked.in_tile(z, x, y)
        .order_by()
        .values_list("tile_key", "stage")
        .annotate(
            n=Count("*"),
            held=Count("holder"),
            lead=Min("pk"),
            finest=Min("precision"),
            expiring=Count("tile_key", filter=Q(valid_to__lte=_soon())),
            mine=Count("tile_key", filter=Q(holder=asked.viewer)),
        )
    )
    found: dict[int, OneKey] = {}
    for key, stage, n, held, lead, precision, expiring, mine in rows:
        at = found.setdefault(key, OneKey(lead, precision))
        at.lead, at.precision = min(at.lead, lead), min(at.precision, precision)
        at.states[place_of(stage, held=False)] += n - held
        at.states[place_of(stage, held=True)] += held
        at.expiring += expiring
        at.mine += mine
    return found


def _spots(leads: LeadQuerySet, shared: dict[int, OneKey]) -> list[list[Any]]:
    places = _places_of([at.lead for at in shared.values()])
    centres = {
        key: places[at.lead].village
        for key, at in shared.items()
        if at.precision == Precision.VILLAGE
    }
    whole = _whole_villages(leads, {village for village in centres.values() if village})
    spots = []
    for key, at in shared.items():
        place = places[at.lead]
        counts = whole.get(centres.get(key) or 0, at.counts)
        name = short_name(place.name)
        spots.append([key, at.precision, *counts, place.code, name, *trimmed(at.states)])
    return spots


class PlaceOfLead(NamedTuple):
    """What a lead's spot is called; `village` by its id, None when it is no village."""

    village: int | None
    code: str
    name: str


def _places_of(ids: list[int]) -> dict[int, PlaceOfLead]:
    """The place that each lead's spot is: its village, else what matched."""
    if not ids:
        return {}
    leads = Lead.objects.unscoped("of spots that the viewer sees").filter(pk__in=ids).order_by()
    rows = leads.values_list("pk", "village", "village__code", "village__name")
    found = {pk: PlaceOfLead(village, code or "", name or "") for pk, village, code, name in rows}
    elsewhere = [pk for pk, place in found.items() if place.village is None]
    if elsewhere:
        matched = Location.objects.filter(
            is_current=True, customer__lead__in=elsewhere, place__isnull=False
        ).values_list("customer__lead", "place__code", "place__name")
        found |= {pk: PlaceOfLead(None, code, name) for pk, code, name in matched}
    return found


def _whole_villages(leads: LeadQuerySet, villages: set[int]) -> dict[int, Counts]:
    """Total, done and expiring of whole villages, by id."""
    if not villages:
        return {}
    rows = (
        leads.filter(village__in=villages)
        .order_by()
        .values_list("village", "stage")
        .annotate(n=Count("*"), expiring=Count("village", filter=Q(valid_to__lte=_soon())))
    )
    found: dict[int, Counts] = {}
    for village, stage, n, expiring in rows:
        total, done, soon = found.get(village, (0, 0, 0))
        is_done = stage != Stage.TO_CONTACT
        found[village] = (total + n, done + n * is_done, soon + expiring)
    return found


def _soon() -> date:
    """The last day that makes a red corner dot due."""
    return timezone.localdate() + timedelta(days=settings.EXPIRING_DAYS)
