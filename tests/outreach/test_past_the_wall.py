"""Where a request rightly goes past its user's branches: it works behind the second wall, too."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from branches.models import Role
from outreach.models import Channel, ContactLog, Lead, Refusal, RefusalSource
from tests.cast import Cast, make_lead, make_staff

HTMX = {"HX-Request": "true"}


@pytest.fixture
def elsewhere(cast: Cast) -> Lead:
    """A customer of the sister outlet whom 王经理 holds."""
    return make_lead(cast, branch=cast.sister_outlet, holder=cast.wang)


def gone(lead: Lead, cast: Cast) -> None:
    """The customer is another province's now."""
    Lead.objects.unscoped("test").filter(pk=lead.pk).update(
        branch=cast.far_outlet, branch_number=cast.far_outlet.number, holder=cast.sun
    )


def begun(lead: Lead, cast: Cast) -> ContactLog:
    at = timezone.now() - timedelta(minutes=5)
    return ContactLog.objects.create(
        uuid=uuid.uuid4(), lead=lead, staff=cast.wang, channel=Channel.CALL, started_at=at
    )


def test_a_customer_of_another_outlet_is_worked_on_by_who_holds_them(
    cast: Cast, as_: Any, elsewhere: Lead
) -> None:
    client = as_(cast.wang)
    assert client.get(reverse("lead_card", args=[elsewhere.pk])).status_code == 200
    said = {"lead": elsewhere.pk, "channel": "visit", "person": "self", "outcome": "refused"}
    answer = client.post(reverse("log_outcome", args=[uuid.uuid4()]), said, headers=HTMX)
    assert answer.status_code == 200
    assert Refusal.objects.get().customer_id == elsewhere.customer_id


def test_and_can_be_returned_though_they_are_out_of_reach_then(
    cast: Cast, as_: Any, elsewhere: Lead
) -> None:
    client = as_(cast.wang)
    back = reverse("lead_return", args=[elsewhere.pk])
    assert client.post(back, {"reason": "no_such_person"}, headers=HTMX).status_code == 200
    elsewhere.refresh_from_db()
    assert elsewhere.holder is None
    assert client.get(reverse("lead_card", args=[elsewhere.pk])).status_code == 404


def test_a_log_is_finished_by_its_author_whose_customer_it_is_by_now(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    log, client = begun(lead, cast), as_(cast.wang)
    gone(lead, cast)
    sheet = reverse("log_outcome", args=[log.uuid])
    assert str(log.uuid) in client.get(reverse("waiting_logs")).content.decode()
    assert client.get(sheet, headers=HTMX).status_code == 200
    assert client.post(sheet, {"call_state": "busy"}, headers=HTMX).status_code == 200
    log.refresh_from_db()
    assert log.call_state == "busy"
    assert client.get(reverse("lead_card", args=[lead.pk])).status_code == 404


def test_a_uuid_of_another_branchs_log_is_taken(cast: Cast, as_: Any) -> None:
    log = begun(make_lead(cast, holder=cast.sun), cast)
    ContactLog.objects.unscoped("test").filter(pk=log.pk).update(staff=cast.sun)
    lead = make_lead(cast, holder=cast.wang)
    said = {"lead": lead.pk, "channel": "visit", "person": "self", "outcome": "interested"}
    answer = as_(cast.wang).post(reverse("log_outcome", args=[log.uuid]), said, headers=HTMX)
    assert answer.status_code == 404


def test_a_customer_with_a_lead_elsewhere_does_not_pass_for_one_without(
    cast: Cast, as_: Any
) -> None:
    """Behind the wall “no lead” and “not mine” look alike: refusals ask past it."""
    lead = make_lead(cast, holder=cast.wang)
    Refusal.objects.create(customer=lead.customer, source=RefusalSource.CUSTOMER)
    gone(lead, cast)
    clerk = make_staff("bai", "白经办", Role.CLERK, cast.province)
    number = str(lead.customer.customer_no)
    assert number not in as_(clerk).get(reverse("refusals")).content.decode()
    file = b"".join(as_(clerk).get(reverse("refusals_file"))).decode()
    assert number not in file
    there = make_staff("lan", "蓝经办", Role.CLERK, cast.other_province)
    assert number in b"".join(as_(there).get(reverse("refusals_file"))).decode()
