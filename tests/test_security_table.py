"""docs/security.md speaks of every requirement of ASVS 5.0, levels 1 and 2, once; its places exist."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
# Chapter and section → how many requirements of levels 1 and 2 it has (they are its first ones).
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5,
    "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4,
    "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2,
    "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1,
    "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
STATES = {"met", "part", "no", "bank", "–"}


def rows() -> list[tuple[str, str, str]]:
    table = PAGE.split("## OWASP ASVS")[1]
    found = re.findall(r"^\| (\d[^|]*) \| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)
    return [(numbers, state, where) for numbers, state, where in found]


def numbers_of(text: str) -> list[str]:
    """``1.2.6–1.2.8, 1.3.1`` → each number."""
    found = []
    for part in text.split(", "):
        first, _, last = part.partition("–")
        section, _, number = first.rpartition(".")
        until = int(last.rpartition(".")[2]) if last else int(number)
        found += [f"{section}.{each}" for each in range(int(number), until + 1)]
    return found


def test_each_requirement_is_spoken_of_once() -> None:
    told = Counter(number for numbers, _, _ in rows() for number in numbers_of(numbers))
    wanted = {f"{section}.{at}" for section, n in SECTIONS.items() for at in range(1, n + 1)}
    assert set(told) == wanted
    assert not [number for number, times in told.items() if times > 1]
    assert len(wanted) == 246


def test_each_has_a_state_and_a_reason() -> None:
    assert {state for _, state, _ in rows()} <= STATES
    assert not [numbers for numbers, _, where in rows() if len(where.strip()) < 4]


def test_the_places_named_exist() -> None:
    names = set(re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`|`(tests/[a-z_/]+)`", PAGE))
    paths = {path for pair in names for path in pair if path}
    assert len(paths) > 20
    assert not [path for path in paths if not (ROOT / path).exists()]
