"""Telephone numbers."""

import re

from whitelist.imports.values.text import Invalid, code, half_width

_MOBILE = re.compile(r"^1[3-9]\d{9}$", re.ASCII)
_LANDLINE = re.compile(r"^0\d{9,11}$", re.ASCII)
_FILLING = re.compile(r"[\s\-—–()（）.]+")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=1\d{10}$)")


def mobile(text: str) -> str:
    """Eleven digits, without country code, blanks and hyphens.

    Raises:
        Invalid: phone_digits_lost, phone_invalid.
    """
    number = _digits(text)
    if not _MOBILE.match(number):
        raise Invalid("phone_invalid")
    return number


def any_phone(text: str) -> str:
    """A mobile, or a landline with its area code.

    Raises:
        Invalid: phone_digits_lost, phone_invalid.
    """
    number = _digits(text)
    if not (_MOBILE.match(number) or _LANDLINE.match(number)):
        raise Invalid("phone_invalid")
    return number


def _digits(text: str) -> str:
    if len(text) == 11 and text.isascii() and text.isdigit():
        return text
    try:
        text = code(text)
    except Invalid:
        # 1.69E+10 may still be whole when every digit is written out.
        text = _expanded(half_width(text))
    return _COUNTRY.sub("", _FILLING.sub("", half_width(text)))


def _expanded(text: str) -> str:
    mantissa, _, exponent = text.upper().partition("E")
    if len(mantissa.replace(".", "")) == 11 and int(exponent) == 10:
        return mantissa.replace(".", "")
    raise Invalid("phone_digits_lost")
