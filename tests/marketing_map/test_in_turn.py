"""The list by priority, read along an index: equal to sorting everything."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketing_map.map_answers import in_turn
from marketing_map.map_answers.asking import Asked
from marketing_map.map_answers.window import Window, in_window
from outreach.models import Lead, Stage
from outreach.pyramid.folding import rebuild_pyramid
from outreach.pyramid.question import question_of
from tests.cast import SHOUGUANG, Cast, make_lead

LON, LAT = SHOUGUANG


def scatter(cast: Cast, chance: random.Random, n: int) -> None:
    """Leads of every turn around the town, with equal days and scores among them."""
    now, today = timezone.now(), timezone.localdate()
    for _ in range(n):
        make_lead(
            cast,
            holder=chance.choice([cast.wang, cast.li, None]),
            point=(LON + chance.gauss(0, 0.2), LAT + chance.gauss(0, 0.2)),
            stage=chance.choice(list(Stage)),
            valid_to=today + timedelta(days=chance.choice([0, 3, 7, 8, 60])),
            score=chance.choice([None, 0.1, 0.5, 0.9]),
            follow_up_at=chance.choice([None, None, now - timedelta(days=1), now + timedelta(1)]),
        )


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 10_000),
    side=st.floats(0.01, 2.0),
    wanted=st.sampled_from([1, 7, 31]),
    stage=st.sampled_from([None, *Stage]),
)
def test_read_in_turn_is_sorted(
    cast: Cast, seed: int, side: float, wanted: int, stage: Stage | None
) -> None:
    chance = random.Random(seed)
    Lead.objects.unscoped("each example begins with an empty map").delete()
    scatter(cast, chance, 40)
    window = Window(LON - side / 2, LAT - side / 3, LON + side / 2, LAT + side / 3)
    leads = Lead.objects.visible_to(cast.zhao).worked_on_by(cast.zhao)
    leads = leads.filter(stage=stage) if stage else leads
    inside = leads.in_key_ranges(window.key_ranges())
    expected = list(inside.by_priority().values_list("pk", flat=True))
    assert set(in_window(leads, window).values_list("pk", flat=True)) == set(expected)
    assert in_turn.read_in_turn(leads, window, wanted, reading=1_000) == expected[:wanted]
    cut_short = in_turn.read_in_turn(leads, window, wanted, reading=3)
    assert cut_short in (None, expected[:wanted])


@pytest.mark.parametrize("few", [0, 1_000])
@pytest.mark.parametrize("stage", [None, Stage.INTERESTED])
def test_either_way_pages_are_the_same(
    cast: Cast, few: int, stage: Stage | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_turn, "FEW", few)
    scatter(cast, random.Random(7), 60)
    rebuild_pyramid()
    cast.zhao.branch = cast.province  # as far up as cells are counted for
    window = Window(LON - 0.3, LAT - 0.3, LON + 0.3, LAT + 0.3)
    leads = Lead.objects.visible_to(cast.zhao).worked_on_by(cast.zhao)
    question = question_of(cast.zhao, {"stage": [stage] if stage else []})
    asked = Asked(
        viewer=cast.zhao,
        leads=leads.filter(stage=stage) if stage else leads,
        question=question,
        filtered=bool(stage),
    )
    inside = asked.leads.in_key_ranges(window.key_ranges())
    expected = list(inside.by_priority().values_list("pk", flat=True))
    for wanted in (1, 20, 60):
        ids = in_turn.first_in_turn(asked, window, wanted, n=len(expected))
        assert ids == expected[:wanted]
