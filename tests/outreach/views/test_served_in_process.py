"""Business in process keeps being served after withdrawal: seen, called as service, logged."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from outreach.models import ContactLog, Eligibility, Lead, Purpose, Stage, StageBasis
from tests.cast import Cast, make_lead
from whitelist.models import LoanStep, Offer

HTMX = {"HX-Request": "true"}
NUMBER = "16900001234"


@pytest.fixture(params=["withdrawn", "expired", "over since midnight"])
def served(request: Any, cast: Cast) -> Lead:
    """Left the list in three ways, with an application that the loan system confirms."""
    fields: dict[str, Any] = {"eligibility": request.param}
    if request.param == "over since midnight":
        fields = {"valid_to": timezone.localdate() - timedelta(days=1)}
    lead = make_lead(
        cast,
        holder=cast.wang,
        phone=NUMBER,
        stage=Stage.APPLIED,
        stage_basis=StageBasis.CONFIRMED,
        **fields,
    )
    Offer.objects.unscoped("test").update(loan_step=LoanStep.APPLIED)
    return lead


def card_url(lead: Lead) -> str:
    return reverse("lead_card", args=[lead.pk])


def test_it_stands_on_today_and_on_the_card(cast: Cast, as_: Any, served: Lead) -> None:
    client = as_(cast.wang)
    page = client.get(reverse("today")).content.decode()
    assert "业务办理中" in page and card_url(served) in page
    card = client.get(card_url(served)).content.decode()
    assert "只做服务跟进" in card and "data-call" in card


def test_list_search_map_and_village_reach_it(cast: Cast, as_: Any, served: Lead) -> None:
    client, row = as_(cast.wang), f'data-row="{served.pk}"'
    assert f'data-lead="{served.pk}"' in client.get(reverse("lead_list")).content.decode()
    found = client.post(reverse("map_search"), {"q": "吕建国"}).content.decode()
    assert card_url(served) in found
    bounds = {"bounds": "118.7,36.8,118.9,36.9"}
    listed = client.get(reverse("map_list"), bounds).content.decode()
    assert row in listed and "只做服务" in listed
    assert row in client.get(reverse("village", args=[cast.village.code])).content.decode()


def test_nobody_else_finds_it_to_market(cast: Cast, as_: Any, served: Lead) -> None:
    for other in (cast.li, cast.zhao):
        assert (
            f'data-lead="{served.pk}"' not in as_(other).get(reverse("lead_list")).content.decode()
        )
    assert as_(cast.li).get(card_url(served)).status_code == 404


def test_it_is_called_as_service_at_night_and_logged(cast: Cast, as_: Any, served: Lead) -> None:
    with time_machine.travel(timezone.localtime().replace(hour=22), tick=False):
        if served.eligibility == Eligibility.YES:  # its last day must lie before that night too
            Lead.objects.unscoped("test").update(valid_to=timezone.localdate() - timedelta(days=1))
        client = as_(cast.wang)
        called = client.post(reverse("lead_call", args=[served.pk]), headers=HTMX)
        assert called.status_code == 200 and f"tel:{NUMBER}" in called.content.decode()
        log = ContactLog.objects.unscoped("test").get()
        assert log.purpose == Purpose.SERVICE
        said = {"call_state": "connected", "person": "self", "outcome": "applied"}
        saved = client.post(reverse("log_outcome", args=[log.uuid]), said, headers=HTMX)
        assert saved.status_code == 200 and "返回客户" in saved.content.decode()
    served.refresh_from_db()
    assert served.stage == Stage.APPLIED and served.stage_basis == StageBasis.CONFIRMED


@pytest.mark.parametrize("channel", ["visit", "walk_in", "call_in", "wechat"])
def test_a_contact_without_a_call_is_logged_as_service(
    cast: Cast, as_: Any, served: Lead, channel: str
) -> None:
    client = as_(cast.wang)
    assert client.get(reverse("lead_log", args=[served.pk]), headers=HTMX).status_code == 200
    said = {"lead": served.pk, "channel": channel, "person": "self", "outcome": "applied"}
    assert client.post(reverse("log_outcome", args=[uuid4()]), said).status_code == 200
    log = ContactLog.objects.unscoped("test").get()
    assert (log.channel, log.purpose, log.staff) == (channel, Purpose.SERVICE, cast.wang)


def test_a_refused_application_is_under_way_no_more(cast: Cast, as_: Any, served: Lead) -> None:
    Lead.objects.unscoped("test").update(application_refused=True)
    client = as_(cast.wang)
    assert card_url(served) not in client.get(reverse("today")).content.decode()
    assert client.post(reverse("lead_call", args=[served.pk]), headers=HTMX).status_code == 409


def test_who_refused_contact_is_not_on_the_screens(cast: Cast, as_: Any, served: Lead) -> None:
    Lead.objects.unscoped("test").update(eligibility=Eligibility.REFUSED)
    client = as_(cast.wang)
    assert card_url(served) not in client.get(reverse("today")).content.decode()
    assert f'data-lead="{served.pk}"' not in client.get(reverse("lead_list")).content.decode()
