"""Reads tiles as the browser does, for tests: the inverse of `marketing_map.map_answers.tile_wire`."""

from itertools import accumulate
from typing import Any

from marketing_map.map_answers.tile_wire import CELL, CELLS_A_SIDE, DIGITS, STEP


def numbers(text: str, n: int) -> list[int]:
    """The n numbers of a column."""
    found = [0] * n
    for at, digit in enumerate(text):
        found[at % n] = found[at % n] * 64 + DIGITS.index(digit)
    return found


def words(given: list[str]) -> list[str]:
    start, *rest = given
    return [start + each for each in rest]


def cells(data: dict[str, Any]) -> list[list[int]]:
    """``[x, y, n of each state …]``; x and y are right to a few pixels."""
    n = data["n"]
    at, x, y = (numbers(data[name], n) for name in ("at", "x", "y"))
    states = [numbers(text, n) for text in data["states"]]
    return [
        [
            cell % CELLS_A_SIDE * CELL + x[i] * STEP + STEP // 2,
            cell // CELLS_A_SIDE * CELL + y[i] * STEP + STEP // 2,
            *(column[i] for column in states),
        ]
        for i, cell in enumerate(at)
    ]


def pins(data: dict[str, Any]) -> list[tuple[int, int, int]]:
    """``(id, key from the first of the tile, look)``."""
    n = data["n"]
    ids = [data["least"] + pk for pk in numbers(data["id"], n)]
    keys = accumulate(numbers(data["key"], n))
    return list(zip(ids, keys, numbers(data["look"], n), strict=True))


def spots(data: dict[str, Any]) -> list[list[Any]]:
    """``[key, precision, total, done, expiring, code, name, n of each state …]``."""
    given = data["spots"]
    n = given["n"]
    columns = [numbers(given[name], n) for name in ("precision", "total", "done", "expiring")]
    states = [numbers(text, n) for text in given["states"]]
    rows = zip(
        accumulate(numbers(given["key"], n)),
        *columns,
        words(given["code"]),
        given["name"],
        *states,
        strict=True,
    )
    return [list(row) for row in rows]


def heads(data: dict[str, Any]) -> int:
    """How many leads a tile stands for."""
    if data["kind"] == "cells":
        return sum(sum(cell[2:]) for cell in cells(data))
    return data["n"] + sum(sum(spot[7:]) for spot in spots(data))
