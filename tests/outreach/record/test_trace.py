"""One customer's chain: from the list through hands and eyes to the result."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from outreach.actions.export_files import download_export
from outreach.actions.return_lead import ReturnReason, return_lead
from outreach.disclosure import record_daily_view
from outreach.models import (
    CallState,
    Channel,
    ContactLog,
    Lead,
    Outcome,
    PersonReached,
    Refusal,
    RefusalSource,
)
from outreach.record.trace import Trace, customers_within, narrowed, trace_of
from outreach.record.trace_lists import Event, Kind
from tests.cast import Cast, make_lead
from tests.exports import again, ready
from tests.lists import compared, put, undo
from trust import audit
from whitelist.models import (
    Correction,
    CorrectionField,
    CorrectionState,
    Customer,
    LoanResult,
    LoanStep,
    Mode,
    Offer,
)


def in_words(action: str) -> str:
    return f"<{action}>"


def trace(number: str = "A1") -> Trace:
    customer = Customer.objects.unscoped("test").get(customer_no=number)
    return trace_of(customer, in_words=in_words)


def of_kind(kind: Kind, number: str = "A1") -> list[Event]:
    return narrowed(trace(number).events, kind=kind)


def the_lead(number: str = "A1") -> Lead:
    return Lead.objects.unscoped("test").get(customer__customer_no=number)


@pytest.fixture(autouse=True)
def nobody_is_control(cast: Cast) -> None:
    cast.programme.control_percent = 0
    cast.programme.save()


def test_tells_which_list_row_and_approval_listed_them(cast: Cast) -> None:
    batch = put(cast, [{"no": "Z9"}, {"no": "A1", "amount": 80_000}])
    (event,) = of_kind(Kind.LIST)
    assert event.what == "新增 · 极速贷"
    assert event.who == "冯复核 feng"
    assert event.said == [
        "名单.csv 第 3 行",
        "80,000 元",
        f"批次 {batch.pk}",
        "审批单号 SP-1",
        "模型版本 M1",
    ]
    assert (event.upload, event.at) == (batch.upload_id, batch.in_force_at)


def test_follows_them_through_later_lists_and_an_undo(cast: Cast) -> None:
    put(cast, [{"no": "A1"}])
    put(cast, [{"no": "A1"}, {"no": "B2"}])
    put(cast, [{"no": "A1", "amount": 200_000}, {"no": "B2"}])
    gone = put(cast, [{"no": "B2"}])
    undo(cast, gone)
    compared(cast, [{"no": "A1", "amount": 300_000}])
    assert [event.what for event in of_kind(Kind.LIST)] == [
        "新增 · 极速贷",
        "续留",
        "额度变更 · 极速贷",
        "移出 · 极速贷",
        "撤销名单：新增 · 极速贷",
        "名单文件里有这位客户（待提交）",
    ]
    assert of_kind(Kind.LIST)[3].said[0] == "名单.csv（不在文件里）"


def test_tells_every_holder_and_why_it_ended(cast: Cast) -> None:
    put(cast, [{"no": "A1", "manager": cast.wang}])
    return_lead(lead=the_lead(), by=cast.wang, reason=ReturnReason.UNREACHABLE, note="去新疆了")
    given, ended = of_kind(Kind.ASSIGNMENT)
    assert (given.what, given.who, given.said) == ("分配给 王经理 wang", "系统", ["名单生效"])
    assert (ended.what, ended.said) == ("王经理 wang 不再持有", ["退回", "长期联系不上"])
    assert "新疆" not in repr(trace())


def test_finds_the_views_of_each_holder_among_those_of_others(cast: Cast) -> None:
    mine = make_lead(cast, holder=cast.wang)
    other = make_lead(cast, holder=cast.wang)
    record_daily_view(cast.wang, [mine, other])
    audit.record("lead.seen_in_full", by=cast.wang, leads=[other.pk])
    audit.record("lead.seen_in_full", by=cast.sun, leads=[mine.pk + 1000])
    number = str(mine.customer.customer_no)
    (event,) = of_kind(Kind.VIEW, number)
    assert (event.what, event.who) == ("<lead.seen_in_full>", "王经理 wang")


def test_finds_the_view_of_somebody_who_holds_them_no_more(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    record_daily_view(cast.wang, [lead])
    return_lead(lead=lead, by=cast.wang, reason=ReturnReason.OTHER)
    assert len(of_kind(Kind.VIEW, str(lead.customer.customer_no))) == 1


def test_tells_calls_reveals_and_what_was_refused(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    audit.record("lead.call", by=cast.wang, target=f"lead:{lead.pk}", result="hours")
    audit.record("phone.reveal", by=cast.wang, target=f"lead:{lead.pk}")
    audit.record("phone.reveal", by=cast.wang, target=f"lead:{lead.pk}1")
    refused, revealed = of_kind(Kind.REVEAL, str(lead.customer.customer_no))
    assert (refused.what, refused.said) == ("<lead.call>", ["结果：hours"])
    assert (revealed.what, revealed.who, revealed.said) == ("<phone.reveal>", "王经理 wang", [])


def test_tells_contacts_and_results_in_codes_alone(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    now, later = timezone.now(), timezone.now() + timedelta(minutes=1)
    log = ContactLog.objects.create(
        uuid=uuid4(),
        lead=lead,
        staff=cast.wang,
        channel=Channel.CALL,
        started_at=now,
        logged_at=now,
        call_state=CallState.CONNECTED,
        person=PersonReached.SELF,
        is_contact=True,
        outcome=Outcome.REFUSED,
        note="机密备注",
        business="种大棚",
        need_purpose="换棚膜",
    )
    ContactLog.objects.create(
        uuid=uuid4(), lead=lead, channel=Channel.HQ_SMS, started_at=now - timedelta(days=1)
    )
    LoanResult.objects.create(
        key="k", offer=Offer.objects.unscoped("test").get(customer=lead.customer),
        step=LoanStep.REFUSED, on=date(2026, 3, 1), amount=50_000, reason="机密原因",
    )  # fmt: skip
    Correction.objects.create(
        customer=lead.customer, branch=lead.branch, field=CorrectionField.PHONE,
        value="16900009999", stated_by=cast.wang, decided_by=cast.feng, decided_at=later,
        state=CorrectionState.APPROVED,
    )  # fmt: skip
    Refusal.objects.create(
        customer=lead.customer, source=RefusalSource.CUSTOMER, contact_log=log, by=cast.wang,
        ended_at=later, ended_by=cast.feng, end_reason="来电：改主意了",
    )  # fmt: skip
    number = str(lead.customer.customer_no)
    sent, spoken = of_kind(Kind.CONTACT, number)
    assert (sent.what, sent.who) == ("总行短信", "总行")
    assert (spoken.what, spoken.who) == ("电话", "王经理 wang")
    assert spoken.said == ["营销触达", "已接通", "本人", "拒绝营销"]
    (result,) = of_kind(Kind.RESULT, number)
    assert (result.what, result.said, result.is_day) == ("拒绝", ["极速贷", "50,000 元"], True)
    assert [event.what for event in of_kind(Kind.CORRECTION, number)] == [
        "提出更正：手机号",
        "更正有结果：手机号",
    ]
    refused, reopened = of_kind(Kind.REFUSAL, number)
    assert (refused.said, refused.who) == (["客户本人", "电话"], "王经理 wang")
    assert (reopened.said, reopened.who) == (["来电：改主意了"], "冯复核 feng")
    told = repr(trace(number))
    hidden = ("机密备注", "种大棚", "换棚膜", "机密原因", "16900009999", "吕建国")
    assert not [text for text in hidden if text in told]
    assert trace(number).name == "吕**"


def test_events_come_in_order_and_by_day(cast: Cast) -> None:
    put(cast, [{"no": "A1", "manager": cast.wang}])
    events = trace().events
    assert [event.at for event in events] == sorted(event.at for event in events)
    today = timezone.localdate()
    assert narrowed(events, since=today, until=today) == events
    assert narrowed(events, since=today + timedelta(days=1)) == []
    assert narrowed(events, until=today - timedelta(days=1)) == []


def test_customers_are_found_within_the_own_subtree(cast: Cast) -> None:
    here, far = make_lead(cast), make_lead(cast, branch=cast.far_outlet)
    clerk = cast.qian
    clerk.branch = cast.province
    assert set(customers_within(clerk)) == {here.customer}
    assert set(customers_within(cast.zhou)) == {here.customer, far.customer}
    here.delete()  # listed, and nobody's work yet
    assert set(customers_within(clerk)) == {here.customer}


def test_a_list_of_another_mode_tells_it_called_them_off(cast: Cast) -> None:
    put(cast, [{"no": "A1"}, {"no": "B2"}])
    put(cast, [{"no": "A1"}], mode=Mode.WITHDRAW)
    listed, called_off = of_kind(Kind.LIST)
    assert (listed.what, called_off.what) == ("新增 · 极速贷", "移出 · 极速贷")
    assert called_off.said[0] == "名单.csv 第 2 行"


def test_a_file_they_were_in_is_told_each_time_it_was_fetched(cast: Cast) -> None:
    lead = make_lead(cast)
    export = ready(cast, clear=["phone"])
    never_fetched = ready(cast)
    for _ in range(2):
        download_export(export=again(export), format="csv", by=cast.zhao)
    told = trace_of(lead.customer, in_words=in_words).events
    fetched = [event for event in told if event.what == "在下载的导出文件里"]
    assert [event.said for event in fetched] == [
        [f"导出 {export.pk}-1", "明文：手机号"],
        [f"导出 {export.pk}-2", "明文：手机号"],
    ]
    assert {event.who for event in fetched} == {"赵主管 zhao"} and never_fetched.pk != export.pk
