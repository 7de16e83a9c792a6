"""Single leads of a tile, and the spots that several share.

Grouped by the database: a village centre may be the spot of hundreds, and a tile
over a town that of fifteen thousand.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone

from marketing_map.asking import Asked
from marketing_map.states import STATES, place_of, trimmed
from outreach import tilekey
from outreach.models import Lead, Stage
from outreach.querysets import LeadQuerySet
from whitelist.geocoding.names import short_name
from whitelist.models import Location, Place, Precision

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
    villages = _villages_of(at.lead for at in shared.values())
    places = _places_of(villages)
    central = {villages[at.lead] for at in shared.values() if at.precision == Precision.VILLAGE} - {
        None
    }
    whole = _whole_villages(leads, central)
    spots = []
    for key, at in shared.items():
        code, name = places.get(at.lead, ("", ""))
        village = villages[at.lead] if at.precision == Precision.VILLAGE else None
        counts = whole.get(village, at.counts) if village else at.counts
        spots.append([key, at.precision, *counts, code, short_name(name), *trimmed(at.states)])
    return spots


def _villages_of(ids: Any) -> dict[int, int | None]:
    """The village of each lead, by its id."""
    leads = Lead.objects.unscoped("of spots that the viewer sees").filter(pk__in=list(ids))
    return dict(leads.order_by().values_list("pk", "village"))


def _places_of(villages: dict[int, int | None]) -> dict[int, tuple[str, str]]:
    """Code and name of the place that a lead's spot is: its village, else what matched."""
    known: dict[int, list[int]] = defaultdict(list)
    elsewhere: list[int] = []
    for lead, village in villages.items():
        (elsewhere if village is None else known[village]).append(lead)
    found = {
        lead: (code, name)
        for pk, code, name in Place.objects.filter(pk__in=set(known)).values_list(
            "pk", "code", "name"
        )
        for lead in known[pk]
    }
    if elsewhere:
        matched = Location.objects.filter(
            is_current=True, customer__lead__in=elsewhere, place__isnull=False
        ).values_list("customer__lead", "place__code", "place__name")
        found |= {lead: (code, name) for lead, code, name in matched}
    return found


def _whole_villages(leads: LeadQuerySet, villages: set[int | None]) -> dict[int, Counts]:
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
