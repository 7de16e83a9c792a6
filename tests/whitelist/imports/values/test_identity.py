"""ID numbers by GB 11643, and what spreadsheets do to them."""

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whitelist.imports.values.identity import (
    ID_CARD,
    area_is_known,
    check_digit,
    id_number,
    id_type,
)
from whitelist.imports.values.text import Invalid

days = st.integers(0, 40_000).map(lambda n: date(1900, 1, 1) + timedelta(n))


@st.composite
def first_seventeen(draw: st.DrawFn) -> str:
    born = draw(days.filter(lambda day: day <= date(2009, 1, 1)))
    return f"379901{born:%Y%m%d}{draw(st.integers(1, 999)):03d}"


def code_of(text: str, kind: str = ID_CARD) -> str:
    with pytest.raises(Invalid) as caught:
        id_number(text, kind)
    return caught.value.code


def test_the_example_of_the_standard() -> None:
    assert check_digit("11010519491231002") == "X"
    assert id_number("11010519491231002X", ID_CARD) == "11010519491231002X"


@given(first_seventeen())
def test_iso_7064(digits: str) -> None:
    """The definition itself: the weighted sum with the check digit leaves 1 modulo 11."""
    last = check_digit(digits)
    weights = [pow(2, 17 - place, 11) for place in range(18)]
    values = [int(d) for d in digits] + [10 if last == "X" else int(last)]
    assert sum(w * v for w, v in zip(weights, values, strict=True)) % 11 == 1


@given(first_seventeen(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(digits: str, place: int, change: int) -> None:
    right = digits + check_digit(digits)
    wrong = right[:place] + str((int(right[place]) + change) % 10) + right[place + 1 :]
    assert code_of(wrong) in {"id_check_digit", "id_bad_date", "id_digits_lost"}


@given(first_seventeen())
def test_however_it_is_written_it_is_one_number(digits: str) -> None:
    number = digits + check_digit(digits)
    wide = "".join(chr(ord(char) + 0xFEE0) for char in number)
    for written in (number, number.lower(), wide, f" {number[:6]} {number[6:]} "):
        assert id_number(written, ID_CARD) == number


@given(first_seventeen().filter(lambda digits: digits[6:8] == "19"))
def test_fifteen_digits_become_the_eighteen_of_the_same_person(digits: str) -> None:
    assert id_number(digits[:6] + digits[8:], ID_CARD) == digits + check_digit(digits)


@given(first_seventeen().filter(lambda digits: check_digit(digits[:15] + "00") != "0"))
def test_what_a_spreadsheet_keeps_of_it_is_told_as_lost(digits: str) -> None:
    assert code_of(f"{float(digits + '0'):.2E}") == "id_digits_lost"
    assert code_of(digits[:15] + "000") == "id_digits_lost"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4.11E+17", "id_digits_lost"),
        ("4.1142319900101e+17", "id_digits_lost"),
        ("379901198002300011", "id_bad_date"),
        ("379901299901010011", "id_bad_date"),
        ("37990119800101001", "id_malformed"),
        ("3799011980010100100", "id_malformed"),
        ("吕建国", "id_malformed"),
        ("X79901198001010010", "id_malformed"),
    ],
)
def test_what_is_wrong_is_named(text: str, code: str) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize("text", ["", "身份证", "居民身份证", " 身份证 ", "二代身份证", "身份证件"])
def test_the_many_names_of_the_id_card(text: str) -> None:
    assert id_type(text) == ID_CARD


def test_other_documents_have_no_check_digit() -> None:
    assert id_number("e12345678", id_type("护照")) == "E12345678"


@pytest.mark.parametrize(
    ("number", "demo", "known"),
    [
        ("370783", False, True),
        ("110105", False, True),
        ("429004", False, True),
        ("379901", False, False),
        ("379901", True, True),
        ("419901", True, True),
        ("990101", True, False),
        ("370700", False, False),
        ("370083", False, False),
    ],
)
def test_areas(number: str, demo: bool, known: bool) -> None:
    assert area_is_known(number + "19800101001X", demo_allowed=demo) is known


@given(st.text(max_size=30))
def test_any_text_is_answered(text: str) -> None:
    with contextlib.suppress(Invalid):
        id_number(text, ID_CARD)
