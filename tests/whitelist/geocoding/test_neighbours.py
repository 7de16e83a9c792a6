"""Neighbours share an answer: the ladder that remembers says what the one that does not says."""

import random
import re

import pytest

from benchmarks import corruptions
from benchmarks.geocoding import DATA, shipped, villages_of
from whitelist.geocoding.ladder import Addresses, Found, Ladder

LINES = shipped()


class Forgetful(Ladder):
    """Works every address out afresh."""

    def _keep(self, key: tuple[str, str, str], found: Found) -> None:
        pass


def places(*more: tuple[str, str, str]) -> list[tuple[int, str, str, str, float, float]]:
    return [
        (n, code, name, level, 100 + n / 1e6, 30.0)
        for n, (code, name, level) in enumerate([*LINES, *more], 1)
    ]


def other_houses(address: str, dice: random.Random) -> list[str]:
    """The address with other figures in it, and with a group and house of its own."""
    figures = re.sub("[0-9]+", lambda _: str(dice.randint(1, 120)), address)
    ends = [f"{dice.randint(1, 30)}{unit}" for unit in ("组", "号", "队", "")]
    return [address, figures, *(address + end for end in ends), f"{address}{ends[0]}{ends[1]}"]


@pytest.mark.parametrize("county", sorted(path.stem for path in DATA.glob("*.csv")))
def test_what_is_remembered_is_what_would_be_found(county: str) -> None:
    remembers, forgets = Ladder(places()), Forgetful(places())
    dice = random.Random(7)
    asked = corruptions.questions(villages_of(county, LINES), 1500, dice)
    for question in asked:
        for address in other_houses(question.address, dice):
            where = Addresses(home=address, division_code=question.division_code)
            assert remembers.locate(where) == forgets.locate(where), address
    assert remembers._known


@pytest.mark.parametrize("name", ["刘庄3队", "刘庄３", "5号院村民委员会"])
def test_where_villages_are_named_by_numbers_nothing_is_made_alike(name: str) -> None:
    ladder = Ladder([(1, "370783112201", name, "village", 118.0, 36.0)])
    assert ladder._neighbours("稻田镇刘庄3组12号") == "稻田镇刘庄3组12号"


def test_only_figures_of_groups_and_houses_are_made_alike() -> None:
    ladder = Ladder([(1, "370783112201", "刘庄村委会", "village", 118.0, 36.0)])
    assert ladder._neighbours("2区刘庄村3组12号") == "2区刘庄村1组1号"
    assert ladder._neighbours("刘庄3村") == "刘庄3村"
