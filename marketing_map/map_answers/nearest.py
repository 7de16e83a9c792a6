"""The nearest leads to a point, by rings of tile keys.

Where leads are dense, the tile of the point and those around it hold enough of
them, and what is within the last one's distance is surely there. Where a filter
keeps few, or they lie far away, it is known beforehand which cells hold any
(`Counts`): cells are taken from the nearest outwards until they hold enough, then
those that could hold a nearer one. What is taken is measured one by one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Count, F

from marketing_map.map_answers.reach import (
    Cell,
    block_around,
    corners_of,
    metres_to_cell,
    ranges_of,
    reach_of_block,
)
from marketing_map.map_answers.window import CELLS_A_SIDE, COARSE_CELLS_A_SIDE, Window
from outreach import tilekey
from outreach.distance import Point, metres_between
from outreach.pyramid.counting import cells_of
from outreach.pyramid.layers import Kind, finest_zoom
from outreach.pyramid.question import CellQuestion
from outreach.querysets import LeadQuerySet

NEAR = (15, 13)  # tiles about one and four kilometres wide
BEYOND = 10  # … some thirty
FINE, COARSE = 11, 7  # of cells that are counted
FINEST = 20  # cells of some thirty metres
MANY = 2_000  # so many are measured without looking closer
BEHIND = 1_000_000_000.0  # metres: farther than anything

KeyRange = tuple[int, int]
KeyRanges = list[KeyRange]
EVERYWHERE = tilekey.tile_range(0, 0, 0)
# Leads by cell in the rectangle of cells, of this zoom or a finer one, that holds both
# keys: (cells' zoom, n by tile key shifted right).
Counts = Callable[[KeyRange, int], tuple[int, dict[int, int]]]
Found = list[tuple[float, int]]  # metres and lead id, nearest first


def nearest(
    leads: LeadQuerySet,
    lon: float,
    lat: float,
    limit: int,
    *,
    counts: Counts | None = None,
    few: bool = False,
    within: Window | None = None,
) -> list[tuple[int, float]]:
    """(lead id, metres) of the `limit` nearest located leads, nearest first; ties by id.

    Args:
        counts: the same leads counted beforehand; without, they are counted as they are.
        few: an index leads straight to them (one manager's, one village's).
        within: only of those in this window, where there are many.
    """
    leads = leads.located().order_by()
    leads = leads.in_rectangle(*within.corners) if within else leads
    ring = _Rings(leads, (lon, lat), limit)
    found = ring.all_when_few() if few else None
    if found is None:
        found = ring.near()
    if found is None and within:
        found = ring.across(within)
    if found is None:
        found = ring.counted(counts) if counts else ring.growing()
    return [(pk, metres) for metres, pk in sorted(found)[:limit]]


def nearest_within(
    leads: LeadQuerySet, lon: float, lat: float, limit: int, metres: float, *, few: bool = False
) -> list[tuple[int, float]]:
    """`nearest`, of those not farther than so many metres.

    However few there are: nothing outside the circle's rectangle is read but the tiles around.
    """
    ring = _Rings(leads.located().order_by(), (lon, lat), limit)
    found = ring.all_when_few() if few else None
    if found is None:
        found = ring.near()
    if found is None:
        found = ring.in_circle(metres)
    return [(pk, away) for away, pk in sorted(found)[:limit] if away <= metres]


def counts_from(question: CellQuestion) -> Counts:
    """Counts made beforehand, for a question that cells answer."""

    def counts(keys: KeyRange, zoom: int) -> tuple[int, dict[int, int]]:
        zoom = min(zoom, finest_zoom(question.kind or Kind.PLAIN, question.depth))
        shift = 2 * (tilekey.ZOOM - zoom)
        whole = keys[0] >> shift << shift, keys[1] | ((1 << shift) - 1)
        at, cells = cells_of(question, zoom, whole, rectangle=True) or (zoom, {})
        return at, {cell: found.total for cell, found in cells.items()}

    return counts


@dataclass(frozen=True)
class _Rings:
    """One question. Leads are located ones, without an order."""

    leads: LeadQuerySet
    point: Point
    limit: int

    @property
    def by_key(self) -> LeadQuerySet:
        return self.leads.looked_up_by_key()

    @property
    def many(self) -> int:
        """More than these are not measured without looking closer; so many are enough."""
        return max(MANY, self.limit)

    def all_when_few(self) -> Found | None:
        """All of them measured; None when they are more than `MANY`."""
        rows = self._rows(self.leads, self.many + 1)
        return rows if len(rows) <= self.many else None

    def near(self) -> Found | None:
        """The answer when the tiles around the point hold it; None when they do not."""
        return self._in_blocks(NEAR)

    def _in_blocks(self, zooms: Iterable[int]) -> Found | None:
        """The answer from the first block, of tiles of these zooms, that holds enough."""
        for zoom in zooms:
            block = ranges_of(block_around(self.point, zoom))
            found = self._rows(self.by_key.in_key_ranges(block), self.many + 1)
            if len(found) > self.many:
                return self._among_many(block, zoom, beyond=True)
            if len(found) >= self.limit:
                return self._complete(found, reach_of_block(self.point, zoom))
        return None

    def in_circle(self, metres: float) -> Found:
        """The nearest in the rectangle around a circle, few or many."""
        ranges = _within(self.point, metres, COARSE_CELLS_A_SIDE)
        rows = self._rows(self.by_key.in_key_ranges(ranges), self.many + 1)
        return rows if len(rows) <= self.many else self._among_many(ranges, NEAR[-1])

    def across(self, window: Window) -> Found:
        """The answer from a window that holds many: its cells, the nearest first."""
        zoom, cells = window.cells(COARSE_CELLS_A_SIDE)
        return self._from_cells(zoom, dict.fromkeys(cells, self.limit))

    def growing(self) -> Found:
        """The answer without counts made beforehand: all when a scope or a filter leaves few,
        else blocks that grow until one holds it."""
        found = self.all_when_few()
        if found is None:
            found = self._in_blocks(range(NEAR[-1] - 2, -1, -2))
        return self._among_many([EVERYWHERE], 0) if found is None else found

    def counted(self, counts: Counts) -> Found:
        """The answer from cells that are known to hold leads."""
        at, cells = counts(corners_of(block_around(self.point, BEYOND)), FINE)
        if sum(cells.values()) >= self.limit:
            found, reach = self._from_cells(at, cells), reach_of_block(self.point, BEYOND)
            if len(found) >= self.limit and found[self.limit - 1][0] <= reach:
                return found
        at, cells = counts(EVERYWHERE, COARSE)
        radius, _ = self._radius_of(at, cells)
        wide = self._by_nearness(at, cells)
        near = [cell for metres, cell, _ in wide if radius is None or metres <= radius]
        return self._from_cells(*counts(_around(near), FINE)) if near else []

    def _radius_of(self, zoom: int, cells: dict[int, int]) -> tuple[float | None, int]:
        """Metres within which `limit` of the leads in these cells surely lie, and how many
        may; None when they are fewer."""
        reach = sorted((_farthest_corner((zoom, at), self.point), n) for at, n in cells.items())
        held = 0
        for metres, n in reach:
            held += n
            if held >= self.limit:
                # Cells that only begin within the radius count too: a diagonal is at
                # most twice a cell's height here.
                width = 40_100_000 / 2**zoom
                return metres, sum(count for far, count in reach if far <= metres + 2 * width)
        return None, held

    def _from_cells(self, zoom: int, cells: dict[int, int]) -> Found:
        """The nearest of the leads in these cells, no more of which are read than need be."""
        waiting = self._by_nearness(zoom, cells)[::-1]
        found: Found = []
        while waiting:
            taken, held = [], 0
            enough = self.limit - len(found)
            bound = found[self.limit - 1][0] if enough <= 0 else BEHIND
            while waiting and (held < enough or enough <= 0) and waiting[-1][0] <= bound:
                _, cell, n = waiting.pop()
                taken.append(cell)
                held += n
            if not taken:
                break
            ranges = ranges_of(taken)
            more = self._rows(self.by_key.in_key_ranges(ranges), self.many + 1)
            if len(more) > self.many:
                more = self._among_many(ranges, zoom)
            found = sorted({*found, *more})
        return found

    def _by_nearness(self, zoom: int, cells: dict[int, int]) -> list[tuple[float, Cell, int]]:
        return sorted(
            (metres_to_cell(self.point, (zoom, at)), (zoom, at), n)
            for at, n in cells.items()
            if n > 0
        )

    def _complete(self, found: Found, reach: float) -> Found:
        """Enough were found in a block: the answer, what lies beside the block included."""
        metres = found[self.limit - 1][0]
        if metres <= reach:
            return found
        ranges = _within(self.point, metres)
        rows = self._rows(self.by_key.in_key_ranges(ranges), self.many + 1)
        return rows if len(rows) <= self.many else self._among_many(ranges, NEAR[0])

    def _among_many(self, ranges: KeyRanges, zoom: int, *, beyond: bool = False) -> Found:
        """The nearest of many leads in these ranges: cells inside them say where to look.

        Args:
            beyond: the ranges are the surroundings of the point: leads outside them, as near
                as some inside, count too.
        """
        while True:
            zoom = min(FINEST, zoom + 4)
            inside = self.by_key.in_key_ranges(ranges)
            cells = _grouped(inside, zoom)
            radius, held = self._radius_of(zoom, cells)
            if radius is None:
                return self._rows(inside)
            if beyond:
                ranges, beyond = _within(self.point, radius), False
            else:
                # Not the circle: of somebody far away it holds all that lies on the way.
                near = [cell for far, cell, _ in self._by_nearness(zoom, cells) if far <= radius]
                ranges = ranges_of(near)
                held = sum(cells[at] for _, at in near)
            if held <= self.many or zoom == FINEST:
                return self._rows(self.by_key.in_key_ranges(ranges))

    def _rows(self, leads: LeadQuerySet, most: int | None = None) -> Found:
        """Leads with their distance, nearest first; any `most` of them when there are more."""
        rows = leads.values_list("pk", "tile_key")[:most]
        return sorted(
            (metres_between(self.point, tilekey.lonlat_of_key(key)), pk) for pk, key in rows
        )


def _around(cells: Iterable[Cell]) -> KeyRange:
    """First and last key of the smallest rectangle that holds these cells."""
    ranges = [ranges_of([cell])[0] for cell in cells]
    firsts = [tilekey.deinterleave(first) for first, _ in ranges]
    lasts = [tilekey.deinterleave(last) for _, last in ranges]
    return (
        tilekey.interleave(min(x for x, _ in firsts), min(y for _, y in firsts)),
        tilekey.interleave(max(x for x, _ in lasts), max(y for _, y in lasts)),
    )


def _grouped(leads: LeadQuerySet, zoom: int) -> dict[int, int]:
    shift = 2 * (tilekey.ZOOM - zoom)
    rows = leads.annotate(cell=F("tile_key").bitrightshift(shift)).values_list("cell")
    return dict(rows.annotate(n=Count("pk")))


def _within(point: Point, metres: float, cells_a_side: int = CELLS_A_SIDE) -> KeyRanges:
    """Ranges that hold the circle. A key stands for the middle of a 2 m tile."""
    return Window.around(*point, metres * 1.001 + 5).key_ranges(cells_a_side)


def _farthest_corner(cell: Cell, point: Point) -> float:
    zoom, at = cell
    x, y = tilekey.deinterleave(at)
    shift = tilekey.ZOOM - zoom
    size = 1 << shift
    corners: Iterable[int] = (
        tilekey.interleave((x << shift) + dx, (y << shift) + dy)
        for dx in (0, size - 1)
        for dy in (0, size - 1)
    )
    return max(metres_between(point, tilekey.lonlat_of_key(key)) for key in corners)
