"""Moments: a date and a time of day, in all the ways files write them."""

import re
from datetime import datetime, time, timedelta
from functools import lru_cache

from whitelist.imports.values import dates
from whitelist.imports.values.text import Invalid, half_width

_TOLD = re.compile(
    r"^(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?)[ T]*"
    r"(\d{1,2})[:时点](\d{1,2})(?:[:分](\d{1,2}(?:\.\d{1,9})?)秒?|分)?$",
    re.ASCII,
)
_DIGITS = re.compile(r"^(\d{8})[ T]*(\d{2}):?(\d{2})(?::?(\d{2}))?$", re.ASCII)
_SERIAL = re.compile(r"^(\d{5})(\.\d+)?$", re.ASCII)
_DAY = 86_400


@lru_cache(maxsize=4096)
def parse(text: str, *, date1904: bool = False) -> datetime:
    """A moment to the second; without a zone when the text names none (then it is local time).

    ``2026-11-20 09:30[:15]``, ``2026/11/20 9:30``, ``2026年11月20日9时30分``,
    ``20261120093015``, ``2026-11-20T09:30:15+08:00``, a spreadsheet's serial
    (46346.396), or a date alone, which is taken as its first moment.

    Raises:
        Invalid: ``moment_invalid``.
    """
    text = " ".join(half_width(text).split())
    try:
        if match := _TOLD.match(text) or _DIGITS.match(text):
            clock = time(int(match[2]), int(match[3]))
            day = datetime.combine(dates.parse(match[1]), clock)
            return _whole(day + timedelta(seconds=_seconds(match[4])))
        if match := _SERIAL.match(text):
            day = datetime.combine(dates.parse(match[1], date1904=date1904), time())
            return day + timedelta(seconds=round(float(match[2] or 0) * _DAY))
        if "T" in text:
            return _whole(datetime.fromisoformat(text))
        return datetime.combine(dates.parse(text, date1904=date1904), time())
    except (Invalid, ValueError, OverflowError):
        raise Invalid("moment_invalid") from None


def _seconds(text: str | None) -> float:
    seconds = float(text or 0)
    if seconds >= 60:
        raise ValueError(text)
    return seconds


def _whole(moment: datetime) -> datetime:
    """To the nearest second: spreadsheets keep no more."""
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)
