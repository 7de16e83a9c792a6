"""Dates, in all the ways lists write them."""

import re
from datetime import date, timedelta
from functools import lru_cache

from whitelist.imports.values.text import Invalid, half_width

_EIGHT = re.compile(r"^(\d{4})(\d{2})(\d{2})$", re.ASCII)
_PARTS = re.compile(
    r"^(\d{4})\s*[-/.．。年]\s*(\d{1,2})\s*[-/.．。月]\s*(\d{1,2})\s*[日号]?(?:[ T]*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?$",
    re.ASCII,
)
_SERIAL = re.compile(r"^(\d{5})(?:\.\d+)?$", re.ASCII)
# Day 0 that makes serial 61 and later right: the 1900 system counts a 29 February too many.
_EPOCH_1900 = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)


@lru_cache(maxsize=4096)
def parse(text: str, *, date1904: bool = False) -> date:
    """``2023-12-31``, ``2023/12/31``, ``2023.12.31``, ``20231231``, ``2023年12月31日`` or a serial.

    Serials (45291) are spreadsheet days; `date1904` for workbooks that count from 1904.

    Raises:
        Invalid: ``date_invalid``.
    """
    text = half_width(text).strip()
    if text.endswith(".0"):
        text = text[:-2]
    match = _EIGHT.match(text) or _PARTS.match(text)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
        serial = _SERIAL.match(text)
        if serial:
            return (_EPOCH_1904 if date1904 else _EPOCH_1900) + timedelta(days=int(serial[1]))
    except (ValueError, OverflowError):
        pass
    raise Invalid("date_invalid")
