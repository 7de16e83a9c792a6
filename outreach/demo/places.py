"""The places of the demo, from the gazetteer that comes with the repository."""

import csv
import math
import os
from pathlib import Path

from branches.pinyin import sort_key
from whitelist.models import Place, PlaceLevel, PointSource

SHIPPED = Path(__file__).resolve().parents[2] / "whitelist" / "data" / "demo_places.csv"
# Digits of the code that name the place above, by length of a code without its zeros.
PARENT_DIGITS = {
    PlaceLevel.PREFECTURE: 2,
    PlaceLevel.COUNTY: 4,
    PlaceLevel.TOWNSHIP: 6,
    PlaceLevel.VILLAGE: 9,
}
LEVELS = (PlaceLevel.PROVINCE, *PARENT_DIGITS, PlaceLevel.HAMLET)


def load_places() -> None:
    """Put the shipped places into the gazetteer; those already there are left as they are."""
    known = dict(Place.objects.values_list("code", "pk"))
    path = Path(os.environ.get("DEMO_PLACES", SHIPPED))
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for level in LEVELS:
        fresh = [
            _place(row, known) for row in rows if row["level"] == level and row["code"] not in known
        ]
        for place in Place.objects.bulk_create(fresh, batch_size=500):
            known[place.code] = place.pk


def _place(row: dict[str, str], known: dict[str, int]) -> Place:
    lon, lat = row.get("lon") or None, row.get("lat") or None
    source = row.get("point_source") or (PointSource.INDICATIVE if lon else PointSource.NONE)
    return Place(
        code=row["code"],
        name=row["name"],
        level=row["level"],
        parent_id=known.get(_parent_code(row["code"], row["level"])),
        match_name=plain_name(row["name"]),
        sort_key=sort_key(row["name"]),
        lon=float(lon) if lon else None,
        lat=float(lat) if lat else None,
        point_source=source,
    )


def _parent_code(code: str, level: str) -> str:
    if level == PlaceLevel.HAMLET:
        return code.partition("-")[0]
    return code[: PARENT_DIGITS.get(PlaceLevel(level), 0)].ljust(12, "0")


def plain_name(name: str) -> str:
    """A village as an address names it: 东刘庄村委会 → 东刘庄村."""
    for ending in ("村民委员会", "居民委员会", "村委会", "居委会"):
        if name.endswith(ending) and len(name) > len(ending):
            stem = name.removesuffix(ending)
            return stem if stem.endswith(("村", "社区")) or "居" in ending else stem + "村"
    return name


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of two WGS-84 points (lon, lat), good enough within a prefecture."""
    east = (a[0] - b[0]) * 111.32 * math.cos(math.radians((a[1] + b[1]) / 2))
    return math.hypot(east, (a[1] - b[1]) * 110.57)


def moved(point: tuple[float, float], metres: float, bearing: float) -> tuple[float, float]:
    """The point so many metres away (lon, lat; WGS-84), bearing in radians."""
    lon, lat = point
    return (
        lon + metres * math.sin(bearing) / (111_320 * math.cos(math.radians(lat))),
        lat + metres * math.cos(bearing) / 110_570,
    )
