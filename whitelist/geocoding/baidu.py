"""Baidu's geocoder, version 3, through geopy.

It answers in BD-09 (geopy has no option for it), with `level` (the kind of thing
found), `precise` (1: the very spot), `confidence` (the error in metres, coded)
and `comprehension` (how much of the address was understood, per cent).
"""

from typing import Any

from geopy.geocoders import BaiduV3

from whitelist.geocoding.asking import TIMEOUT, Answer, CappedAdapter, NoAnswer, call, checked_point
from whitelist.geocoding.datum import bd09_to_wgs84
from whitelist.models import Datum, LocationSource, Precision

_AREAS = {
    "村庄": Precision.VILLAGE,
    "乡镇": Precision.TOWNSHIP,
    "道路": Precision.TOWNSHIP,
    "交叉路口": Precision.TOWNSHIP,
    "商圈": Precision.TOWNSHIP,
    "区县": Precision.COUNTY,
}
_TOO_COARSE = {"UNKNOWN", "国家", "省", "城市", ""}
# What Baidu's manual says `confidence` means: 80 an error under 100 m, 50 under
# 1 km, 25 under 8 km, 20 under 10 km.
_CONFIDENCE = (
    (80, Precision.HOUSE),
    (50, Precision.VILLAGE),
    (25, Precision.TOWNSHIP),
    (20, Precision.COUNTY),
)
UNDERSTOOD = 60  # per cent, below which a hit is no finer than a township


class Baidu:
    """Provider over `geopy.geocoders.BaiduV3`."""

    name = "baidu"

    def __init__(self, url: str, key: str, secret: str = "", timeout: float = TIMEOUT) -> None:
        scheme, _, host = url.rstrip("/").partition("://")
        self._geocoder = BaiduV3(
            api_key=key,
            security_key=secret or None,
            scheme=scheme,
            timeout=timeout,
            user_agent="marketing-map",
            adapter_factory=CappedAdapter,
        )
        self._geocoder.api = f"{scheme}://{host}{self._geocoder.api_path}"

    def ask(self, address: str) -> Answer:
        """Raises: `online.QuotaSpent`, `online.Unavailable`, `online.NoAnswer`."""
        found = call(self._geocoder, address)
        precision = precision_of(found.raw)
        point = checked_point(found.longitude, found.latitude, bd09_to_wgs84)
        return Answer(*point, precision, LocationSource.BAIDU, Datum.BD09)


def precision_of(raw: dict[str, Any]) -> Precision:
    """Our precision of Baidu's answer: the coarsest of kind, stated error and understanding.

    Raises:
        NoAnswer: no finer than a city, or the error is 10 km or more.
    """
    level = str(raw.get("level") or "")
    if level in _TOO_COARSE:
        raise NoAnswer("在线地址服务只认出了城市")
    kind = _AREAS.get(level, Precision.HOUSE if raw.get("precise") == 1 else Precision.VILLAGE)
    confidence, understood = _number(raw.get("confidence")), _number(raw.get("comprehension", 100))
    stated = next((p for least, p in _CONFIDENCE if confidence >= least), None)
    if stated is None:
        raise NoAnswer("在线地址服务的误差太大")
    limit = Precision.HOUSE if understood >= UNDERSTOOD else Precision.TOWNSHIP
    return min(kind, stated, limit)


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
