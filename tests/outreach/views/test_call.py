"""呼叫 over HTTP: the number once, in the link that dials; refusals in words."""

from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from outreach.models import ContactLog, Eligibility, Lead
from tests.cast import Cast, make_lead
from tests.outreach.test_call_gateway import answer, platform, reset, say_nothing
from trust.models import AuditEvent

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HTMX = {"HX-Request": "true"}
NUMBER = "16900001234"


@pytest.fixture(autouse=True)
def by_day() -> Any:
    with time_machine.travel(TEN, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang, phone=NUMBER)


def post(client: Any, lead: Lead, **data: Any) -> Any:
    return client.post(reverse("lead_call", args=[lead.pk]), data, headers=HTMX)


def attempts() -> Any:
    return ContactLog.objects.unscoped("test")


def test_the_number_stands_in_the_dialling_link_and_nowhere_else(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    response = post(as_(cast.wang), lead)
    page = response.content.decode()
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    assert page.count(NUMBER) == 1 and f'href="tel:{NUMBER}" data-dial' in page
    assert f'data-outcome="{attempts().get().uuid}"' in page
    assert AuditEvent.objects.filter(action="phone.reveal", actor_id=cast.wang.pk).count() == 1


def test_opening_the_sheet_again_does_not_show_the_number(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    post(client, lead)
    sheet = client.get(reverse("log_outcome", args=[attempts().get().uuid]), headers=HTMX)
    assert sheet.status_code == 200 and NUMBER not in sheet.content.decode()


def test_the_cards_uuid_makes_a_repeated_request_one_attempt(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    client, uuid = as_(cast.wang), str(uuid4())
    assert post(client, lead, log_uuid=uuid).status_code == 200
    assert post(client, lead, log_uuid=uuid).status_code == 200
    assert attempts().count() == 1


def test_a_closed_gate_says_which_and_until_when(
    cast: Cast, as_: Any, lead: Lead, by_day: Any
) -> None:
    by_day.move_to(TEN.replace(hour=21))
    response = post(as_(cast.wang), lead)
    page = response.content.decode()
    assert response.status_code == 409 and 'data-gate="hours"' in page
    assert "11月25日 08:00 起可以联系" in page and NUMBER not in page
    assert not attempts().exists()


def test_the_client_cannot_call_it_service(cast: Cast, as_: Any, lead: Lead, by_day: Any) -> None:
    by_day.move_to(TEN.replace(hour=21))
    assert post(as_(cast.wang), lead, purpose="service").status_code == 409


def test_a_refused_customer_is_not_dialled(cast: Cast, as_: Any) -> None:
    refused = make_lead(cast, holder=cast.wang, eligibility=Eligibility.REFUSED)
    response = post(as_(cast.wang), refused)
    assert response.status_code == 409 and 'data-gate="refused"' in response.content.decode()


def test_foreign_customers_are_not_found(cast: Cast, as_: Any, lead: Lead) -> None:
    for foreign in (cast.li, cast.sun):
        assert post(as_(foreign), lead).status_code == 404
    assert not attempts().exists()


def test_a_supervisor_does_not_call_what_they_do_not_hold(cast: Cast, as_: Any, lead: Lead) -> None:
    assert post(as_(cast.zhao), lead).status_code == 403
    assert post(as_(cast.zhao), make_lead(cast)).status_code == 403
    own = make_lead(cast, holder=cast.zhao, branch=cast.outlet)
    assert post(as_(cast.zhao), own).status_code == 200


def test_other_roles_do_not_call(cast: Cast, as_: Any, lead: Lead) -> None:
    for role in (cast.qian, cast.feng, cast.zhou):
        assert post(as_(role), lead).status_code == 403


def test_a_link_cannot_call(cast: Cast, as_: Any, lead: Lead) -> None:
    assert as_(cast.wang).get(reverse("lead_call", args=[lead.pk])).status_code == 405


def test_nonsense_for_a_uuid(cast: Cast, as_: Any, lead: Lead) -> None:
    assert post(as_(cast.wang), lead, log_uuid="../etc").status_code == 400
    assert not attempts().exists()


def test_the_platform_dials_and_the_browser_never_gets_the_number(
    cast: Cast, as_: Any, lead: Lead, settings: Any
) -> None:
    with platform(settings, answer("200 OK")) as requests:
        response = post(as_(cast.wang), lead)
    page = response.content.decode()
    assert response.status_code == 200 and NUMBER.encode() in requests[0]
    assert NUMBER not in page and "呼叫平台正在接通" in page
    assert attempts().get().logged_at is None


def test_a_platform_that_says_no_costs_no_attempt(
    cast: Cast, as_: Any, lead: Lead, settings: Any
) -> None:
    with platform(settings, answer("403 Forbidden")):
        response = post(as_(cast.wang), lead)
    assert response.status_code == 409 and "没有拨出" in response.content.decode()
    assert not attempts().exists()


@pytest.mark.parametrize(
    "behave",
    [answer("500 Internal Server Error"), say_nothing, reset],
    ids=["500", "slow", "reset"],
)
def test_a_sick_platform_keeps_the_attempt_and_says_so(
    cast: Cast, as_: Any, lead: Lead, settings: Any, behave: Any
) -> None:
    with platform(settings, behave):
        response = post(as_(cast.wang), lead)
    page = response.content.decode()
    assert response.status_code == 200 and "不能确定电话是否已拨出" in page
    assert NUMBER not in page and attempts().get().logged_at is None
