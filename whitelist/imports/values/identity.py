"""ID numbers: GB 11643-1999, and how spreadsheets ruin them."""

import re
from datetime import date
from functools import lru_cache
from operator import mul

from whitelist.imports.values.text import Invalid, compact, is_scientific

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ZEROS = ord("0") * sum(_WEIGHTS)
_CHECK_DIGITS = "10X98765432"
_EIGHTEEN = re.compile(r"^\d{17}[\dX]$", re.ASCII)
_FIFTEEN = re.compile(r"^\d{15}$", re.ASCII)
_OTHER_DOCUMENT = re.compile(r"^[A-Z0-9()\-第号字\u4e00-\u9fff]{4,40}$")
ID_CARD = "身份证"
_ID_CARD_NAMES = frozenset(
    {
        "身份证",
        "居民身份证",
        "二代身份证",
        "第二代居民身份证",
        "身份证件",
        "临时身份证",
        "临时居民身份证",
        "idcard",
    }
)
# Provinces of GB/T 2260, as they begin an ID number.
_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54"
    " 61 62 63 64 65 71 81 82 83".split()
)
_OLDEST = date(1900, 1, 1)
_DEMO_AREAS = ("3799", "4199")


def check_digit(first_seventeen: str) -> str:
    """The eighteenth character: ISO 7064 MOD 11-2 (GB 11643)."""
    total = sum(map(mul, first_seventeen.encode("ascii"), _WEIGHTS)) - _ZEROS
    return _CHECK_DIGITS[total % 11]


def id_type(text: str) -> str:
    """The type of document; the many names of the ID card become one. Empty means ID card."""
    text = compact(text)
    if not text or text.lower() in _ID_CARD_NAMES:
        return ID_CARD
    return text[:20]


def id_number(text: str, kind: str) -> str:
    """The number in its normal form: eighteen characters, capital X; 15 digits are upgraded.

    `kind` as `id_type` returns it; only an ID card's number has a check digit.
    A type given as a code (``01``) is an ID card when the number looks like one.

    Raises:
        Invalid: id_digits_lost, id_check_digit, id_bad_date, id_malformed.
    """
    if _EIGHTEEN.match(text):
        return _checked(text)
    number = compact(text).upper().replace("Ｘ", "X").replace("×", "X")
    if is_scientific(number):
        raise Invalid("id_digits_lost")
    if _EIGHTEEN.match(number):
        return _checked(number)
    if _FIFTEEN.match(number) and (kind == ID_CARD or kind.isalnum()):
        upgraded = number[:6] + "19" + number[6:]
        _require_birthday(upgraded)
        return upgraded + check_digit(upgraded)
    if kind != ID_CARD and _OTHER_DOCUMENT.match(number):
        return number
    raise Invalid("id_malformed", length=len(number))


def _checked(number: str) -> str:
    right = number[17] == check_digit(number[:17])
    if not right and number.endswith("000"):
        raise Invalid("id_digits_lost")  # a spreadsheet keeps fifteen digits and writes zeros
    _require_birthday(number)
    if not right:
        raise Invalid("id_check_digit")
    return number


def _require_birthday(number: str) -> None:
    born = _day(number[6:14])
    if born is None or not _OLDEST <= born <= date.today():
        raise Invalid("id_bad_date")


@lru_cache(maxsize=65_536)
def _day(digits: str) -> date | None:
    """YYYYMMDD as a date; None when there is no such day. People share birthdays."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def area_is_known(number: str, *, demo_allowed: bool) -> bool:
    """Whether the first six digits can be a county by the rules of GB/T 2260.

    Province of the standard; prefecture 01–70 or 90 (counties directly under a
    province); county not 00. Abolished counties stay valid that way: people
    keep the number they were born with.
    """
    if demo_allowed and number.startswith(_DEMO_AREAS):
        return True
    prefecture = int(number[2:4])
    return (
        number[:2] in _PROVINCES
        and (1 <= prefecture <= 70 or prefecture == 90)
        and number[4:6] != "00"
    )
