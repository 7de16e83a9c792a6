"""Without JavaScript: every step of a manager's day by plain forms, links and whole pages."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from outreach.models import Channel, ContactLog, Lead
from tests.cast import Cast, make_lead

NUMBER = "16900001234"
INTERESTED = {"call_state": "connected", "person": "self", "outcome": "interested"}


@pytest.fixture(autouse=True)
def at_any_hour(settings: Any) -> None:
    settings.CALL_HOURS = "00:00-23:59"


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang, phone=NUMBER)


def is_page(response: Any) -> bool:
    page = response.content.decode()
    return "<!doctype html>" in page and 'class="tabs"' in page


def attempt(cast: Cast, lead: Lead) -> ContactLog:
    return ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=cast.wang, channel=Channel.CALL, started_at=timezone.now()
    )


def test_the_card_calls_by_a_form_and_leads_on_by_links(cast: Cast, as_: Any, lead: Lead) -> None:
    page = as_(cast.wang).get(reverse("lead_card", args=[lead.pk])).content.decode()
    assert f'<form method="post" action="{reverse("lead_call", args=[lead.pk])}"' in page
    for name in ("lead_navigate", "lead_log", "lead_return"):
        assert f'href="{reverse(name, args=[lead.pk])}"' in page


def test_today_calls_by_a_form(cast: Cast, as_: Any, lead: Lead) -> None:
    page = as_(cast.wang).get(reverse("today")).content.decode()
    assert f'action="{reverse("lead_call", args=[lead.pk])}"' in page


def test_calling_answers_a_page_with_the_link_and_the_form(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    response = as_(cast.wang).post(reverse("lead_call", args=[lead.pk]), {"log_uuid": uuid4()})
    page = response.content.decode()
    assert is_page(response) and f'href="tel:{NUMBER}"' in page and page.count(NUMBER) == 1
    assert 'name="call_state"' in page and 'name="outcome"' in page and 'name="note"' in page


def test_a_closed_gate_is_a_page(cast: Cast, as_: Any, lead: Lead, settings: Any) -> None:
    settings.CALL_HOURS = "00:00-00:00"
    response = as_(cast.wang).post(reverse("lead_call", args=[lead.pk]))
    assert response.status_code == 409 and is_page(response)
    assert reverse("lead_card", args=[lead.pk]) in response.content.decode()


def test_saving_answers_a_page_with_the_next_customer(cast: Cast, as_: Any, lead: Lead) -> None:
    following = make_lead(cast, holder=cast.wang, name="王秀英")
    log = attempt(cast, lead)
    response = as_(cast.wang).post(reverse("log_outcome", args=[log.uuid]), INTERESTED)
    page = response.content.decode()
    assert response.status_code == 200 and is_page(response)
    assert f'href="{reverse("lead_card", args=[following.pk])}"' in page and "王秀英" in page


def test_errors_come_back_as_the_page(cast: Cast, as_: Any, lead: Lead) -> None:
    log = attempt(cast, lead)
    said = {"call_state": "connected", "note": "周末在家"}
    response = as_(cast.wang).post(reverse("log_outcome", args=[log.uuid]), said)
    assert response.status_code == 422 and is_page(response)
    assert (
        "请选接电话的是谁" in response.content.decode() and "周末在家" in response.content.decode()
    )


def test_other_content_for_a_logged_attempt_is_a_page(cast: Cast, as_: Any, lead: Lead) -> None:
    client, where = as_(cast.wang), reverse("log_outcome", args=[attempt(cast, lead).uuid])
    client.post(where, INTERESTED)
    response = client.post(where, {"call_state": "busy"})
    assert response.status_code == 409 and is_page(response)


def test_a_day_chosen_without_ticking_so_is_not_dropped(cast: Cast, as_: Any, lead: Lead) -> None:
    log = attempt(cast, lead)
    day = timezone.localdate() + timedelta(days=9)
    said = INTERESTED | {"follow_up_on": day.isoformat()}
    as_(cast.wang).post(reverse("log_outcome", args=[log.uuid]), said)
    log.refresh_from_db()
    assert log.follow_up_at and timezone.localdate(log.follow_up_at) == day


def test_returning_answers_a_page(cast: Cast, as_: Any, lead: Lead) -> None:
    where = reverse("lead_return", args=[lead.pk])
    client = as_(cast.wang)
    assert client.post(where, {}).status_code == 422
    response = client.post(where, {"reason": "not_mine"})
    assert is_page(response) and "已退回" in response.content.decode()


def test_claiming_leads_to_the_card_or_says_why_not(cast: Cast, as_: Any, settings: Any) -> None:
    pool, second = make_lead(cast), make_lead(cast)
    settings.CLAIMS_PER_DAY = 1
    client = as_(cast.wang)
    assert 'method="post"' in client.get(reverse("lead_card", args=[pool.pk])).content.decode()
    response = client.post(reverse("lead_claim", args=[pool.pk]), follow=True)
    assert response.redirect_chain == [(reverse("lead_card", args=[pool.pk]), 302)]
    assert "认领成功" in response.content.decode()
    refused = client.post(reverse("lead_claim", args=[second.pk]))
    assert refused.status_code == 409 and is_page(refused)


def test_navigating_is_a_page(cast: Cast, as_: Any, lead: Lead) -> None:
    assert is_page(as_(cast.wang).get(reverse("lead_navigate", args=[lead.pk])))
