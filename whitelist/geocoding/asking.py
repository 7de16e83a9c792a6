"""How any online provider is asked, and what its answers may be.

geopy is the interface; a provider is a small class over one of its geocoders.
Only the address is sent, and of it nothing that reads like a telephone or ID
number. A sick provider stays outside: answers are read up to a size and a
time, and what is not a point in China is no answer. Errors never quote the
address.
"""

import json
import logging
import re
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from math import isfinite
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.request import (
    HTTPSHandler,
    ProxyHandler,
    Request,
    build_opener,
)

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import (
    GeocoderAuthenticationFailure,
    GeocoderInsufficientPrivileges,
    GeocoderQuotaExceeded,
    GeopyError,
)
from geopy.geocoders.base import Geocoder

from trust.outbound import NoRedirects, read_capped
from whitelist.geocoding.datum import outside_china
from whitelist.models import LocationSource, Precision

# geopy logs each URL, and with it the address, at level DEBUG.
logging.getLogger("geopy").setLevel(logging.INFO)

TIMEOUT = 5.0  # seconds for a whole answer
_UNREADABLE = (
    OSError, HTTPException, ValueError, TypeError, AttributeError, LookupError, RecursionError,
)  # fmt: skip
_NUMBERS = re.compile(r"[0-9０-９Xx]{7,}")


class GeocodingError(Exception):
    """No position came back; its text is for people and names no address."""


class Unavailable(GeocodingError):
    """The provider does not answer, or not in a way that can be read. Try later."""

    def __init__(self, text: str, retry_after: float = 0.0) -> None:
        super().__init__(text)
        self.retry_after = retry_after  # seconds


class QuotaSpent(Unavailable):
    """The provider answers no more for now: quota, rate limit, or the key is refused."""


class NoAnswer(GeocodingError):
    """The provider answered that it does not know, or with a point that cannot be."""


@dataclass(frozen=True)
class Answer:
    """A point in WGS-84 degrees, and how sure the provider is in terms of our ladder."""

    lon: float
    lat: float
    precision: Precision
    source: LocationSource
    source_datum: str


class Provider(Protocol):
    """One online geocoder. `ask` raises the errors above."""

    name: str

    def ask(self, address: str) -> Answer: ...


def what_is_sent(address: str) -> str:
    """The address without anything that could be a telephone or ID number."""
    return _NUMBERS.sub("", address).strip()


def call(geocoder: Geocoder, address: str, **options: Any) -> Any:
    """Ask through geopy; its errors become ours.

    Raises:
        QuotaSpent, Unavailable, NoAnswer
    """
    try:
        with warnings.catch_warnings():
            # geopy warns of a latitude beyond 90 before it refuses it.
            warnings.simplefilter("ignore", UserWarning)
            found = geocoder.geocode(what_is_sent(address), exactly_one=True, **options)
    except (GeocoderAuthenticationFailure, GeocoderInsufficientPrivileges):
        raise QuotaSpent("在线地址服务拒绝了密钥") from None
    except GeocoderQuotaExceeded as spent:
        wait = getattr(spent, "retry_after", None) or 0
        raise QuotaSpent("在线地址服务的次数已用完", float(wait)) from None
    except GeopyError as problem:
        raise Unavailable(f"在线地址服务不可用（{type(problem).__name__}）") from None
    except _UNREADABLE as problem:
        # A body of another shape than promised breaks geopy's parsers in many ways.
        raise Unavailable(f"在线地址服务的回答无法读取（{type(problem).__name__}）") from None
    if found is None or not isinstance(found.raw, dict):
        raise NoAnswer("在线地址服务没有找到这个地址")
    return found


def checked_point(
    lon: Any, lat: Any, to_wgs84: Callable[[float, float], tuple[float, float]]
) -> tuple[float, float]:
    """The point in WGS-84.

    Raises:
        NoAnswer: not two finite numbers, (0, 0), or not in China.
    """
    try:
        x, y = float(lon), float(lat)
    except (TypeError, ValueError):
        raise NoAnswer("在线地址服务给出的坐标无法读取") from None
    if not (isfinite(x) and isfinite(y)) or outside_china(x, y):
        raise NoAnswer("在线地址服务给出的点不在境内")
    return to_wgs84(x, y)


class CappedAdapter(BaseSyncAdapter):
    """geopy's HTTP, limited: JSON only, so many bytes, so many seconds, no redirects."""

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._open = build_opener(
            ProxyHandler(proxies), HTTPSHandler(context=ssl_context), NoRedirects()
        ).open

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        return json.loads(self.get_text(url, timeout=timeout, headers=headers), parse_constant=_no)

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        deadline = time.monotonic() + timeout
        try:
            with self._open(Request(url, headers=headers), timeout=timeout) as answer:  # noqa: S310
                return read_capped(answer, deadline).decode("utf-8")
        except HTTPError as error:
            headers = {name.lower(): value for name, value in error.headers.items()}
            error.close()
            raise AdapterHTTPError(
                "refused", status_code=error.code, headers=headers, text=""
            ) from None


def _no(constant: str) -> float:
    raise ValueError(f"{constant} is not a number")
