"""日报长图: the day of a branch laid out as one tall picture, without any customer.

Everything is placed here, in pixels of a picture 750 wide, so that the template
only draws; what does not fit is cut and says so.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from outreach.morning.activity import CONFIRMED, DEFINITIONS, REPORTED, Activity
from outreach.morning.briefing import Figure, Line

WIDTH = 750
MARGIN = 36
HEAD = 168
TILE = 132
TEXT_LINE = 34
ROW = 56
MOST_ROWS = 40
NAME_WIDTH = 14  # in half characters: a Chinese one counts two
COLUMNS_FROM = 194
TITLE_OF_TABLE = 48
COLUMN = (WIDTH - MARGIN - COLUMNS_FROM) // 8


@dataclass(frozen=True)
class Placed:
    """Something with its place: a number and its label, a line of text, a cell."""

    x: int
    y: int
    text: str
    small: str = ""
    part: str = ""
    is_zero: bool = False


@dataclass(frozen=True)
class Part:
    """自报 or 核实: a heading, its tiles and what each of them counts."""

    y: int
    is_confirmed: bool
    tiles: list[Placed]
    definitions: list[Placed]

    @property
    def tile_width(self) -> int:
        return _tile_width(len(self.tiles))


@dataclass(frozen=True)
class TableRow:
    """A unit's numbers in the order of the columns."""

    y: int
    name: str
    cells: list[Placed]


@dataclass(frozen=True)
class Picture:
    """The whole picture; `left_out` units did not fit."""

    branch: str
    day: date
    as_of: datetime
    parts: list[Part]
    table_y: int
    columns: list[Placed]
    rows: list[TableRow]
    left_out: int
    by_manager: bool
    width: int = WIDTH

    @property
    def confirmed_x(self) -> int:
        """Where the columns of 核实 begin: they stand on a ground of their own."""
        return _column(len(REPORTED) - 1) + 6

    @property
    def confirmed_width(self) -> int:
        return WIDTH - 24 - self.confirmed_x

    @property
    def table_height(self) -> int:
        return ROW * (len(self.rows) + 1)

    @property
    def end_of_rows(self) -> int:
        return self.table_y + self.table_height

    @property
    def foot_y(self) -> int:
        return self.end_of_rows + (TEXT_LINE if self.left_out else 0) + 40

    @property
    def height(self) -> int:
        return self.foot_y + 2 * TEXT_LINE + 40


def picture_of(total: Line, lines: list[Line], day: date, by_manager: bool) -> Picture:
    """Lay out the day of a branch: its totals, then its units from most to least reached."""
    reported = _part(HEAD + 56, total, list(REPORTED), is_confirmed=False)
    below = reported.definitions[-1].y + 72
    confirmed = _part(below, total, list(CONFIRMED), is_confirmed=True)
    table_y = confirmed.definitions[-1].y + 60 + TITLE_OF_TABLE
    ranked = sorted(lines, key=lambda line: (-line.counts[Activity.REACHED], -line.times))
    return Picture(
        branch=cut(total.label, 36),
        day=day,
        as_of=timezone.localtime(),
        parts=[reported, confirmed],
        table_y=table_y,
        columns=[
            Placed(_column(place), table_y + 36, str(activity.label))
            for place, activity in enumerate((*REPORTED, *CONFIRMED))
        ],
        rows=[_row(place, line, table_y) for place, line in enumerate(ranked[:MOST_ROWS])],
        left_out=max(len(ranked) - MOST_ROWS, 0),
        by_manager=by_manager,
    )


def _part(y: int, line: Line, activities: list[Activity], *, is_confirmed: bool) -> Part:
    figures = [line.figure(activity) for activity in activities]
    width = _tile_width(len(figures))
    tiles = [
        _tile(MARGIN + place * (width + 12), y + 20, each) for place, each in enumerate(figures)
    ]
    under = y + 20 + TILE + 40
    definitions = [
        Placed(MARGIN, under + place * TEXT_LINE, str(DEFINITIONS[activity]))
        for place, activity in enumerate(activities)
    ]
    return Part(y, is_confirmed, tiles, definitions)


def _tile(x: int, y: int, figure: Figure) -> Placed:
    part = ""
    if figure.whole:
        part = f"/{figure.whole:,} ({figure.count * 100 // figure.whole}%)"
    return Placed(x, y, f"{figure.count:,}", figure.label, part, is_zero=not figure.count)


def _row(place: int, line: Line, table_y: int) -> TableRow:
    y = table_y + ROW * (place + 1)
    counts = [line.counts[activity] for activity in (*REPORTED, *CONFIRMED)]
    cells = [
        Placed(_column(at), y + 37, f"{count:,}", is_zero=not count)
        for at, count in enumerate(counts)
    ]
    return TableRow(y, cut(line.label, NAME_WIDTH), cells)


def _tile_width(count: int) -> int:
    return (WIDTH - 2 * MARGIN - 12 * (count - 1)) // count


def _column(place: int) -> int:
    """The right edge of a column of numbers."""
    return COLUMNS_FROM + COLUMN * (place + 1)


def cut(text: str, width: int) -> str:
    """The text, or its beginning with … when it is wider than so many half characters."""
    used = 0
    for at, character in enumerate(text):
        used += 1 if character.isascii() else 2
        if used > width:
            return text[: max(at - 1, 0)] + "…"
    return text
