"""One day, however it is written."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whitelist.imports.values.dates import parse
from whitelist.imports.values.text import Invalid

FORMS = (
    "{0:%Y-%m-%d}", "{0:%Y/%m/%d}", "{0:%Y.%m.%d}", "{0:%Y%m%d}", "{0.year}年{0.month}月{0.day}日",
    "{0.year}-{0.month}-{0.day}", "{0.year}/{0.month}/{0.day}", "{0:%Y-%m-%d} 00:00:00",
    "{0:%Y-%m-%d}T08:30:00", "{0:%Y/%m/%d} 8:30", "{0:%Y-%m-%d}T00:00:00Z",
)  # fmt: skip


@given(st.dates(date(1930, 1, 1), date(2118, 12, 31)), st.sampled_from(FORMS))
def test_written_out(day: date, form: str) -> None:
    assert parse(form.format(day)) == day


@given(st.dates(date(1930, 1, 1), date(2118, 12, 31)))
def test_full_width(day: date) -> None:
    assert parse("".join(chr(ord(char) + 0xFEE0) for char in f"{day:%Y-%m-%d}")) == day


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        ("45291", date(2023, 12, 31)),
        ("45291.0", date(2023, 12, 31)),
        ("45291.99", date(2023, 12, 31)),
        ("36526", date(2000, 1, 1)),
        ("36585", date(2000, 2, 29)),
    ],
)
def test_serials(serial: str, day: date) -> None:
    assert parse(serial) == day


def test_serials_counted_from_1904() -> None:
    assert parse("35064", date1904=True) == date(2000, 1, 1)


@pytest.mark.parametrize(
    "text",
    ["2023-02-29", "20231301", "2023-13-01", "31/12/2023", "12/31/2023", "23-12-31", "明年", "长期",
     "0", "1", "202312", "2023-12", "999999", "0000-00-00", "20230931"],
)  # fmt: skip
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text)
    assert caught.value.code == "date_invalid"


@given(st.text(max_size=30))
def test_any_text_is_answered(text: str) -> None:
    with contextlib.suppress(Invalid):
        assert isinstance(parse(text), date)
