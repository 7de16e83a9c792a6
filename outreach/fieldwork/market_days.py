"""集市日: when a village's market is held next.

Markets in the countryside go by the farmers' calendar: 逢二、七 is every lunar
2nd, 7th, 12th, 17th, 22nd and 27th. A lunar month begins on the day of the new
moon in Beijing's time, and the day of the month is all that is asked here, so
the moon's own formula is enough (Meeus, Astronomical Algorithms, chapter 49;
good to about a minute for this century).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import radians, sin
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
SYNODIC = 29.530588861  # days from new moon to new moon, on average
FIRST_NEW_MOON = date(2000, 1, 6)
TT_MINUS_UT = timedelta(seconds=72)  # in this decade; it changes by a second in years
DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九十")} | {"零": 0}
NAMES = "初一 初二 初三 初四 初五 初六 初七 初八 初九 初十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十".split()
NAMES += "廿一 廿二 廿三 廿四 廿五 廿六 廿七 廿八 廿九 三十".split()
EVERY = re.compile(r"[逢排]([〇零一二三四五六七八九十0-9、,，和及.\s]+)")
SOLAR = re.compile(r"公历|阳历")
LOOK_AHEAD = 40  # days; every rule comes round within a month


@dataclass(frozen=True)
class Market:
    """The next market: its day, how many days ahead, and the lunar day it falls on."""

    day: date
    ahead: int
    lunar: str  # 初二; empty where the rule goes by the common calendar


def next_market(text: str, today: date) -> Market | None:
    """The first day from `today` on that the rule names; None where it is not understood.

    ``逢二、七``, ``逢2逢7``, ``逢五排十`` are understood; the last digit of the
    day decides (十 is 0). With 公历 or 阳历 in it the common calendar counts.
    """
    digits = set(_last_digits(text))
    if not digits:
        return None
    solar = bool(SOLAR.search(text))
    for ahead in range(LOOK_AHEAD):
        day = today + timedelta(days=ahead)
        number = day.day if solar else lunar_day(day)
        if number % 10 in digits:
            return Market(day, ahead, "" if solar else NAMES[number - 1])
    return None


def _last_digits(text: str) -> Iterator[int]:
    for listed in EVERY.findall(text):
        for word in re.findall(r"[0-9]+|[〇零一二三四五六七八九十]", listed):
            yield (int(word[-1]) if word.isdecimal() else DIGITS[word] % 10)


def lunar_day(day: date) -> int:
    """The day of the lunar month, 1 to 30, of a date from 1950 to 2100."""
    number = int((day - FIRST_NEW_MOON).days / SYNODIC) + 1
    begins = next(start for k in range(number, number - 4, -1) if (start := _begins(k)) <= day)
    return (day - begins).days + 1


def _begins(number: int) -> date:
    """The first day of a lunar month, counted from the one of January 2000."""
    return new_moon(number).astimezone(BEIJING).date()


def new_moon(number: int) -> datetime:
    """The moment of a new moon, counted from the one of 6 January 2000."""
    k, t = number, number / 1236.85
    earth = 1 - 0.002516 * t - 0.0000074 * t**2
    sun = radians(2.5534 + 29.10535670 * k - 0.0000014 * t**2)
    moon = radians(201.5643 + 385.81693528 * k + 0.0107582 * t**2)
    latitude = radians(160.7108 + 390.67050284 * k - 0.0016118 * t**2)
    node = radians(124.7746 - 1.56375588 * k + 0.0020672 * t**2)
    days = 2451550.09766 + SYNODIC * k + 0.00015437 * t**2
    days += (
        -0.40720 * sin(moon)
        + 0.17241 * earth * sin(sun)
        + 0.01608 * sin(2 * moon)
        + 0.01039 * sin(2 * latitude)
        + 0.00739 * earth * sin(moon - sun)
        - 0.00514 * earth * sin(moon + sun)
        + 0.00208 * earth**2 * sin(2 * sun)
        - 0.00111 * sin(moon - 2 * latitude)
        - 0.00057 * sin(moon + 2 * latitude)
        + 0.00056 * earth * sin(2 * moon + sun)
        - 0.00042 * sin(3 * moon)
        + 0.00042 * earth * sin(sun + 2 * latitude)
        + 0.00038 * earth * sin(sun - 2 * latitude)
        - 0.00024 * earth * sin(2 * moon - sun)
        - 0.00017 * sin(node)
        + 0.000325 * sin(radians(299.77 + 0.107408 * k - 0.009173 * t**2))
        + 0.000165 * sin(radians(251.88 + 0.016321 * k))
    )
    noon_2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
    return noon_2000 + timedelta(days=days - 2451545.0) - TT_MINUS_UT
