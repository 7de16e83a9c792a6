"""One row of a file: what its cells say, and what is wrong with them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from outreach.feeds.columns import Layout
from outreach.models import Feed
from trust.masking import mask_customer_no
from whitelist.imports.layout import masked
from whitelist.imports.values import amounts, dates, moments
from whitelist.imports.values.text import Invalid, clean, code, compact
from whitelist.models import Product

CLOCK_SKEW = timedelta(minutes=5)
EARLIEST = date(2000, 1, 1)  # what is told of an earlier day is a mistake
MAX_CODE = 40
MAX_SHOWN = 80


# What a cell may look like to be shown as it stands: in a file whose columns have shifted,
# any of them may hold a name, an address or a telephone.
_CUSTOMER_NO = re.compile(r"(?=.*\d)[0-9A-Za-z_.+-]+", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[T ]*\d{1,2}[:：时]\d{1,2}[:：分]?[\d.]*秒?"
    r"(?:Z|[+-]\d{2}:?\d{2})?)?|(?:19|20|21)\d{6}|\d{1,5}(?:\.\d+)?",
    re.ASCII,
)
_AMOUNT = re.compile(r"[¥￥]?[-+]?(?:\d[,，]?){1,8}(?:\.\d{1,6})?[千万亿]*元?", re.ASCII)
_SHAPES = {"at": _MOMENT, "on": _MOMENT, "amount": _AMOUNT}


class Problem(NamedTuple):
    """What is wrong with a row: the code of its sentence, and the cell, masked."""

    row_no: int
    column: str
    code: str
    shown: str


@dataclass(frozen=True)
class Told:
    """A row that says something: of whom, under which key it is told once, and what."""

    row_no: int
    customer_no: str
    key: Any
    content: Any


@dataclass(frozen=True)
class Reading:
    """What reading the rows of one file needs to know."""

    layout: Layout
    latest: datetime  # nothing has happened after it
    products: Mapping[str, int] = field(default_factory=dict)  # code, or name, in capitals → pk

    @classmethod
    def of(cls, feed: Feed, layout: Layout) -> "Reading":
        products = list(Product.objects.all())
        found = {product.name.upper(): product.pk for product in products}
        found |= {product.code.upper(): product.pk for product in products}
        return cls(layout, feed.received_at + CLOCK_SKEW, found)


class Row:
    """One row while it is read. Each question answers a value, or notes a problem and None."""

    def __init__(self, row_no: int, cells: Mapping[str, str], reading: Reading) -> None:
        self.row_no = row_no
        self.reading = reading
        self.problems: list[Problem] = []
        self._cells = cells

    def raw(self, name: str) -> str:
        """The cell as it stands, trimmed."""
        return self._cells.get(name, "").strip()

    def say(self, problem: str, name: str) -> None:
        """Note what is wrong with a cell."""
        shown = shown_of(name, self.raw(name))
        heading = self.reading.layout.heading_of(name)
        self.problems.append(Problem(self.row_no, heading[:40], problem, shown[:MAX_SHOWN]))

    def text(self, name: str, *, required: bool = False) -> str:
        """The cell without blanks around it, invisible characters and words for nothing."""
        try:
            found = clean(self._cells.get(name, ""))
        except Invalid as wrong:
            self.say(wrong.code, name)
            return ""
        if required and not found:
            self.say("missing", name)
        return found

    def customer_no(self) -> str:
        """客户号, as customers are known by it."""
        return self.number("customer_no", required=True).upper()[:MAX_CODE]

    def number(self, name: str, *, required: bool = False) -> str:
        """A number that identifies; one that a spreadsheet has shortened is no number."""
        try:
            return code(self.text(name, required=required))
        except Invalid as wrong:
            self.say(wrong.code, name)
            return ""

    def word(self, name: str, meanings: Mapping[str, Any], *, unknown: str) -> Any:
        """What a word of a closed list means; `unknown` is the problem when it is not in it."""
        written = compact(self.text(name, required=True)).upper()
        if written and written not in meanings:
            self.say(unknown, name)
        return meanings.get(written)

    def moment(self, name: str) -> datetime | None:
        """A moment of the past, in the zone it names or our own."""
        written = self.text(name, required=True)
        if not written:
            return None
        try:
            found = moments.parse(written, date1904=self.reading.layout.date1904)
        except Invalid as wrong:
            self.say(wrong.code, name)
            return None
        if timezone.is_naive(found):
            found = timezone.make_aware(found)
        if found > self.reading.latest:
            self.say("future", name)
            return None
        if timezone.localdate(found) < EARLIEST:
            self.say("too_early", name)
            return None
        return found

    def day(self, name: str, *, required: bool = True) -> date | None:
        """A day of the past, or today."""
        written = self.text(name, required=required)
        if not written:
            return None
        try:
            found = dates.parse(written, date1904=self.reading.layout.date1904)
        except Invalid as wrong:
            self.say(wrong.code, name)
            return None
        if not EARLIEST <= found <= timezone.localdate(self.reading.latest):
            self.say("too_early" if found < EARLIEST else "future", name)
            return None
        return found

    def amount(self, name: str) -> int | None:
        """Whole 元, as lists are read: the cell's own unit, else the heading's."""
        written = self.text(name)
        if not written:
            return None
        try:
            return amounts.amount(written, unit=self.reading.layout.unit_of(name))
        except Invalid as wrong:
            self.say(wrong.code, name)
            return None


def shown_of(name: str, cell: str) -> str:
    """What of a cell may be shown to who mends the file: nothing personal, wherever it stands."""
    if name == "customer_no" and _CUSTOMER_NO.fullmatch(cell):
        return mask_customer_no(cell[:MAX_CODE])
    if name == "serial":
        return masked(cell, "customer_no")
    shape = _SHAPES.get(name)
    if shape is not None and shape.fullmatch(cell):
        return cell
    return f"{cell[0]}**" if cell else ""


def row_of(
    row_no: int, cells: Sequence[str] | None, extra: int, names: Sequence[str], reading: Reading
) -> Row:
    """A row as the reader sent it. One that cannot be trusted at all carries its problem.

    `extra`: how many cells it is longer (or, negative, shorter) than the header.
    """
    row = Row(row_no, dict(zip(names, cells or (), strict=False)), reading)
    if cells is None or extra:
        why = "columns_too_many" if extra > 0 else "columns_missing"
        row.problems.append(Problem(row_no, "", "row_unreadable" if cells is None else why, ""))
    return row
