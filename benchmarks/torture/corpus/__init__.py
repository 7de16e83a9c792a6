"""Malformed list files: as many as asked for, the same for the same seed."""

import random
from collections.abc import Iterator

from benchmarks.torture.corpus.families import FAMILIES, Bad


def corpus(count: int, seed: int) -> Iterator[Bad]:
    """Every family in turn; costly ones only as often as they say. Needs Django set up."""
    from benchmarks.torture.corpus import books, bytes_of_text, packages, tables, values

    assert books and bytes_of_text and packages and tables and values  # they register themselves
    made, turn = 0, 0
    while made < count:
        for family in FAMILIES:
            if made == count:
                return
            if turn < family.times:
                rng = random.Random(f"{seed}:{family.name}:{turn}")
                content, name = family.make(rng)
                yield Bad(f"{family.name}#{turn}", content, name)
                made += 1
        turn += 1
