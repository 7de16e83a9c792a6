"""集市日: the farmers' calendar, and rules as villages say them."""

from datetime import date
from itertools import pairwise

import pytest

from outreach.fieldwork.market_days import lunar_day, next_market

# The first days of years: known for every one of them.
NEW_YEARS = """1985-02-20 1995-01-31 2008-02-07 2020-01-25 2021-02-12 2022-02-01 2023-01-22
2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-03 2033-01-31""".split()
MOON_FESTIVALS = "2020-10-01 2023-09-29 2024-09-17 2025-10-06 2026-09-25".split()


@pytest.mark.parametrize("day", NEW_YEARS)
def test_the_year_begins_on_a_first(day: str) -> None:
    assert lunar_day(date.fromisoformat(day)) == 1


@pytest.mark.parametrize("day", MOON_FESTIVALS)
def test_the_moon_festival_is_a_fifteenth(day: str) -> None:
    assert lunar_day(date.fromisoformat(day)) == 15


def test_every_month_has_29_or_30_days() -> None:
    days = [lunar_day(date.fromordinal(n)) for n in range(736_000, 748_000)]
    steps = {(a, b) for a, b in pairwise(days) if b != a + 1}
    assert steps == {(29, 1), (30, 1)}


@pytest.mark.parametrize(
    ("text", "day", "lunar"),
    [
        ("逢二、七", "2026-02-18", "初二"),
        ("逢二、七（农历）", "2026-02-18", "初二"),
        ("逢2逢7大集", "2026-02-18", "初二"),
        ("逢一、六", "2026-02-17", "初一"),
        ("每月逢五排十", "2026-02-21", "初五"),
        ("逢十", "2026-02-26", "初十"),
        ("公历逢5、0", "2026-02-20", ""),
    ],
)
def test_rules(text: str, day: str, lunar: str) -> None:
    market = next_market(text, date(2026, 2, 17))
    assert market is not None
    assert (market.day.isoformat(), market.lunar) == (day, lunar)
    assert market.ahead == (market.day - date(2026, 2, 17)).days


@pytest.mark.parametrize("text", ["", "周三", "每天", "逢", "逢年过节", "腊月二十六"])
def test_what_is_not_understood_says_nothing(text: str) -> None:
    assert next_market(text, date(2026, 2, 17)) is None
