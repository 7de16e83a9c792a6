"""Cleaning cells; telephone numbers; yes and no."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whitelist.imports.values.flags import flag
from whitelist.imports.values.phones import any_phone, mobile
from whitelist.imports.values.text import Invalid, clean, code


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  吕建国　", "吕建国"), ("\ufeff吕\u200b建国", "吕建国"), ("'0123", "0123"), ('="0123"', "0123"),
        ("12345\t", "12345"), ("无", ""), ("NULL", ""), ("—", ""), ("a\r\nb", "a  b"), ("\x00\x1f", ""), ("无锡", "无锡"),
    ],
)  # fmt: skip
def test_cells(cell: str, text: str) -> None:
    assert clean(cell) == text


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", " #value! "])
def test_a_formulas_error_is_no_content(cell: str) -> None:
    with pytest.raises(Invalid):
        clean(cell)


@given(st.text(max_size=40))
def test_cleaning_twice_changes_nothing_more(cell: str) -> None:
    try:
        once = clean(cell)
        assert clean(once) == once or once[0] in "'=`"
    except Invalid:
        pass


@pytest.mark.parametrize(
    ("cell", "text"), [("K 001", "K001"), ("10000001.0", "10000001"), ("Ｋ００１", "K001")]
)
def test_codes(cell: str, text: str) -> None:
    assert code(cell) == text


def test_a_code_in_scientific_notation_is_lost() -> None:
    with pytest.raises(Invalid):
        code("4.11E+17")


@pytest.mark.parametrize(
    "written",
    ["16900000001", "169 0000 0001", "169-0000-0001", "+8616900000001", "8616900000001", "008616900000001",
     "１６９０００００００１", "16900000001.0", "1.6900000001E10"],
)  # fmt: skip
def test_one_mobile_however_written(written: str) -> None:
    assert mobile(written) == "16900000001"


@pytest.mark.parametrize(
    "written",
    ["12900000001", "1690000000", "169000000012", "0536-5221234", "吕建国", "²²²²²²²²²²²"],
)
def test_what_is_no_mobile(written: str) -> None:
    with pytest.raises(Invalid):
        mobile(written)


def test_a_landline_serves_as_second_number() -> None:
    assert any_phone("(0536) 5221234") == "05365221234"


@pytest.mark.parametrize(
    ("text", "value"),
    [("", False), ("是", True), ("Y", True), ("1", True), ("否", False), ("0", False)],
)
def test_flags(text: str, value: bool) -> None:
    assert flag(text) is value


def test_an_unclear_flag_is_said() -> None:
    with pytest.raises(Invalid):
        flag("待定")


@given(st.text(max_size=30))
def test_any_text_is_answered(text: str) -> None:
    for parse in (clean, code, mobile, any_phone, flag):
        with contextlib.suppress(Invalid):
            parse(text)
