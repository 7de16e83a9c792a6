"""Counts from the cells: what was folded, plus the journal, minus what ended unnoticed.

All in one statement: while rows move from the journal to the cells, a reader sees
them in one of the two.
"""

# Only text of this code is put into statements; values are parameters.
# ruff: noqa: S608

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from outreach import tilekey
from outreach.expiry import ENDED_UNMARKED
from outreach.pyramid.layers import (
    OF_LEAD,
    PART_BITS,
    Layer,
    layer_for,
    of_lead,
    part,
)
from outreach.pyramid.question import CellQuestion
from whitelist.imports.statements import fetch

KeyRange = tuple[int, int]
EVERYWHERE = (0, (1 << 48) - 1)
PARTS = 1 << PART_BITS  # of a cell, along each side


@dataclass
class Cell:
    """A cell's leads by state, and the sums of their parts along x and y."""

    n: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    sum_x: int = 0
    sum_y: int = 0

    @property
    def total(self) -> int:
        return sum(self.n.values())


def cells_of(
    question: CellQuestion, zoom: int, keys: KeyRange = EVERYWHERE, *, rectangle: bool = False
) -> tuple[int, dict[int, Cell]] | None:
    """Cells with leads among these keys: (their zoom, by tile key shifted right).

    Args:
        zoom: cells at least as fine as this; `keys` are whole cells of it.
        rectangle: only between the first key's north-west and the last one's south-east.

    None when no layer answers.
    """
    layer = _layer(question, zoom)
    if layer is None:
        return None
    cells: dict[int, Cell] = defaultdict(Cell)
    for at, state, n, x, y in _rows(
        question,
        layer,
        keys,
        "cell, state, SUM(n), SUM(sum_x), SUM(sum_y)",
        "cell, state",
        rectangle=rectangle,
    ):
        cell = cells[at]
        cell.n[state] += n
        cell.sum_x += x
        cell.sum_y += y
    return layer.zoom, dict(cells)


def counts_of(
    question: CellQuestion,
    zoom: int = 0,
    keys: KeyRange = EVERYWHERE,
    *,
    rectangle: bool = False,
) -> dict[int, int]:
    """How many leads among these keys, by state; arguments as of `cells_of`.

    Raises:
        ValueError: no layer answers.
    """
    layer = _layer(question, zoom)
    if layer is None:
        raise ValueError(f"no cells as fine as zoom {zoom}")
    rows = _rows(question, layer, keys, "state, SUM(n)", "state", rectangle=rectangle)
    return dict(rows)


def _layer(question: CellQuestion, zoom: int) -> Layer | None:
    return None if question.kind is None else layer_for(question.kind, zoom, question.depth)


def _rows(
    question: CellQuestion,
    layer: Layer,
    keys: KeyRange,
    columns: str,
    group: str,
    *,
    rectangle: bool = False,
) -> list[tuple[Any, ...]]:
    first, last = question.scope
    grains = question.grains(layer.depth)
    if not grains or keys[0] > keys[1]:
        return []
    values: dict[str, Any] = {
        "first": first,
        "last": last,
        "first_key": keys[0],
        "last_key": keys[1],
        "first_cell": keys[0] >> layer.shift,
        "last_cell": keys[1] >> layer.shift,
        "day": question.day,
        "until": question.until,
    }
    asked = _conditions(question, layer, values)
    sources = [
        f"""
        SELECT cell, state, n, sum_x, sum_y FROM outreach_leadcell
        WHERE layer = {layer.number} AND grain IN ({", ".join(map(str, grains))})
        AND cell BETWEEN %(first_cell)s AND %(last_cell)s {asked}
        """,
        _unfolded(layer, f"SELECT n, {', '.join(OF_LEAD)} FROM outreach_leadchange", asked),
    ]
    if "valid_to" not in layer.kind.columns:
        # Days are not told apart: offers that ended, but whose leads the clock has yet to mark.
        ended = f"SELECT -1 AS n, {of_lead('l')} FROM outreach_lead l"
        only = f"WHERE l.tile_key IS NOT NULL AND {ENDED_UNMARKED}"
        sources.append(_unfolded(layer, f"{ended} {only}", asked, few=True))
    between = f"WHERE {_in_rectangle(values)}" if rectangle else ""
    return fetch(
        f"""
        SELECT {columns} FROM ({" UNION ALL ".join(sources)}) together {between}
        GROUP BY {group} HAVING SUM(n) <> 0
        """,
        **values,
    )


def _in_rectangle(values: dict[str, Any]) -> str:
    """Cells between the first and the last in both directions: bits of x keep their order
    whatever lies between them, and so do bits of y."""
    parts = []
    for axis, bits in (("x", tilekey.X_BITS), ("y", tilekey.Y_BITS)):
        values[f"{axis}_bits"] = bits
        values[f"first_{axis}"] = values["first_cell"] & bits
        values[f"last_{axis}"] = values["last_cell"] & bits
        parts.append(f"(cell & %({axis}_bits)s) BETWEEN %(first_{axis})s AND %(last_{axis})s")
    return " AND ".join(parts)


def _unfolded(layer: Layer, rows: str, asked: str, *, few: bool = False) -> str:
    """Rows at lead grain as rows of the layer.

    Args:
        few: the rows have an index of their own, and hardly any are there. The plus
            signs keep both engines from walking all leads of the tile to find none.
    """
    plus = "+" if few else ""
    return f"""
        SELECT tile_key >> {layer.shift}, state, n,
            CAST(n * {part(layer, 0)} AS integer), CAST(n * {part(layer, 1)} AS integer)
        FROM ({rows}) told
        WHERE {plus}tile_key BETWEEN %(first_key)s AND %(last_key)s
        AND {plus}branch_number BETWEEN %(first)s AND %(last)s {asked}
    """


def _conditions(question: CellQuestion, layer: Layer, values: dict[str, Any]) -> str:
    """The narrowing as SQL, the same for all sources; adds its parameters to `values`."""
    parts = []
    listed = [("state", question.states)] if question.states is not None else []
    for column, wanted in (*listed, *question.values):
        names = []
        for place, value in enumerate(wanted or ()):
            values[f"{column}_{place}"] = value
            names.append(f"%({column}_{place})s")
        parts.append(f"{column} IN ({', '.join(names) or 'NULL'})")
    if "valid_to" in layer.kind.columns:
        parts.append("valid_to >= %(day)s")
        if question.until is not None:
            parts.append("valid_to <= %(until)s")
    return "".join(f" AND {condition}" for condition in parts)
