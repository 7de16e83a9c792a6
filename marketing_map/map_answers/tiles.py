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
from typing import Any

from django.db.models import Count, F

from marketing_map.map_answers.asking import Asked
from marketing_map.map_answers.pins import pins_and_spots
from marketing_map.map_answers.states import STATES, place_of, trimmed
from outreach import tilekey
from outreach.pyramid.counting import PARTS, cells_of
from outreach.pyramid.layers import PART_BITS, STAGES, state_of

PINS_FROM = 11  # tile zoom; the view's is two more
MAX_ZOOM = 14
CELL_DEPTH = 3  # a tile holds 8 × 8 cells, 128 screen pixels each
EXTENT = 1024  # positions in cells count screen pixels of the tile

# The pyramid's states, by number, as places in `STATES`.
_PLACES = {
    state_of(stage, held=held, confirmed=confirmed): place_of(stage, held=held)
    for stage in STAGES
    for held in (False, True)
    for confirmed in (False, True)
}

Payload = dict[str, Any]


def tile(asked: Asked, z: int, x: int, y: int) -> Payload:
    """The payload of one tile.

    Raises:
        ValueError: no such tile, or deeper than `MAX_ZOOM`.
    """
    if z > MAX_ZOOM:
        raise ValueError(f"tiles end at zoom {MAX_ZOOM}")
    if z < PINS_FROM:
        return {"kind": "cells", "cells": cells(asked, z, x, y)}
    pins, spots = pins_and_spots(asked, z, x, y)
    return {"kind": "pins", "pins": pins, "spots": spots}


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
        cell.states[place_of(stage, held=False)] += n - held
        cell.states[place_of(stage, held=True)] += held
        px, py = tilekey.deinterleave(part)
        cell.sum_x += n * (px - x0 + 0.5) * scale
        cell.sum_y += n * (py - y0 + 0.5) * scale
    return found


def _cell(cell: CellOfTile) -> list[int]:
    n = sum(cell.states)
    return [round(cell.sum_x / n), round(cell.sum_y / n), *trimmed(cell.states)]
