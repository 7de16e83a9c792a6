"""业务结果: on which offer they count, what they confirm, what is told twice."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from outreach.models import ContactLog, Eligibility, Lead, Stage, StageBasis
from outreach.standing import restate_standing
from tests.cast import Cast, make_lead
from tests.outreach.feeds.conftest import numbers, said
from whitelist.models import LoanResult, Offer, Product, Programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang)


@pytest.fixture
def no(lead: Lead) -> str:
    assert lead.customer.customer_no
    return lead.customer.customer_no


def fresh(lead: Lead) -> Lead:
    found: Lead = Lead.objects.unscoped("test").get(pk=lead.pk)
    return found


def told() -> Any:
    return LoanResult.objects.unscoped("test").order_by("on", "pk")


def steps() -> list[str]:
    return list(Offer.objects.unscoped("test").order_by("pk").values_list("loan_step", flat=True))


def test_results_confirm_the_stage(lead: Lead, no: str, results: Any) -> None:
    feed = results(f"{no},JSD,申请,2026-03-01,,", f"{no},极速贷,授信,2026-03-02,30万,")
    assert numbers(feed) == (2, 2, 0, 0, 0)
    assert [(each.step, each.on, each.amount) for each in told()] == [
        ("applied", date(2026, 3, 1), None),
        ("approved", date(2026, 3, 2), 300_000),
    ]
    assert steps() == ["approved"]
    lead = fresh(lead)
    assert (lead.stage, lead.stage_basis) == (Stage.APPROVED, StageBasis.CONFIRMED)
    results(f"{no},JSD,支用,2026-03-05,100000,")
    assert fresh(lead).stage == Stage.DRAWN


def test_out_of_order_is_the_same_in_the_end(lead: Lead, no: str, results: Any) -> None:
    results(f"{no},JSD,授信,2026-03-02,300000,")
    assert numbers(results(f"{no},JSD,申请,2026-03-01,,")) == (1, 1, 0, 0, 0)
    assert fresh(lead).stage == Stage.APPROVED


def test_a_refused_application_is_told_with_its_reason(lead: Lead, no: str, results: Any) -> None:
    results(f"{no},JSD,拒绝,2026-03-02,0,征信不符", f"{no},JSD,申请,2026-03-01,0.00,")
    lead = fresh(lead)
    assert (lead.stage, lead.application_refused, lead.is_in_process) == (
        Stage.APPLIED, True, False,
    )  # fmt: skip
    assert lead.eligibility == Eligibility.YES
    assert told().last().reason == "征信不符"
    results(f"{no},JSD,申请,2026-03-09,,")
    assert fresh(lead).application_refused is False


def test_the_unit_stands_in_the_heading_or_in_the_cell(no: str, results: Any) -> None:
    head = "客户号,产品代码,业务状态,业务日期,授信金额（万元）"
    results(f"{no},JSD,授信,20260302,30", f"{no},JSD,支用,2026/3/3,50000元", head=head)
    assert list(told().values_list("amount", flat=True)) == [300_000, 50_000]


def test_the_same_again_and_other_content(lead: Lead, no: str, results: Any) -> None:
    row = f"{no},JSD,授信,2026-03-02,300000,"
    results(row)
    again = results(row, f"{no},JSD,授信,2026-03-02,200000,", row)
    assert numbers(again) == (3, 0, 2, 0, 1)
    assert said(again)[0][:3] == (3, "客户号", "other_content")
    assert told().get().amount == 300_000


def test_its_own_number_keeps_two_loans_of_one_day_apart(no: str, results: Any) -> None:
    head = "借据号,客户号,产品代码,结果,日期,金额"
    rows = [f"J{i},{no},JSD,支用,2026-03-02,{i}0000" for i in (1, 2)]
    assert numbers(results(*rows, head=head)) == (2, 2, 0, 0, 0)
    assert numbers(results(*reversed(rows), head=head)) == (2, 0, 2, 0, 0)


def test_of_several_programmes_the_offer_in_force_counts(
    cast: Cast, lead: Lead, no: str, results: Any
) -> None:
    first = Offer.objects.unscoped("test").get()
    other = Programme.objects.create(code="P2", name="春耕", owner=cast.hq)
    second = Offer.objects.create(
        customer=lead.customer, programme=other, product=cast.product, branch=cast.outlet,
        amount=1, valid_from=first.valid_from, valid_to=first.valid_to + timedelta(days=300),
        is_in_force=False,
    )  # fmt: skip
    results(f"{no},JSD,申请,2026-03-01,,")
    assert told().get().offer == first
    Offer.objects.unscoped("test").filter(pk=first.pk).update(is_in_force=False)
    results(f"{no},JSD,授信,2026-03-02,1000,")
    assert told().last().offer == second  # none in force: the last that was
    assert numbers(results(f"{no},JSD,申请,2026-03-01,,"))[2] == 1  # where it was counted
    assert steps() == ["applied", "approved"]


def test_who_left_the_list_is_confirmed_and_stays_free(
    cast: Cast, lead: Lead, no: str, results: Any
) -> None:
    Lead.objects.unscoped("test").update(eligibility=Eligibility.WITHDRAWN, holder=None)
    Offer.objects.unscoped("test").update(is_in_force=False)
    assert numbers(results(f"{no},JSD,申请,2026-03-01,,")) == (1, 1, 0, 0, 0)
    lead = fresh(lead)
    assert (lead.stage, lead.holder, lead.eligibility) == (
        Stage.APPLIED, None, Eligibility.WITHDRAWN,
    )  # fmt: skip
    assert restate_standing([lead.pk]) == 0


def test_what_is_wrong_is_told(cast: Cast, lead: Lead, no: str, results: Any) -> None:
    Product.objects.create(code="SHD", name="商户贷")
    tomorrow = timezone.localdate() + timedelta(days=1)
    feed = results(
        f"{no},XXX,申请,2026-03-01,,",
        f"{no},SHD,申请,2026-03-01,,",
        f"{no},JSD,想一想,2026-03-01,,",
        f"{no},JSD,申请,2月30日,,",
        f"{no},JSD,申请,{tomorrow},,",
        f"{no},JSD,授信,2026-03-01,三十万,",
        f"{no},JSD,授信,2026-03-01,0,",
        f"{no},JSD,授信,2026-03-01,2亿,",
        f"{no},JSD,授信,2026-03-01,99999万,",
        f"X{no},JSD,授信,2026-03-01,1,",
        f"{no},JSD,申请,{timezone.localdate()},,",
    )
    assert numbers(feed) == (11, 1, 0, 1, 9)
    assert [row[2] for row in said(feed)] == [
        "product_unknown", "no_offer", "step_unknown", "date_invalid", "future",
        *["amount_invalid"] * 3, "amount_too_large", "customer_unknown",
    ]  # fmt: skip
    assert not ContactLog.objects.unscoped("test").exists()
