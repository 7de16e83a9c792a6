"""The numbers above the list: from cells or one by one, they are the same."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketing_map.map_answers.asking import Asked
from marketing_map.map_answers.totals import counted, totals
from marketing_map.map_answers.window import Window
from outreach.filters import LeadFilter
from outreach.models import Lead, Stage
from outreach.pyramid.folding import fold_changes, rebuild_pyramid
from outreach.pyramid.question import question_of
from tests.cast import SHOUGUANG, Cast, make_lead

LON, LAT = SHOUGUANG
FILTERS: list[dict[str, Any]] = [
    {},
    {"stage": [Stage.TO_CONTACT]},
    {"holder": "none"},
    {"segment": ["种植户"]},
    {"expiring": 7},
    {"precision": [3]},
]


def narrowed(leads: Any, given: dict[str, Any]) -> Any:
    if "expiring" in given:
        return leads.expiring(given["expiring"])
    if given.get("holder"):
        return leads.unassigned()
    return leads.filter(**{f"{name}__in": value for name, value in given.items()})


def scatter(cast: Cast, chance: random.Random, n: int, spread: float) -> None:
    for _ in range(n):
        make_lead(
            cast,
            holder=chance.choice([cast.wang, cast.li, None]),
            point=chance.choice(
                [None, *[(LON + chance.gauss(0, spread), LAT + chance.gauss(0, spread))] * 9]
            ),
            stage=chance.choice(list(Stage)),
            segment=chance.choice(["种植户", "养殖户"]),
            valid_to=timezone.localdate() + timedelta(days=chance.choice([0, 7, 8, 60])),
        )


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 10_000),
    side=st.sampled_from([0.05, 0.5, 2.0, 8.0]),
    given_filter=st.sampled_from(FILTERS),
)
def test_totals_equal_counting(
    cast: Cast, seed: int, side: float, given_filter: dict[str, Any]
) -> None:
    chance = random.Random(seed)
    Lead.objects.unscoped("each example begins with an empty map").delete()
    scatter(cast, chance, 20, side / 3)
    rebuild_pyramid()
    cast.zhao.branch = cast.province  # as far up as cells are counted for
    leads = Lead.objects.visible_to(cast.zhao).worked_on_by(cast.zhao)
    question = question_of(cast.zhao, given_filter)
    asked = Asked(viewer=cast.zhao, leads=narrowed(leads, given_filter), question=question)
    assert question is not None
    west, south = LON - chance.random() * side, LAT - chance.random() * side
    window = Window(west, south, west + side, south + side * chance.uniform(0.3, 2))
    inside = counted(asked.leads.in_key_ranges(window.key_ranges()))
    for found, expected in (
        (totals(asked, window), inside),
        (totals(asked), counted(asked.leads) | {"unlocated": asked.leads.unlocated().count()}),
    ):
        assert found.items() <= expected.items()
        assert {"all", "to_contact", "unassigned"} <= found.keys()


@pytest.mark.parametrize("window", [None, Window(LON - 1, LAT - 1, LON + 1, LAT + 1)])
def test_a_managers_are_counted_one_by_one(cast: Cast, window: Window | None) -> None:
    make_lead(cast, holder=cast.wang)
    make_lead(cast, holder=cast.li)
    leads = Lead.objects.visible_to(cast.wang).worked_on_by(cast.wang)
    asked = Asked(viewer=cast.wang, leads=leads, few=True)
    expected = {"all": 1, "to_contact": 1, "unassigned": 0, "expiring": 0}
    if window is None:
        make_lead(cast, holder=cast.wang, point=None)
        expected |= {"all": 2, "to_contact": 2, "unlocated": 1}
    assert totals(asked, window) == expected


@pytest.mark.parametrize(
    "query", ["segment=种植", "segment=种植&expiring=7", "precision=3", "band=50&holder=none", ""]
)
@pytest.mark.parametrize("at", ["hq", "province", "county", "outlet"])
def test_the_list_answers_every_scope_and_filter(cast: Cast, as_: Any, at: str, query: str) -> None:
    """Not every filter has cells at every depth of the tree: the numbers are there all the same."""
    make_lead(cast, segment="种植")
    make_lead(cast, holder=cast.wang, segment="养殖")
    fold_changes()
    cast.zhao.branch = getattr(cast, at)
    cast.zhao.save()
    answer = as_(cast.zhao).get(f"/map/list/?bounds=118,36,119.5,37.5&{query}")
    assert answer.status_code == 200
    asked = LeadFilter(
        QueryDict(query),
        queryset=Lead.objects.visible_to(cast.zhao).worked_on_by(cast.zhao),
        user=cast.zhao,
    )
    assert answer.context["totals"]["all"] == asked.qs.count()
