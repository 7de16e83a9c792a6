"""解除拒绝营销: 复核 alone, on the customer's own word, and never for the dead or erased."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from outreach.actions.reopen import AskedBy, ReopenRefused, reopen
from outreach.models import (
    Channel,
    ContactLog,
    Eligibility,
    Lead,
    PersonReached,
    Refusal,
    RefusalSource,
)
from tests.cast import Cast, make_lead
from trust.models import AuditEvent
from whitelist.models import Offer


def refused(cast: Cast, source: str = "customer", **fields: Any) -> Refusal:
    lead = make_lead(cast, holder=cast.wang, eligibility=Eligibility.REFUSED, **fields)
    return Refusal.objects.create(customer=lead.customer, source=source, by=cast.wang)


def ask(refusal: Refusal, cast: Cast, **changed: Any) -> Eligibility | None:
    asked = {
        "by": cast.feng,
        "asked_by": AskedBy.WALK_IN,
        "asked_on": timezone.localdate(),
        "reason": "到店说想了解利率",
    }
    return reopen(refusal=refusal, **{**asked, **changed})


def lead_of(refusal: Refusal) -> Lead:
    return Lead.objects.unscoped("test").get(customer=refusal.customer)


def test_ends_it_with_who_how_and_why(cast: Cast) -> None:
    refusal = refused(cast)
    assert ask(refusal, cast) == Eligibility.YES
    refusal.refresh_from_db()
    day = timezone.localdate().isoformat()
    assert refusal.ended_at is not None
    assert refusal.ended_by == cast.feng
    assert refusal.end_reason == f"到店 {day}：到店说想了解利率"
    lead = lead_of(refusal)
    assert (lead.eligibility, lead.holder) == (Eligibility.YES, cast.wang)
    event = AuditEvent.objects.get(action="customer.reopen")
    assert (event.target, event.actor_id) == (f"lead:{lead.pk}", cast.feng.pk)
    assert event.detail["asked_by"] == "walk_in"
    assert "利率" not in str(event.detail)


def test_who_left_the_list_meanwhile_is_not_brought_back(cast: Cast) -> None:
    refusal = refused(cast)
    Offer.objects.unscoped("test").update(is_in_force=False)
    assert ask(refusal, cast) == Eligibility.WITHDRAWN
    assert lead_of(refusal).holder is None


@pytest.mark.parametrize("source", [RefusalSource.DECEASED, RefusalSource.ERASURE])
def test_some_are_closed_for_good(cast: Cast, source: str) -> None:
    refusal = refused(cast, source)
    with pytest.raises(ReopenRefused, match="不能在这里解除"):
        ask(refusal, cast)
    assert lead_of(refusal).eligibility == Eligibility.REFUSED


def test_a_log_that_says_they_died_closes_for_good_too(cast: Cast) -> None:
    refusal = refused(cast)
    refusal.contact_log = ContactLog.objects.create(
        uuid=uuid4(),
        lead=lead_of(refusal),
        channel=Channel.VISIT,
        person=PersonReached.DECEASED,
        started_at=timezone.now(),
    )
    refusal.save()
    with pytest.raises(ReopenRefused, match="不能在这里解除"):
        ask(refusal, cast)


@pytest.mark.parametrize("who", ["qian", "zhao", "wang", "zhou"])
def test_nobody_else_decides(cast: Cast, who: str) -> None:
    refusal = refused(cast)
    with pytest.raises(PermissionDenied):
        ask(refusal, cast, by=getattr(cast, who))
    refusal.refresh_from_db()
    assert refusal.ended_at is None


@pytest.mark.parametrize("days", [-1, 1])
def test_the_request_lies_between_the_refusal_and_today(cast: Cast, days: int) -> None:
    refusal = refused(cast)
    with pytest.raises(ReopenRefused, match="日期"):
        ask(refusal, cast, asked_on=timezone.localdate() + timedelta(days=days))


def test_twice_is_said(cast: Cast) -> None:
    refusal = refused(cast)
    ask(refusal, cast)
    with pytest.raises(ReopenRefused, match="已经解除"):
        ask(refusal, cast)
    assert AuditEvent.objects.filter(action="customer.reopen").count() == 1


def test_they_can_refuse_again(cast: Cast) -> None:
    refusal = refused(cast)
    ask(refusal, cast)
    again = Refusal.objects.create(customer=refusal.customer, source=RefusalSource.HQ)
    assert ask(again, cast) == Eligibility.YES
