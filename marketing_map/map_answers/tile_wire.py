"""How a tile travels: JSON whose columns are digits, few bytes after compression.

A column of numbers is one string: each number in base 64 (`DIGITS`), all the
first digits, then all the second ones … (planes). Leading digits repeat, so
Brotli and gzip find them; no commas, no signs. A column of zeros is empty. How
wide a number is follows from the length of the string and the row count ``n``.
ADR 0027 has the measurements; `static/js/map/tile_wire.js` reads it.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile
from typing import Any

from marketing_map.map_answers.place_labels import WRITTEN
from outreach import tilekey

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-"
CELL = 128  # screen pixels of the tile a cell is wide
STEP = 4  # … and as fine as its middle is told
CELLS_A_SIDE = 8
LABEL_BITS = 12
LEVELS = tuple(str(level) for level, _, _ in WRITTEN)

Payload = dict[str, Any]


def encoded(payload: Payload) -> Payload:
    """A payload of `tiles.tile` as it travels."""
    if payload["kind"] == "cells":
        return {"kind": "cells", **_cells(payload["cells"])}
    return {"kind": "pins", **_pins(payload["pins"]), "spots": _spots(payload["spots"])}


def encoded_labels(labels: Sequence[Sequence[Any]], z: int, x: int, y: int) -> Payload:
    """Labels of `labels_in_tile`; ``x`` and ``y`` count 1/4096 of the tile."""
    bits = min(LABEL_BITS, tilekey.ZOOM - z)
    fine = [tilekey.tile_of_key(tilekey.key_of(lon, lat), z + bits) for *_, lon, lat in labels]
    most = (1 << bits) - 1
    return {
        "n": len(labels),
        "code": texts([label[0] for label in labels]),
        "name": [label[1] for label in labels],
        "level": column(LEVELS.index(label[2]) for label in labels),
        "x": column(min(max(at - (x << bits), 0), most) for at, _ in fine),
        "y": column(min(max(at - (y << bits), 0), most) for _, at in fine),
    }


def text_of(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def tag_of(text: str) -> str:
    """Eight characters that are others when the text is another: by them a tile is revalidated."""
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def column(values: Iterable[int]) -> str:
    """Numbers from 0 up as base-64 digits by plane; zeros alone are the empty string."""
    numbers = list(values)
    most = max(numbers, default=0)
    width = -(-most.bit_length() // 6)
    return "".join(
        "".join([DIGITS[number >> shift & 63] for number in numbers])
        for shift in range(6 * (width - 1), -1, -6)
    )


def texts(values: Sequence[str]) -> list[Any]:
    """``[what all begin with, the rest of each …]``."""
    start = ""
    if len(values) > 1:  # what the first and the last in order share, all share
        pairs = takewhile(lambda pair: pair[0] == pair[1], zip(min(values), max(values)))  # noqa: B905
        start = "".join(letter for letter, _ in pairs)
    return [start, *(value[len(start) :] for value in values)]


def _cells(rows: Sequence[Sequence[int]]) -> Payload:
    """``at`` counts cells row by row; ``x``, ``y`` lie within the cell, in steps of four pixels."""
    xs = [min(row[0], CELL * CELLS_A_SIDE - 1) for row in rows]
    ys = [min(row[1], CELL * CELLS_A_SIDE - 1) for row in rows]
    return {
        "n": len(rows),
        "at": column(x // CELL + y // CELL * CELLS_A_SIDE for x, y in zip(xs, ys, strict=True)),
        "x": column(x % CELL // STEP for x in xs),
        "y": column(y % CELL // STEP for y in ys),
        "states": _states([row[2:] for row in rows]),
    }


def _pins(rows: Sequence[tuple[int, int, int]]) -> Payload:
    """Ids count from the ``least``; keys, in order, from the one before."""
    least = min((pk for pk, _, _ in rows), default=0)
    return {
        "n": len(rows),
        "least": least,
        "id": column(pk - least for pk, _, _ in rows),
        "key": column(_steps([key for _, key, _ in rows])),
        "look": column(look for _, _, look in rows),
    }


def _spots(rows: Sequence[Sequence[Any]]) -> Payload:
    """The columns of `tiles.pins`' spots, which come in the order of their keys."""
    keys, precision, total, done, expiring, codes, names = (
        list(zip(*[row[:7] for row in rows], strict=True)) if rows else [()] * 7
    )
    return {
        "n": len(rows),
        "key": column(_steps(keys)),
        "precision": column(precision),
        "total": column(total),
        "done": column(done),
        "expiring": column(expiring),
        "code": texts(codes),
        "name": list(names),
        "states": _states([row[7:] for row in rows]),
    }


def _states(rows: Sequence[Sequence[int]]) -> list[str]:
    """A column of each state, those that nobody is in left out at the end."""
    widest = max((len(row) for row in rows), default=0)
    return [
        column(row[state] if state < len(row) else 0 for row in rows) for state in range(widest)
    ]


def _steps(values: Sequence[int]) -> list[int]:
    """Each as the difference to the one before."""
    return [value - before for before, value in pairwise((0, *values))]
