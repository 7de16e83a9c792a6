"""Moments in all the ways files write them."""

from datetime import UTC, datetime

import pytest

from whitelist.imports.values import moments
from whitelist.imports.values.text import Invalid


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20 09:30", datetime(2026, 11, 20, 9, 30)),
        ("2026/11/20 9:30:15", datetime(2026, 11, 20, 9, 30, 15)),
        ("2026.11.20 09:30:15.499", datetime(2026, 11, 20, 9, 30, 15)),
        ("2026年11月20日9时30分", datetime(2026, 11, 20, 9, 30)),
        ("2026年11月20日 9时30分15秒", datetime(2026, 11, 20, 9, 30, 15)),
        ("２０２６－１１－２０　０９：３０", datetime(2026, 11, 20, 9, 30)),
        ("20261120093015", datetime(2026, 11, 20, 9, 30, 15)),
        ("20261120 09:30", datetime(2026, 11, 20, 9, 30)),
        ("2026-11-20T09:30:15", datetime(2026, 11, 20, 9, 30, 15)),
        ("2026-11-20T01:30:15Z", datetime(2026, 11, 20, 1, 30, 15, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20)),
        ("20261120", datetime(2026, 11, 20)),
        ("46346.3960069444", datetime(2026, 11, 20, 9, 30, 15)),
        ("46346", datetime(2026, 11, 20)),
        ("46346.9999999", datetime(2026, 11, 21)),
    ],
)
def test_it_is_read(text: str, expected: datetime) -> None:
    assert moments.parse(text) == expected


def test_workbooks_that_count_from_1904() -> None:
    assert moments.parse("44884.5", date1904=True) == datetime(2026, 11, 20, 12)


@pytest.mark.parametrize(
    "text",
    ["", "昨天", "2026-02-30 09:30", "2026-11-20 25:00", "2026-11-20 09:61", "2026-11-20 09:30:60",
     "09:30", "2026-11-20T", "2026112009", "9999-12-31 23:59:59.9", "1E+400", "46346.5.5"],
)  # fmt: skip
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(Invalid, match="moment_invalid"):
        moments.parse(text)
