"""Names of places for a map without a base map, from the gazetteer."""

from typing import Any

from marketing_map.map_answers.tiles import MAX_ZOOM
from outreach import tilekey
from whitelist.geocoding.names import short_name
from whitelist.models import Place, PlaceLevel

# From which tile zoom on a level is written. The view's zoom is two more.
WRITTEN = (
    (PlaceLevel.PREFECTURE, 3, 7),
    (PlaceLevel.COUNTY, 6, 10),
    (PlaceLevel.TOWNSHIP, 8, MAX_ZOOM),
    (PlaceLevel.VILLAGE, 11, MAX_ZOOM),
)
MOST = 600  # a tile with more is too coarse to read anyway


def labels_in_tile(z: int, x: int, y: int) -> list[list[Any]]:
    """``[code, name, level, lon, lat]`` (WGS-84), higher levels first.

    Raises:
        ValueError: no such tile.
    """
    first, last = tilekey.tile_range(z, x, y)
    west, north = tilekey.lonlat_of_key(first)
    east, south = tilekey.lonlat_of_key(last)
    labels: list[list[Any]] = []
    for level, lowest, highest in WRITTEN:
        if lowest <= z <= highest:
            places = Place.objects.filter(
                level=level, lon__range=(west, east), lat__range=(south, north)
            ).values_list("code", "name", "lon", "lat")
            labels += [
                [code, short_name(name), str(level), round(lon, 5), round(lat, 5)]
                for code, name, lon, lat in places[:MOST]
                if lon is not None and lat is not None
            ]
    return labels
