"""What stands in one map tile, without personal data; `tile_wire` says how it travels.

Two kinds, by the zoom of the tile. Above `PINS_FROM` cells with their counts by
state (drawn as donuts); from it on single leads, and spots where several share
one position (a village centre) as one marker with done/total.

The browser asks for tiles two zooms coarser than its view (1,024 screen pixels
a side), so that a movement usually needs none that it has not got. Positions are
WGS-84; the browser converts to the datum of the base map.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q
from django.utils import timezone

from marketing_map.asking import Asked
from outreach import tilekey
from outreach.models import Stage
from outreach.pyramid.counting import PARTS, cells_of
from outreach.pyramid.layers import PART_BITS, STAGES, state_of
from outreach.querysets import LeadQuerySet
from whitelist.geocoding.names import short_name
from whitelist.models import Location, Place, Precision

PINS_FROM = 11  # tile zoom; the view's is two more
MAX_ZOOM = 14
CELL_DEPTH = 3  # a tile holds 8 × 8 cells, 128 screen pixels each
EXTENT = 1024  # positions in cells count screen pixels of the tile

# States in the order of the payloads: the stages, and 待分配 for a lead to be
# contacted that nobody holds.
STATES = ("unassigned", *Stage.values)

# … and of the pyramid's states, by number.
_PLACES = {
    state_of(stage, held=held, confirmed=confirmed): STATES.index(
        stage if held or stage != Stage.TO_CONTACT else STATES[0]
    )
    for stage in STAGES
    for held in (False, True)
    for confirmed in (False, True)
}

_NUMBERS = {state: number for number, state in enumerate(STATES)}
_TO_DO = (_NUMBERS["unassigned"], _NUMBERS[Stage.TO_CONTACT])

Payload = dict[str, Any]
# id, number of the state, precision, whether it expires soon, holder, village
Pin = tuple[int, int, int, bool, int | None, int | None]


def tile(asked: Asked, z: int, x: int, y: int) -> Payload:
    """The payload of one tile.

    Raises:
        ValueError: no such tile, or deeper than `MAX_ZOOM`.
    """
    if z > MAX_ZOOM:
        raise ValueError(f"tiles end at zoom {MAX_ZOOM}")
    if z < PINS_FROM:
        return {"kind": "cells", "cells": cells(asked, z, x, y)}
    return pins(asked, z, x, y)


def cells(asked: Asked, z: int, x: int, y: int) -> list[list[Any]]:
    """``[x, y, n of each state …]`` a cell; x and y are the middle of its leads in pixels.

    From the cells counted beforehand where they answer, else grouped from the keys.
    """
    found = counted_cells(asked, z, x, y)
    if found is None:
        found = grouped_cells(asked, z, x, y)
    return [_cell(found[at]) for at in sorted(found)]


@dataclass
class CellOfTile:
    """Leads by `STATES`, and the sum of their places in pixels of the tile."""

    states: list[int] = field(default_factory=lambda: [0] * len(STATES))
    sum_x: float = 0
    sum_y: float = 0


def counted_cells(asked: Asked, z: int, x: int, y: int) -> dict[int, CellOfTile] | None:
    """The cells of a tile from the pyramid, by tile key shifted right; None when it has none."""
    keys = tilekey.tile_range(z, x, y)
    answer = cells_of(asked.question, z + CELL_DEPTH, keys) if asked.question else None
    if answer is None:
        return None
    zoom, fine_cells = answer
    deeper = zoom - z - CELL_DEPTH  # a cell of the tile may be several of the pyramid's
    x0, y0 = x << zoom - z, y << zoom - z
    scale = EXTENT / (1 << zoom - z)
    found: dict[int, CellOfTile] = defaultdict(CellOfTile)
    for at, fine in fine_cells.items():
        cell, n = found[at >> 2 * deeper], fine.total
        for state, count in fine.n.items():
            cell.states[_PLACES[state]] += count
        cx, cy = tilekey.deinterleave(at)
        cell.sum_x += (n * (cx - x0) + (fine.sum_x + n / 2) / PARTS) * scale
        cell.sum_y += (n * (cy - y0) + (fine.sum_y + n / 2) / PARTS) * scale
    return found


def grouped_cells(asked: Asked, z: int, x: int, y: int) -> dict[int, CellOfTile]:
    """The cells of a tile straight from the keys, by tile key shifted right."""
    inside = asked.in_tile(z, x, y).order_by()
    part_zoom = z + CELL_DEPTH + PART_BITS
    rows = (
        inside.annotate(part=F("tile_key").bitrightshift(2 * (tilekey.ZOOM - part_zoom)))
        .values_list("part", "stage")
        .annotate(n=Count("*"), held=Count("holder"))
    )
    x0, y0 = x << part_zoom - z, y << part_zoom - z
    scale = EXTENT / (1 << part_zoom - z)
    found: dict[int, CellOfTile] = defaultdict(CellOfTile)
    for part, stage, n, held in rows:
        cell = found[part >> 2 * PART_BITS]
        cell.states[STATES.index(_state(stage, None))] += n - held
        cell.states[STATES.index(stage)] += held
        px, py = tilekey.deinterleave(part)
        cell.sum_x += n * (px - x0 + 0.5) * scale
        cell.sum_y += n * (py - y0 + 0.5) * scale
    return found


def _cell(cell: CellOfTile) -> list[int]:
    n = sum(cell.states)
    return [round(cell.sum_x / n), round(cell.sum_y / n), *_trimmed(cell.states)]


def pins(asked: Asked, z: int, x: int, y: int) -> Payload:
    """Single leads, and the spots that several share; both in the order of their keys.

    A pin is ``(id, key, look)``, its key counted from the first of the tile and its
    look ``state + 8·precision + 64·expiring + 128·mine``.
    A spot is ``[key, precision, total, done, expiring, place code, name, n of each
    state …]``. At a village centre total, done and expiring are the whole village's, as
    its page has them, those drawn as houses of their own included; the states are
    always of those who share the spot.
    """
    first = tilekey.tile_range(z, x, y)[0]
    by_key: dict[int, list[Pin]] = defaultdict(list)
    for pk, key, stage, precision, expires, holder, village in (
        asked.in_tile(z, x, y)
        .annotate(expires=_expires_soon())
        .order_by("tile_key", "pk")
        .values_list("pk", "tile_key", "stage", "precision", "expires", "holder_id", "village_id")
    ):
        state = 0 if holder is None and stage == Stage.TO_CONTACT else _NUMBERS[stage]
        by_key[key - first].append((pk, state, precision, expires, holder, village))
    viewer = asked.viewer.pk
    single = [(key, group[0]) for key, group in by_key.items() if len(group) == 1]
    shared = {key: group for key, group in by_key.items() if len(group) > 1}
    return {
        "kind": "pins",
        "pins": [(pin[0], key, _look(pin, viewer)) for key, pin in single],
        "spots": _spots(asked.leads, shared),
    }


def _look(pin: Pin, viewer: int) -> int:
    _, state, precision, expires, holder, _ = pin
    return state + 8 * precision + 64 * expires + 128 * (holder == viewer)


def _spots(leads: LeadQuerySet, shared: dict[int, list[Pin]]) -> list[list[Any]]:
    places = _places_of([group[0] for group in shared.values()])
    finest = {key: min(pin[2] for pin in group) for key, group in shared.items()}
    centres = {
        key: shared[key][0][5] for key, least in finest.items() if least == Precision.VILLAGE
    }
    villages = _villages(leads, {village for village in centres.values() if village is not None})
    spots = []
    for key, group in shared.items():
        states = [0] * len(STATES)
        for pin in group:
            states[pin[1]] += 1
        code, name = places.get(group[0][0], ("", ""))
        counts = villages.get(centres.get(key)) or _counts(group)
        spots.append([key, finest[key], *counts, code, short_name(name), *_trimmed(states)])
    return spots


def _places_of(pins: list[Pin]) -> dict[int, tuple[str, str]]:
    """Code and name of the place that a lead's spot is: its village, else what matched."""
    in_villages = {pin[0]: pin[5] for pin in pins if pin[5] is not None}
    named = {
        pk: (code, name)
        for pk, code, name in Place.objects.filter(pk__in=set(in_villages.values())).values_list(
            "pk", "code", "name"
        )
    }
    found = {pk: named[village] for pk, village in in_villages.items()}
    elsewhere = [pin[0] for pin in pins if pin[5] is None]
    if not elsewhere:
        return found
    matched = Location.objects.filter(
        is_current=True, customer__lead__in=elsewhere, place__isnull=False
    ).values_list("customer__lead", "place__code", "place__name")
    return found | {pk: (code, name) for pk, code, name in matched}


def _counts(group: list[Pin]) -> tuple[int, int, int]:
    """Total, done and expiring of the leads on one spot."""
    done = sum(pin[1] not in _TO_DO for pin in group)
    return len(group), done, sum(pin[3] for pin in group)


def _villages(leads: LeadQuerySet, villages: set[int]) -> dict[int | None, tuple[int, int, int]]:
    """Total, done and expiring of whole villages, by id."""
    if not villages:
        return {}
    rows = (
        leads.filter(village__in=villages)
        .order_by()
        .values_list("village")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=~Q(stage=Stage.TO_CONTACT)),
            expiring=Count("pk", filter=_expires_soon()),
        )
    )
    return {village: (total, done, expiring) for village, total, done, expiring in rows}


def _state(stage: str, holder_id: int | None) -> str:
    return STATES[0] if holder_id is None and stage == Stage.TO_CONTACT else stage


def _expires_soon() -> Q:
    """Whether the red corner dot is due: the offer ends within EXPIRING_DAYS."""
    soon = timezone.localdate() + timedelta(days=settings.EXPIRING_DAYS)
    return Q(valid_to__isnull=False, valid_to__lte=soon)


def _trimmed(counts: list[int]) -> list[int]:
    """Without the zeros at the end."""
    last = max((i for i, n in enumerate(counts) if n), default=-1)
    return counts[: last + 1]
