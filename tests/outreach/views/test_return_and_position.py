"""退回 and 我在这里 over HTTP."""

from typing import Any

import pytest
from django.urls import reverse

from outreach.models import Assignment, Lead
from tests.cast import SHOUGUANG, Cast, make_lead
from whitelist.models import Location, Precision

HTMX = {"HX-Request": "true"}
HERE = {"lon": "118.7921", "lat": "36.8613", "accuracy": "12"}


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang)


def back(lead: Lead) -> str:
    return reverse("lead_return", args=[lead.pk])


def position(lead: Lead) -> str:
    return reverse("lead_position", args=[lead.pk])


def test_returning_with_a_reason(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    assert "查无此人" in client.get(back(lead), headers=HTMX).content.decode()
    response = client.post(back(lead), {"reason": "no_such_person"}, headers=HTMX)
    assert response.status_code == 200 and "leads:changed" in response["HX-Trigger"]
    lead.refresh_from_db()
    assert lead.holder is None and Assignment.objects.get().end_note == "查无此人"


@pytest.mark.parametrize("data", [{}, {"reason": "lazy"}, {"reason": "other"}])
def test_no_return_without_a_reason(cast: Cast, as_: Any, lead: Lead, data: Any) -> None:
    assert as_(cast.wang).post(back(lead), data, headers=HTMX).status_code == 422
    lead.refresh_from_db()
    assert lead.holder == cast.wang


def test_only_the_holder_returns(cast: Cast, as_: Any, lead: Lead) -> None:
    reason = {"reason": "not_mine"}
    assert as_(cast.li).post(back(lead), reason).status_code == 404
    assert as_(cast.zhao).post(back(lead), reason).status_code == 403
    assert as_(cast.zhou).post(back(lead), reason).status_code == 403
    assert as_(cast.wang).post(back(make_lead(cast)), reason).status_code == 403
    assert as_(cast.wang).put(back(lead)).status_code == 405
    lead.refresh_from_db()
    assert lead.holder == cast.wang


def test_standing_there_corrects_the_position(cast: Cast, as_: Any, lead: Lead) -> None:
    response = as_(cast.wang).post(position(lead), HERE, headers=HTMX)
    assert response.status_code == 200 and "leads:changed" in response["HX-Trigger"]
    assert "现场核实" in response.content.decode()
    lead.refresh_from_db()
    assert lead.precision == Precision.ON_SITE


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"accuracy": "201"}, 422, "inaccurate"),
        ({"lon": "0", "lat": "0"}, 422, "outside"),
        ({"lat": "37.5"}, 409, "far"),
        ({"lon": "x"}, 422, "unreadable"),
        ({"lon": "NaN"}, 422, "unreadable"),
        ({"lat": "91"}, 422, "unreadable"),
        ({"accuracy": "-1"}, 422, "unreadable"),
        ({"accuracy": ""}, 422, "unreadable"),
        ({"accuracy": "inf"}, 422, "unreadable"),
    ],
)
def test_a_doubtful_position_is_not_saved(
    cast: Cast, as_: Any, lead: Lead, changes: Any, status: int, code: str
) -> None:
    response = as_(cast.wang).post(position(lead), HERE | changes, headers=HTMX)
    assert response.status_code == status
    assert f'data-doubt="{code}"' in response.content.decode()
    assert response["HX-Retarget"] == "#position-answer"
    current = Location.objects.get(customer=lead.customer)
    assert (current.lon, current.lat) == SHOUGUANG


def test_far_away_can_be_confirmed(cast: Cast, as_: Any, lead: Lead) -> None:
    said = HERE | {"lat": "37.5", "confirmed": "1"}
    assert as_(cast.wang).post(position(lead), said).status_code == 200


def test_who_may_correct(cast: Cast, as_: Any, lead: Lead) -> None:
    assert as_(cast.li).post(position(lead), HERE).status_code == 404
    assert as_(cast.zhao).post(position(lead), HERE).status_code == 403
    assert as_(cast.zhou).post(position(lead), HERE).status_code == 403
    assert as_(cast.wang).get(position(lead)).status_code == 405
    assert as_(cast.li).post(position(make_lead(cast)), HERE).status_code == 200
