"""A log that was begun and not saved: gone on with under its UUID, stored once."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outreach.actions.assign import assign_leads, claim_lead
from outreach.models import Assignment, Channel, ContactLog, Lead
from tests.cast import Cast, make_lead

HTMX = {"HX-Request": "true"}


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang)


def go_on(client: Any, lead: Lead, uuid: Any) -> Any:
    return client.get(reverse("lead_log", args=[lead.pk]), {"uuid": str(uuid)})


def visit(lead: Lead) -> dict[str, Any]:
    return {"lead": lead.pk, "channel": "visit", "person": "self", "outcome": "considering"}


def test_the_sheet_opens_under_the_same_uuid(cast: Cast, as_: Any, lead: Lead) -> None:
    uuid = uuid4()
    page = go_on(as_(cast.wang), lead, uuid).content.decode()
    assert f'data-outcome="{uuid}"' in page and f'data-lead="{lead.pk}"' in page
    assert f'data-resume="{reverse("lead_log", args=[lead.pk])}?uuid={uuid}"' in page


def test_saved_after_all_that_is_said(cast: Cast, as_: Any, lead: Lead) -> None:
    client, uuid = as_(cast.wang), uuid4()
    client.post(reverse("log_outcome", args=[uuid]), visit(lead))
    response = go_on(client, lead, uuid)
    page = response.content.decode()
    assert response.status_code == 200 and f'data-logged="{uuid}"' in page and "已经登记过" in page
    assert ContactLog.objects.unscoped("test").count() == 1


def test_a_visit_outlives_that_the_customer_is_given_to_somebody_else(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    uuid, client = uuid4(), as_(cast.wang)
    assign_leads(leads={lead.pk: cast.wang.pk}, to=cast.li, kind="lasso", by=cast.zhao)
    assert client.get(reverse("lead_card", args=[lead.pk])).status_code == 404
    assert go_on(client, lead, uuid).status_code == 200
    for _ in range(2):
        assert client.post(reverse("log_outcome", args=[uuid]), visit(lead)).status_code == 200
    log = ContactLog.objects.unscoped("test").get()
    assert (log.staff, log.outcome) == (cast.wang, "considering")
    Assignment.objects.filter(holder=cast.wang).update(ended_at=timezone.now() - timedelta(days=3))
    late = client.post(reverse("log_outcome", args=[uuid4()]), visit(lead))
    assert late.status_code == go_on(client, lead, uuid4()).status_code == 404


def test_a_visit_to_the_pool_outlives_a_colleagues_claim(cast: Cast, as_: Any) -> None:
    pooled = make_lead(cast)
    claim_lead(lead=pooled, by=cast.li)
    save = reverse("log_outcome", args=[uuid4()])
    assert as_(cast.wang).post(save, visit(pooled)).status_code == 200
    assert (
        as_(cast.sun).post(reverse("log_outcome", args=[uuid4()]), visit(pooled)).status_code == 404
    )
    colleagues = make_lead(cast, holder=cast.li)  # by a list: it never was in the pool
    save = reverse("log_outcome", args=[uuid4()])
    assert as_(cast.wang).post(save, visit(colleagues)).status_code == 404


def test_the_uuid_of_a_call_opens_its_sheet(cast: Cast, as_: Any, lead: Lead) -> None:
    begun = ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=cast.wang, channel=Channel.CALL, started_at=timezone.now()
    )
    page = go_on(as_(cast.wang), lead, begun.uuid).content.decode()
    assert "data-by-call" in page and f'data-outcome="{begun.uuid}"' in page


@pytest.mark.parametrize("nonsense", ["", "x", "../../etc", "1" * 500, "\0"])
def test_nonsense_for_a_uuid_is_not_found(cast: Cast, as_: Any, lead: Lead, nonsense: str) -> None:
    assert go_on(as_(cast.wang), lead, nonsense).status_code == 404


def test_another_customer_or_another_person_is_not_found(cast: Cast, as_: Any, lead: Lead) -> None:
    mine, theirs = uuid4(), uuid4()
    pool = make_lead(cast)
    as_(cast.wang).post(reverse("log_outcome", args=[mine]), visit(lead))
    as_(cast.li).post(reverse("log_outcome", args=[theirs]), visit(pool))
    assert go_on(as_(cast.wang), make_lead(cast, holder=cast.wang), mine).status_code == 404
    assert go_on(as_(cast.wang), pool, theirs).status_code == 404
    assert go_on(as_(cast.li), lead, mine).status_code == 404


def test_a_script_without_a_session_is_told_401_and_nothing_is_stored(
    cast: Cast, lead: Lead
) -> None:
    where = reverse("log_outcome", args=[uuid4()])
    stranger = Client()
    assert stranger.post(where, visit(lead), headers=HTMX).status_code == 401
    assert stranger.get(reverse("waiting_logs"), {"newest": "1"}, headers=HTMX).status_code == 401
    led = stranger.post(where, visit(lead))
    assert led.status_code == 302 and led.url.startswith(reverse("login"))
    assert not ContactLog.objects.unscoped("test").exists()


def test_the_pages_mark_whose_browser_it_is_without_saying_who(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    def marker(staff: Any) -> str:
        page = as_(staff).get(reverse("me")).content.decode()
        return page.split('data-staff="')[1].split('"')[0]

    assert marker(cast.wang) == marker(cast.wang) != marker(cast.li)
    assert len(marker(cast.wang)) == 16 and "wang" not in marker(cast.wang)
    assert "data-staff" not in Client().get(reverse("login")).content.decode()
