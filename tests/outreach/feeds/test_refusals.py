"""拒绝营销 as a file: closes who is open, knows who is closed."""

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from outreach.gates import first_refusal
from outreach.models import Eligibility, Feed, FeedKind, Lead, Refusal
from tests.cast import Cast, make_lead
from tests.outreach.feeds.conftest import numbers, said

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime(2026, 3, 20, 12))


@pytest.fixture
def refuse(tell: Any) -> Any:
    def do(*rows: str, head: str = "客户号,日期,原因", **options: Any) -> Feed:
        return tell(FeedKind.REFUSALS, "\n".join([head, *rows]) + "\n", **options)

    return do


def fresh(lead: Lead) -> Lead:
    found: Lead = Lead.objects.unscoped("test").get(pk=lead.pk)
    return found


def test_it_closes_the_customer_and_ends_what_was_agreed(cast: Cast, refuse: Any) -> None:
    lead = make_lead(cast, holder=cast.wang, follow_up_at=NOW)
    no = lead.customer.customer_no
    feed = refuse(f"{no},2026-03-01,电话里说不要再打", f"{no},2026-03-02,")
    assert numbers(feed) == (2, 1, 1, 0, 0)
    refusal = Refusal.objects.get()
    assert (refusal.source, refusal.by) == ("hq", cast.qian)
    assert timezone.localdate(refusal.at).isoformat() == "2026-03-01"
    lead = fresh(lead)
    assert (lead.eligibility, lead.follow_up_at) == (Eligibility.REFUSED, None)
    gate = first_refusal(lead, by=cast.wang, at=NOW)
    assert gate is not None and gate.code == "refused"
    assert numbers(refuse(f"{no},2026-03-01,"))[1:3] == (0, 1)


def test_a_column_of_numbers_is_enough(cast: Cast, refuse: Any) -> None:
    lead, other = make_lead(cast), make_lead(cast)
    feed = refuse(
        f"{lead.customer.customer_no},1", f"{other.customer.customer_no},2", head="客户号,序号"
    )
    assert numbers(feed) == (2, 2, 0, 0, 0)
    assert {fresh(lead).eligibility, fresh(other).eligibility} == {Eligibility.REFUSED}


def test_who_refused_before_by_whatever_way_is_known(cast: Cast, refuse: Any) -> None:
    lead = make_lead(cast)
    Refusal.objects.create(customer=lead.customer, source="customer")
    assert numbers(refuse(f"{lead.customer.customer_no},,"))[1:3] == (0, 1)


def test_a_customer_who_came_back_is_not_closed_by_an_old_word(cast: Cast, refuse: Any) -> None:
    lead = make_lead(cast)
    Refusal.objects.create(customer=lead.customer, source="hq", ended_at=NOW, ended_by=cast.wang)
    no = lead.customer.customer_no
    assert numbers(refuse(f"{no},2026-03-01,"))[1:3] == (0, 1)
    assert fresh(lead).eligibility == Eligibility.YES
    assert numbers(refuse(f"{no},2026-03-21,"))[1:3] == (1, 0)


def test_bad_days_and_strangers_are_told(cast: Cast, refuse: Any) -> None:
    lead = make_lead(cast, branch=cast.far_outlet)
    no = lead.customer.customer_no
    feed = refuse(f"{no},2026-03-01,", f"{no},三月,", ",,", branch=cast.province)
    assert numbers(feed) == (2, 0, 0, 1, 1)  # the empty line is no row
    assert [row[:3] for row in said(feed)] == [
        (2, "客户号", "customer_unknown"), (3, "日期", "date_invalid"),
    ]  # fmt: skip
