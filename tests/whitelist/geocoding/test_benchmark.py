"""The benchmark's goals hold on a small sample, so that they are not lost between releases.

Shares only: how fast it is, is the benchmark's to say.
"""

import ast
import random
from pathlib import Path

import pytest

from benchmarks import corruptions
from benchmarks.geocoding import DATA, is_wrong, shipped, villages_of
from whitelist.geocoding.ladder import Addresses, Ladder
from whitelist.models import Precision

LINES = shipped()
CODES = {n: code for n, (code, _, _) in enumerate(LINES, 1)}


def test_corruptions_know_nothing_of_the_ladder() -> None:
    tree = ast.parse(Path(corruptions.__file__).read_text("utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported == {"random", "dataclasses"}


def test_the_same_seed_asks_the_same() -> None:
    villages = villages_of("410122", LINES)
    first, again = (corruptions.questions(villages, 50, random.Random(3)) for _ in range(2))
    assert first == again


@pytest.mark.parametrize("county", sorted(path.stem for path in DATA.glob("*.csv")))
def test_goals(county: str) -> None:
    ladder = Ladder(
        (n, code, name, level, 100 + n / 1e6, 30.0)
        for n, (code, name, level) in enumerate(LINES, 1)
    )
    asked = corruptions.questions(villages_of(county, LINES), 2000, random.Random(99))
    answers = [
        ladder.locate(Addresses(home=q.address, division_code=q.division_code)) for q in asked
    ]
    pairs = list(zip(asked, answers, strict=True))
    real = [a for q, a in pairs if q.village.code]
    assert sum(a.precision >= Precision.VILLAGE for a in real) >= 0.95 * len(real)
    assert sum(is_wrong(q, a, CODES) for q, a in pairs) <= 0.005 * len(pairs)
