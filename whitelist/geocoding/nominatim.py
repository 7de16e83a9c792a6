"""A Nominatim server (OpenStreetMap, WGS-84), the bank's own as a rule, through geopy."""

from typing import Any

from geopy.geocoders import Nominatim as GeopyNominatim

from whitelist.geocoding.asking import TIMEOUT, Answer, CappedAdapter, NoAnswer, call, checked_point
from whitelist.models import Datum, LocationSource, Precision

# `addresstype` of newer servers, else `type`, else `class`.
_KINDS = {
    "house": Precision.HOUSE,
    "house_number": Precision.HOUSE,
    "building": Precision.HOUSE,
    "hamlet": Precision.HAMLET,
    "isolated_dwelling": Precision.HAMLET,
    "farm": Precision.HAMLET,
    "village": Precision.VILLAGE,
    "neighbourhood": Precision.VILLAGE,
    "quarter": Precision.VILLAGE,
    "amenity": Precision.VILLAGE,
    "shop": Precision.VILLAGE,
    "office": Precision.VILLAGE,
    "town": Precision.TOWNSHIP,
    "township": Precision.TOWNSHIP,
    "suburb": Precision.TOWNSHIP,
    "municipality": Precision.TOWNSHIP,
    "road": Precision.TOWNSHIP,
    "highway": Precision.TOWNSHIP,
    "city_district": Precision.COUNTY,
    "district": Precision.COUNTY,
    "county": Precision.COUNTY,
}


class Nominatim:
    """Provider over `geopy.geocoders.Nominatim`."""

    name = "nominatim"

    def __init__(self, url: str, timeout: float = TIMEOUT) -> None:
        scheme, _, domain = url.rstrip("/").partition("://")
        self._geocoder = GeopyNominatim(
            domain=domain,
            scheme=scheme,
            timeout=timeout,
            user_agent="marketing-map",
            adapter_factory=CappedAdapter,
        )

    def ask(self, address: str) -> Answer:
        """Raises: `online.QuotaSpent`, `online.Unavailable`, `online.NoAnswer`."""
        found = call(self._geocoder, address, country_codes="cn", language="zh")
        precision = precision_of(found.raw)
        point = checked_point(found.longitude, found.latitude, lambda lon, lat: (lon, lat))
        return Answer(*point, precision, LocationSource.NOMINATIM, Datum.WGS84)


def precision_of(raw: dict[str, Any]) -> Precision:
    """Our precision of what was found.

    Raises:
        NoAnswer: a city or coarser, or nothing we know.
    """
    for key in ("addresstype", "type", "class"):
        precision = _KINDS.get(str(raw.get(key, "")))
        if precision is not None:
            return precision
    raise NoAnswer("在线地址服务没有认出到区县以下")
