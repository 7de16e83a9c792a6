"""Making a page to send, and taking it back."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from outreach.actions.refuse import close_for_marketing
from outreach.actions.share_page import share_page, withdraw_share
from outreach.gates import GateRefusal
from outreach.models import (
    ContactLog,
    Eligibility,
    Lead,
    Script,
    ScriptKind,
    Share,
    Stage,
    StageBasis,
)
from tests.cast import Cast, make_cast, make_lead
from tests.outreach.test_one_winner import at_once
from tests.shares import make_text, make_texts, send, stored
from trust.models import AuditEvent

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def by_day() -> Any:
    with time_machine.travel(TEN, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lead(cast: Cast) -> Lead:
    make_texts(cast)
    return make_lead(cast, holder=cast.wang)


def refusal_of(lead: Lead, by: Any) -> str:
    answer = share_page(lead=lead, by=by)
    assert isinstance(answer, GateRefusal)
    assert not Share.objects.unscoped("test").filter(lead=lead).exists()
    return answer.code


def test_who_what_and_until_when(cast: Cast, lead: Lead) -> None:
    share = stored(send(lead, cast.wang))
    assert share.staff == cast.wang and share.product == cast.product
    assert share.script.kind == ScriptKind.PAGE and len(share.code) == 16
    assert share.expires_at == TEN + timedelta(days=30)
    event = AuditEvent.objects.get(action="share.create")
    assert event.target == f"lead:{lead.pk}" and event.actor_id == cast.wang.pk
    assert event.detail == {"share": share.pk, "script": share.script_id}


def test_the_code_stands_in_no_audit_event(cast: Cast, lead: Lead) -> None:
    share = send(lead, cast.wang)
    assert share.code not in str(list(AuditEvent.objects.values()))


def test_it_is_no_attempt_and_no_contact(cast: Cast, lead: Lead) -> None:
    send(lead, cast.wang)
    lead.refresh_from_db()
    assert lead.last_attempt_at is None and lead.stage == Stage.TO_CONTACT
    assert not ContactLog.objects.unscoped("test").exists()


def test_a_second_tap_on_one_day_is_the_same_page(cast: Cast, lead: Lead, by_day: Any) -> None:
    first = send(lead, cast.wang)
    by_day.shift(timedelta(hours=13))
    assert send(lead, cast.wang) == first
    by_day.shift(timedelta(hours=2))
    assert send(lead, cast.wang) != first
    assert AuditEvent.objects.filter(action="share.create").count() == 2


def test_after_it_was_taken_back_a_tap_makes_another(cast: Cast, lead: Lead) -> None:
    first = send(lead, cast.wang)
    withdraw_share(share=first, by=cast.wang)
    assert send(lead, cast.wang) != first


def test_the_text_of_the_segment_is_used(cast: Cast, lead: Lead) -> None:
    special = make_text(cast, ScriptKind.PAGE, "按茬口还款", segment="蔬菜种植")
    Lead.objects.unscoped("test").update(segment="蔬菜种植")
    assert send(lead, cast.wang).script == special


@pytest.mark.parametrize("change", [{"reviewed_at": None}, {"retired_at": TEN}])
def test_without_a_reviewed_text_nothing_is_sent(
    cast: Cast, lead: Lead, change: dict[str, Any]
) -> None:
    Script.objects.filter(kind=ScriptKind.PAGE).update(**change)
    assert refusal_of(lead, cast.wang) == "no_text"
    assert AuditEvent.objects.get(action="share.create").result == "no_text"


def test_a_text_for_messages_is_none_for_pages(cast: Cast) -> None:
    make_text(cast, ScriptKind.MESSAGE, "您好")
    assert refusal_of(make_lead(cast, holder=cast.wang), cast.wang) == "no_text"


def test_without_a_product(cast: Cast, lead: Lead) -> None:
    Lead.objects.unscoped("test").update(product=None)
    assert refusal_of(lead, cast.wang) == "no_product"


@pytest.mark.parametrize(
    "eligibility",
    [Eligibility.REFUSED, Eligibility.CONTROL, Eligibility.WITHDRAWN, Eligibility.EXPIRED],
)
def test_closed_customers_are_sent_nothing(
    cast: Cast, lead: Lead, eligibility: Eligibility
) -> None:
    closed = make_lead(cast, holder=cast.wang, eligibility=eligibility)
    assert refusal_of(closed, cast.wang) == eligibility.value


@pytest.mark.parametrize("eligibility", [Eligibility.WITHDRAWN, Eligibility.EXPIRED])
def test_service_is_no_reason_to_send_marketing(
    cast: Cast, lead: Lead, eligibility: Eligibility
) -> None:
    served = make_lead(
        cast,
        holder=cast.wang,
        eligibility=eligibility,
        stage=Stage.APPLIED,
        stage_basis=StageBasis.CONFIRMED,
    )
    assert refusal_of(served, cast.wang) == "service_only"


def test_not_theirs_to_send(cast: Cast, lead: Lead) -> None:
    for by in (cast.li, cast.zhao):
        with pytest.raises(PermissionDenied):
            share_page(lead=lead, by=by)


def test_taken_back_by_who_sent_it_or_holds_the_customer_now(cast: Cast, lead: Lead) -> None:
    share = send(lead, cast.wang)
    with pytest.raises(PermissionDenied):
        withdraw_share(share=share, by=cast.li)
    lead.holder = cast.li
    lead.save()
    share = stored(share)
    assert withdraw_share(share=share, by=cast.li)
    assert not withdraw_share(share=share, by=cast.wang)
    assert not stored(share).is_alive
    assert AuditEvent.objects.filter(action="share.withdraw").count() == 1


def test_what_came_back_in_one_sentence() -> None:
    share = Share(created_at=TEN)
    assert share.in_words() == "已推送 11-24 · 对方还没有打开"
    share.opens = 2
    assert share.in_words() == "已推送 11-24 · 对方打开 2 次"
    share.clicks = 1
    assert share.in_words() == "已推送 11-24 · 对方打开 2 次，点了去申请"
    share.opens = 0
    assert share.in_words() == "已推送 11-24 · 对方点了去申请"


@pytest.mark.django_db(transaction=True)
def test_many_taps_at_once_make_one_page(transactional_db: None) -> None:
    cast = make_cast()
    make_texts(cast)
    lead = make_lead(cast, holder=cast.wang)
    same = [
        lambda: share_page(lead=Lead.objects.unscoped("test").get(pk=lead.pk), by=cast.wang)
    ] * 8
    shares = at_once(same)
    assert len({share.pk for share in shares}) == 1
    assert Share.objects.unscoped("test").count() == 1


def test_who_refuses_finds_the_pages_closed(cast: Cast, lead: Lead, by_day: Any) -> None:
    share = send(lead, cast.wang)
    other = send(make_lead(cast, holder=cast.wang), cast.wang)
    close_for_marketing(lead=lead, by=cast.wang)
    assert stored(share).expires_at == TEN
    assert stored(other).expires_at > TEN
