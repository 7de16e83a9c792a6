"""Amounts in whole 元, scores."""

import re
from decimal import ROUND_FLOOR, Decimal, InvalidOperation

from whitelist.imports.values.text import Invalid, compact

MAX_AMOUNT = 100_000_000  # 元; more is a unit gone wrong
SMALL_AMOUNT = 1_000  # 元; less is probably 万元
_AMOUNT = re.compile(
    r"^[¥￥]?(?:rmb|cny|人民币)?([+-]?[\d,]*\.?\d+(?:e\+?\d{1,2})?)\.?(万元?|元)?整?$", re.I
)
_WAN = 10_000
_UNITS = {"万": _WAN, "万元": _WAN, "元": 1}


def amount(text: str, *, unit: int) -> int:
    """Whole 元, fractions cut off. `unit` is the column's, 1 or 10,000; the cell's own wins.

    Raises:
        Invalid: amount_invalid (not a number, or not above zero), amount_too_large.
    """
    text = compact(text)
    if text.isdigit() and text.isascii():
        value = Decimal(text)
    else:
        match = _AMOUNT.match(text)
        if not match:
            raise Invalid("amount_invalid")
        value = _decimal(match[1].replace(",", ""), "amount_invalid")
        unit = _UNITS.get(match[2] or "", unit)
    whole = int((value * unit).to_integral_value(ROUND_FLOOR))
    if whole <= 0:
        raise Invalid("amount_invalid")
    if whole > MAX_AMOUNT:
        raise Invalid("amount_too_large")
    return whole


def score(text: str) -> Decimal | None:
    """A score with at most four decimals, as written; ``85%`` is 0.85. None for nothing.

    Raises:
        Invalid: ``score_invalid``.
    """
    text = compact(text)
    if not text:
        return None
    value = _decimal(text.removesuffix("%"), "score_invalid")
    value = value / 100 if text.endswith("%") else value
    if not 0 <= value < 1000:
        raise Invalid("score_invalid")
    return value.quantize(Decimal("0.0001"))


def _decimal(text: str, code: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Invalid(code) from None
    if not value.is_finite():
        raise Invalid(code)
    return value
