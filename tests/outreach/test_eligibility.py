"""May they be marketed to: one rule, whether a list runs it over a set or it is asked of one."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from outreach.eligibility import eligibility_of, restate_eligibility
from outreach.models import Assignment, Eligibility, Lead, Refusal, RefusalSource, Stage
from outreach.restating import restate_leads, touch_nothing_else
from tests.cast import Cast, make_lead
from whitelist.imports.statements import keep_for_now
from whitelist.models import Offer, Product

# Offers of a customer as (days left, in force, control group).
RUNNING, OVER, OUT = (30, True, False), (-1, True, False), (30, False, False)
HELD_BACK, LAST_DAY, HELD_BACK_OVER = (30, True, True), (0, True, False), (-1, True, True)
CASES = [
    *((each,) for each in (RUNNING, OVER, OUT, HELD_BACK, LAST_DAY, HELD_BACK_OVER)),
    *((OVER, RUNNING), (OUT, OVER), (HELD_BACK, RUNNING), (OUT, OUT), (OVER, OVER)),
]


def make_case(cast: Cast, offers: Any, stage: Stage) -> Lead:
    lead = make_lead(cast, holder=cast.wang, stage=stage, eligibility=Eligibility.REFUSED)
    rows = Offer.objects.unscoped("test").filter(customer=lead.customer)
    first = rows.get()
    if len(offers) > 1:
        second, _made = Product.objects.get_or_create(code="HND", defaults={"name": "惠农贷"})
        first.pk, first.product = None, second
        first.save(force_insert=True)
    today = timezone.localdate()
    for offer, (days, is_in_force, is_control) in zip(rows.order_by("pk"), offers, strict=True):
        rows.filter(pk=offer.pk).update(
            valid_to=today + timedelta(days=days), is_in_force=is_in_force, is_control=is_control
        )
    return lead


def as_a_list_does(lead: Lead) -> None:
    with transaction.atomic():
        touch_nothing_else()
        keep_for_now(
            "list_touched",
            "SELECT customer_id FROM outreach_lead WHERE id = %(lead)s",
            key="customer_id",
            lead=lead.pk,
        )
        restate_leads(timezone.now())


def standing(lead: Lead) -> tuple[Any, ...]:
    lead = Lead.objects.unscoped("test").get(pk=lead.pk)
    ended = Assignment.objects.filter(lead=lead).values_list("end_reason", flat=True)
    return lead.eligibility, lead.holder_id, list(ended)


@pytest.mark.parametrize(
    ("offers", "stage"), list(product(CASES, (Stage.NOT_INTERESTED, Stage.APPROVED)))
)
@pytest.mark.parametrize("is_open", [True, False])
def test_one_lead_stands_where_a_list_would_put_it(
    cast: Cast, offers: Any, stage: Stage, is_open: bool
) -> None:
    mine, theirs = (make_case(cast, offers, stage) for _ in range(2))
    for lead in (mine, theirs):
        Refusal.objects.create(
            customer=lead.customer,
            source=RefusalSource.CUSTOMER,
            ended_at=None if is_open else timezone.now(),
        )
    said = restate_eligibility(mine)
    as_a_list_does(theirs)
    assert standing(mine) == standing(theirs)
    assert said == eligibility_of(theirs) == standing(theirs)[0]
    assert (said == Eligibility.REFUSED) is is_open


def test_what_the_cases_come_to(cast: Cast) -> None:
    said = [eligibility_of(make_case(cast, offers, Stage.NOT_INTERESTED)) for offers in CASES]
    assert set(said) == {
        Eligibility.YES,
        Eligibility.WITHDRAWN,
        Eligibility.EXPIRED,
        Eligibility.CONTROL,
    }


def test_a_deal_in_process_stays_with_its_holder(cast: Cast) -> None:
    lead = make_case(cast, (OUT,), Stage.APPLIED)
    assert restate_eligibility(lead) == Eligibility.WITHDRAWN
    assert lead.holder_id == cast.wang.pk
