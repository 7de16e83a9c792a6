"""Leads are written only where something differs, and by one operation a manager."""

from datetime import date
from typing import Any

import pytest

from outreach import restating
from outreach.models import AssignmentOperation, Lead
from tests.cast import Cast
from tests.lists import put


@pytest.fixture(autouse=True)
def no_control_group(settings: Any) -> None:
    settings.CONTROL_GROUP_PERCENT = 0


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many leads each UPDATE of them wrote."""
    counts: list[int] = []
    real = restating.execute

    def watched(sql: str, **values: Any) -> int:
        count = real(sql, **values)
        if "UPDATE outreach_lead" in sql:
            counts.append(count)
        return count

    monkeypatch.setattr(restating, "execute", watched)
    return counts


def test_a_lead_that_stays_as_it_is_is_not_written(cast: Cast, written: list[int]) -> None:
    put(cast, [{"no": "A"}, {"no": "B"}, {"no": "C"}])
    put(cast, [{"no": "A", "phone": "16900009999"}, {"no": "B", "amount": 200_000}, {"no": "C"}])
    assert written == [0, 1]
    later = date(2099, 6, 30)
    put(cast, [{"no": "A", "valid_to": later}, {"no": "B", "amount": 200_000}, {"no": "C"}])
    assert written == [0, 1, 1]


def test_what_goes_away_is_written_though_nothing_is_known_of_it(
    cast: Cast, written: list[int]
) -> None:
    put(cast, [{"no": "A"}, {"no": "B", "score": None, "point": None}])
    put(cast, [{"no": "A", "score": "0.5"}, {"no": "B", "score": "0.25", "point": None}])
    assert written == [0, 2]
    put(cast, [{"no": "A", "score": None}, {"no": "B", "score": "0.25", "point": None}])
    assert written == [0, 2, 1]
    assert Lead.objects.unscoped("test").get(customer__customer_no="A").score is None


def test_new_and_moved_leads_of_one_manager_are_one_operation(cast: Cast) -> None:
    put(cast, [{"no": "A", "branch": cast.sister_outlet}, {"no": "B"}])
    before = set(AssignmentOperation.objects.values_list("pk", flat=True))
    put(
        cast,
        [
            {"no": "A", "branch": cast.outlet, "manager": cast.wang},
            {"no": "B"},
            {"no": "C", "manager": cast.wang},
            {"no": "D", "manager": cast.wang},
        ],
    )
    operation = AssignmentOperation.objects.exclude(pk__in=before).get()
    assert (operation.to, operation.count, operation.by) == (cast.wang, 3, None)
    assert operation.assignments.filter(ended_at=None).count() == 3
