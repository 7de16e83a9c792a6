"""How a tile travels: nothing is lost, and little is said."""

import json

import brotli
from hypothesis import given
from hypothesis import strategies as st

from marketing_map.map_answers.tile_wire import (
    LABEL_BITS,
    column,
    encoded,
    encoded_labels,
    tag_of,
    text_of,
    texts,
)
from tests.marketing_map import wire

COUNTS = st.lists(st.integers(0, 2_000_000), max_size=8)


@given(st.lists(st.integers(0, 2**48)))
def test_a_column_is_read_back(values: list[int]) -> None:
    assert wire.numbers(column(values), len(values)) == values


def test_zeros_alone_are_nothing() -> None:
    assert column([0, 0, 0]) == "" and wire.numbers("", 3) == [0, 0, 0]


@given(st.lists(st.text()))
def test_texts_are_read_back(values: list[str]) -> None:
    assert wire.words(texts(values)) == values


@given(st.lists(st.tuples(st.integers(1, 2**40), st.integers(0, 2**26), st.integers(0, 255))))
def test_pins_are_read_back(rows: list[tuple[int, int, int]]) -> None:
    rows.sort(key=lambda row: row[1])
    data = json.loads(text_of(encoded({"kind": "pins", "pins": rows, "spots": []})))
    assert wire.pins(data) == rows and wire.spots(data) == []


@given(
    st.lists(
        st.tuples(
            *(st.integers(0, most) for most in (2**26, 6, 9999, 9999, 999)),
            st.text(max_size=12),
            st.text(max_size=8),
            COUNTS,
        )
    )
)
def test_spots_are_read_back(given_rows: list[tuple]) -> None:
    rows = sorted(([*row[:7], *row[7]] for row in given_rows), key=lambda row: row[0])
    data = json.loads(text_of(encoded({"kind": "pins", "pins": [], "spots": rows})))
    widest = max((len(row) for row in rows), default=0)
    assert wire.spots(data) == [row + [0] * (widest - len(row)) for row in rows]


@given(
    st.dictionaries(st.integers(0, 63), st.tuples(st.integers(0, 127), st.integers(0, 127), COUNTS))
)
def test_cells_are_exact_in_number_and_near_in_place(found: dict[int, tuple]) -> None:
    rows = [
        [at % 8 * 128 + x, at // 8 * 128 + y, *counts]
        for at, (x, y, counts) in sorted(found.items())
    ]
    data = json.loads(text_of(encoded({"kind": "cells", "cells": rows})))
    read = wire.cells(data)
    widest = max((len(row) for row in rows), default=2)
    assert [row[2:] for row in read] == [row[2:] + [0] * (widest - len(row)) for row in rows]
    assert all(
        abs(a - b) <= 2
        for old, new in zip(rows, read, strict=True)
        for a, b in zip(old[:2], new[:2], strict=True)
    )


def test_a_middle_on_the_very_edge_stays_in_its_cell() -> None:
    data = encoded({"kind": "cells", "cells": [[1024, 1024, 1]]})
    assert wire.cells(data) == [[1022, 1022, 1]]


def test_labels_on_the_edge_of_their_tile() -> None:
    labels = [["370783", "寿光市", "county", 118.125, 36.5]]
    data = encoded_labels(labels, 6, 53, 25)
    assert wire.numbers(data["x"], 1) == [0]
    assert 0 <= wire.numbers(data["y"], 1)[0] < 1 << LABEL_BITS


def test_another_text_has_another_tag() -> None:
    assert tag_of('{"n":1}') != tag_of('{"n":2}') and len(tag_of("")) == 8


def test_a_dense_tile_costs_six_bytes_a_pin() -> None:
    """Ids and places drawn by chance, which compress worst."""
    import random

    chance = random.Random(1)
    keys = sorted(chance.sample(range(1 << 22), 1000))
    looks = [chance.choice((0, 1, 1, 2, 3)) + 8 * chance.choice((4, 5, 6)) for _ in keys]
    rows = list(zip(chance.sample(range(2_000_000), 1000), keys, looks, strict=True))
    text = text_of(encoded({"kind": "pins", "pins": rows, "spots": []}))
    assert len(brotli.compress(text.encode(), quality=5)) <= 6 * 1000
