"""How much a piece of a list speaks for one copy: a likelihood ratio, in natural logarithms.

Each mark of a copy is drawn from a secret of its own, so in a list that does not come
from that copy it is right as often as a die. The ratio of "it comes from here" to "it
does not" then exceeds e**t in at most one of e**t lists of any other origin, whoever
wrote them (Markov's inequality): the threshold follows from how often a wrong name is
acceptable, not from trying.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import lgamma, log

import numpy as np

from outreach.exports.rows import Row
from outreach.exports.seeding import place_in_order, place_of, tail_of

FALSE_ALARM = 1e-4  # one trace in so many may name a wrong copy
DISTORTED = 0.02  # the share of marks that typing anew is reckoned to change
# How likely a person of another list has by chance what a decoy has.
_SAME_NAME, _SAME_NUMBER, _SAME_MASKED, _SAME_PLACE = 1e-3, 1e-8, 1e-4, 1e-1
_NUMBER = re.compile(r"1\d\d(?:\d{4}|\*{4})\d{4}")
Leak = Sequence[Sequence[str]]


def plain(cell: str) -> str:
    """A cell as it is compared: without blanks, full-width forms and a spreadsheet's apostrophe."""
    return "".join(unicodedata.normalize("NFKC", cell).split()).lstrip("'")


@dataclass(frozen=True)
class Seen:
    """A row of the leak that is a customer of the file, and how its address is written there.

    `place` and `tail` are None where the leak does not say, or there is one way only.
    """

    row: Row
    place: int | None = None
    tail: int | None = None


@dataclass
class Findings:
    """What of a leak is in the file of one export: the same for all its copies."""

    n: int  # rows of the file
    seen: list[Seen] = field(default_factory=list)
    strangers: list[frozenset[str]] = field(default_factory=list)


class Finder:
    """Looks rows of a leak up among those of one export, by number, name and address."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.n = len(rows)
        self.by_number: dict[str, list[Row]] = defaultdict(list)
        self.by_name: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            for key in ("phone", "phone2"):
                if row.cells.get(key):
                    self.by_number[str(row.cells[key])].append(row)
            self.by_name[plain(str(row.cells["name"]))].append(row)

    def look_up(self, leak: Leak) -> Findings:
        found = Findings(self.n)
        taken: set[int] = set()
        for line in leak:
            cells = [text for cell in line if (text := plain(cell))]
            row = self._row(cells)
            if row is None:
                found.strangers.append(frozenset(cells))
            elif row.key not in taken:
                taken.add(row.key)
                found.seen.append(_seen(row, cells))
        return found

    def _row(self, cells: Sequence[str]) -> Row | None:
        """The one customer it can be; nobody when it can be several."""
        numbered = [row for cell in cells for row in self.by_number.get(cell, ())]
        if not numbered and any(map(_NUMBER.fullmatch, cells)):
            return None  # somebody of another number
        named = [row for cell in cells for row in self.by_name.get(cell, ())]
        if numbered and named:
            keys = {row.key for row in named}
            numbered = [row for row in numbered if row.key in keys]
        rows = {row.key: row for row in (numbered or named)}
        if len(rows) > 1:
            rows = {key: row for key, row in rows.items() if _tail_in(row, cells)}
        return next(iter(rows.values())) if len(rows) == 1 else None


def _tail_in(row: Row, cells: Iterable[str]) -> tuple[int, str] | None:
    """Which way the end of the address is written, and what stands before it."""
    for cell in cells:
        for way, tail in enumerate(row.address.tails):
            if tail and cell.endswith(plain(tail)):
                return way, cell.removesuffix(plain(tail))
    return None


def _seen(row: Row, cells: Iterable[str]) -> Seen:
    found = _tail_in(row, cells)
    if found is None:
        return Seen(row)
    way, before = found
    places = [plain(place) for place in row.address.places]
    place = places.index(before) if before in places and len(places) > 1 else None
    return Seen(row, place, way if len(row.address.tails) > 1 else None)


@dataclass(frozen=True)
class Weight:
    """What speaks for one copy. `right` of `marks` addresses are written its way."""

    score: float
    marks: int
    right: int
    decoys: int


def weigh(found: Findings, secret: str, decoys: Sequence[Row]) -> Weight:
    """The evidence of a leak for the copy with this secret and these decoys."""
    score, marks, right = 0.0, 0, 0
    for seen in found.seen:
        for written, ways, own in (
            (seen.place, len(seen.row.address.places), place_of),
            (seen.tail, len(seen.row.address.tails), tail_of),
        ):
            if written is not None:
                agrees = own(secret, seen.row) == written
                marks, right = marks + 1, right + agrees
                score += _of_mark(agrees, ways)
    hits = _decoys_in(found, decoys)
    return Weight(score + sum(hits) + _of_order(found, secret), marks, right, len(hits))


def _of_mark(agrees: bool, ways: int) -> float:
    return log((1 - DISTORTED) * ways) if agrees else log(DISTORTED * ways / (ways - 1))


def _of_order(found: Findings, secret: str) -> float:
    """Rows of a village in the copy's own order: one of m! orders, if the leak kept it (half do)."""
    villages: dict[str, list[Row]] = defaultdict(list)
    for seen in found.seen:
        villages[seen.row.group].append(seen.row)
    score = 0.0
    for rows in villages.values():
        if len(rows) < 2:
            continue  # one row is in every order
        own = [place_in_order(secret, row) for row in rows]
        kept = lgamma(len(rows) + 1) if own == sorted(own) else -np.inf
        score += float(np.logaddexp(kept, 0.0)) - log(2)
    return score


def _decoys_in(found: Findings, decoys: Sequence[Row]) -> list[float]:
    """For each decoy that stands in the leak, how much that says.

    Among many strangers one is like it by chance: each that was looked at is one more try.
    """
    hits, tries = [], max(found.n, len(found.strangers))
    for decoy in decoys:
        said = [_of_decoy(decoy, cells, tries) for cells in found.strangers]
        if (most := max(said, default=0.0)) > 0:
            hits.append(most)
    return hits


def _of_decoy(decoy: Row, cells: frozenset[str], tries: int) -> float:
    chance = 1.0
    name, number = plain(str(decoy.cells["name"])), str(decoy.cells.get("phone", ""))
    if name in cells and "*" not in name:
        chance *= _SAME_NAME
    if number and number in cells:
        chance *= _SAME_MASKED if "*" in number else _SAME_NUMBER
    if chance < 1 and _tail_in(decoy, cells):
        chance *= _SAME_PLACE
    return -log(max(tries, 1) * chance)


def threshold(copies: int) -> float:
    """From which score on a copy is named, when so many are compared."""
    return log(max(copies, 1) / FALSE_ALARM)
