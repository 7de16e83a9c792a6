"""Amounts in whole 元."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whitelist.imports.values.amounts import amount, score
from whitelist.imports.values.text import Invalid

YUAN, WAN = 1, 10_000


@pytest.mark.parametrize(
    ("text", "unit", "yuan"),
    [
        ("500000", YUAN, 500_000), ("500,000.00", YUAN, 500_000), ("￥500000", YUAN, 500_000),
        ("５０００００", YUAN, 500_000), ("5E5", YUAN, 500_000), ("500000.99", YUAN, 500_000),
        ("50", WAN, 500_000), ("12.35", WAN, 123_500), ("50万", YUAN, 500_000), ("50万元", WAN, 500_000),
        ("80000元", WAN, 80_000), ("0.5", WAN, 5_000), ("100000000", YUAN, 100_000_000),
    ],
)  # fmt: skip
def test_amounts(text: str, unit: int, yuan: int) -> None:
    assert amount(text, unit=unit) == yuan


@pytest.mark.parametrize(
    "text", ["0", "-1", "0.4", "五十万", "abc", "1 2 x", "NaN", "inf", "1e999999", "--", ",", "²"]
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        amount(text, unit=YUAN)
    assert caught.value.code == "amount_invalid"


@pytest.mark.parametrize(("text", "unit"), [("100000001", YUAN), ("500000", WAN), ("9e99", YUAN)])
def test_too_large(text: str, unit: int) -> None:
    with pytest.raises(Invalid) as caught:
        amount(text, unit=unit)
    assert caught.value.code == "amount_too_large"


@given(st.integers(1, 10_000))
def test_ten_thousands_are_exact(tenths: int) -> None:
    assert amount(str(Decimal(tenths) / 10), unit=WAN) == tenths * 1_000


@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), ("0.8765", "0.8765"), ("85%", "0.8500"), ("85", "85.0000"), ("0.12345", "0.1234")],
)
def test_scores(text: str, value: str | None) -> None:
    assert score(text) == (value and Decimal(value))


@pytest.mark.parametrize("text", ["高", "-0.1", "1000", "nan"])
def test_what_is_no_score(text: str) -> None:
    with pytest.raises(Invalid):
        score(text)


@given(st.text(max_size=20))
def test_any_text_is_answered(text: str) -> None:
    for parse in (lambda t: amount(t, unit=YUAN), score):
        with contextlib.suppress(Invalid):
            parse(text)
