"""Single leads of a tile, and the spots that several share.

Grouped by the database: a village centre may be the spot of hundreds, and a tile
over a town that of fifteen thousand.
"""

from typing import Any

from marketing_map.map_answers.asking import Asked
from marketing_map.map_answers.one_key import OneKey, by_key
from marketing_map.map_answers.states import trimmed
from marketing_map.map_answers.village_markers import of_several_spots, places_of, whole_villages
from outreach import tilekey

Pin = tuple[int, int, int]


def pins_and_spots(asked: Asked, z: int, x: int, y: int) -> tuple[list[Pin], list[list[Any]]]:
    """``(id, key, look)`` of the pins and the spots of a tile, both in the order of their keys.

    Keys count from the first of the tile; `OneKey.look`.
    A spot is ``[key, precision, total, done, expiring, place code, name, n of each
    state …]``. A village is one spot, where most of its customers are: total, done and
    expiring are the whole village's, as its page has them, those drawn as houses of their
    own included; the states are of those who share the spot, or another one of the village.

    Raises:
        ValueError: no such tile.
    """
    first = tilekey.tile_range(z, x, y)[0]
    found = by_key(asked.in_tile(z, x, y), asked.viewer)
    pins = [(at.lead, key - first, at.look) for key, at in sorted(found.items()) if at.n == 1]
    shared = {key: at for key, at in sorted(found.items()) if at.n > 1}
    return pins, _spots(asked, shared, first)


def _spots(asked: Asked, shared: dict[int, OneKey], first: int) -> list[list[Any]]:
    places = places_of(shared)
    centres = {key: place.village for key, place in places.items() if place.village}
    whole = whole_villages(asked.leads, set(centres.values()))
    scattered = of_several_spots(asked.by_key, asked.viewer, whole)
    spots = []
    for key, at in shared.items():
        place, states = places[key], at.states
        if place.village in scattered:
            marker = scattered[place.village]
            if key != marker.key:
                continue
            states = marker.states
        counts = whole[place.village].counts if place.village else at.counts
        row = [key - first, at.precision, *counts, place.code, place.name, *trimmed(states)]
        spots.append(row)
    return spots
