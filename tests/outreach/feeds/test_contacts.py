"""总行触达: what a row becomes, what counts as a contact, and what is told twice."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from outreach.actions.feeds import receive_feed
from outreach.feeds.report import report_lines
from outreach.gates import in_contact_now, too_often
from outreach.models import (
    Channel,
    ContactLog,
    Eligibility,
    Feed,
    Lead,
    Refusal,
    RefusalSource,
    Stage,
)
from tests.cast import Cast, make_lead
from tests.outreach.feeds.conftest import numbers, said
from trust.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang)


@pytest.fixture
def no(lead: Lead) -> str:
    assert lead.customer.customer_no
    return lead.customer.customer_no


def logs() -> Any:
    return ContactLog.objects.unscoped("test").order_by("started_at", "pk")


def fresh(lead: Lead) -> Lead:
    found: Lead = Lead.objects.unscoped("test").get(pk=lead.pk)
    return found


def local(*parts: int) -> datetime:
    return timezone.make_aware(datetime(*parts))


def test_a_call_in_which_the_customer_answered(lead: Lead, no: str, contacts: Any) -> None:
    feed = contacts(f"{no},智能外呼,2026-03-01 10:20,已接通本人,高")
    assert numbers(feed) == (1, 1, 0, 0, 0)
    assert (feed.state, feed.problems.count()) == ("done", 0)
    log = logs().get()
    assert (log.channel, log.call_state, log.person) == (Channel.HQ_AI_CALL, "connected", "self")
    assert (log.is_contact, log.intention, log.source, log.staff) == (True, "high", "feed", None)
    assert log.started_at == local(2026, 3, 1, 10, 20)
    assert log.logged_at == feed.received_at
    lead = fresh(lead)
    assert (lead.stage, lead.stage_basis) == (Stage.CONTACTED, "reported")
    assert lead.last_attempt_at == lead.last_contact_at == lead.hq_interest_at == log.started_at


@pytest.mark.parametrize(
    ("channel", "result", "expected"),
    [
        ("短信", "已送达", ("hq_sms", "", "", False)),
        ("手机银行弹窗", "已读", ("hq_popup", "", "", False)),
        ("人工外呼", "已接通（本人）", ("hq_call", "connected", "self", True)),
        ("人工外呼", "已接通", ("hq_call", "connected", "", False)),
        ("AI外呼", "家人接听", ("hq_ai_call", "connected", "family", False)),
        ("智能外呼", "无人接听", ("hq_ai_call", "no_answer", "", False)),
        ("智能外呼", "空号", ("hq_ai_call", "no_such_number", "", False)),
        ("智能外呼", "拒接", ("hq_ai_call", "declined", "", False)),
    ],
)
def test_only_the_customer_answering_a_call_is_a_contact(
    lead: Lead, no: str, contacts: Any, channel: str, result: str, expected: tuple[Any, ...]
) -> None:
    contacts(f"{no},{channel},2026-03-01 10:20,{result},")
    log = logs().get()
    assert (log.channel, log.call_state, log.person, log.is_contact) == expected
    assert fresh(lead).stage == (Stage.CONTACTED if log.is_contact else Stage.TO_CONTACT)
    assert fresh(lead).last_attempt_at == log.started_at


def test_columns_in_any_order_under_other_names(lead: Lead, no: str, contacts: Any) -> None:
    head = "触达结果,备注,意向等级,外呼时间,触达渠道,客户号（ECIF）"
    contacts(f"已接通本人,想多了解,A,2026年3月1日 9:05,人工坐席,{no}", head=head)
    log = logs().get()
    assert (log.channel, log.intention) == (Channel.HQ_CALL, "high")
    assert log.started_at == local(2026, 3, 1, 9, 5)
    assert log.note == ""


def test_nothing_known_is_no_intention_and_none_is_one(cast: Cast, no: str, contacts: Any) -> None:
    contacts(
        f"{no},智能外呼,2026-03-01 10:20,已接通,无",
        f"{no},智能外呼,2026-03-01 11:20,已接通,",
        f"{no},智能外呼,2026-03-01 12:20,无人接听,无",
    )
    assert list(logs().values_list("intention", flat=True)) == ["none", "", ""]


def test_the_same_again_changes_nothing_and_other_content_is_told(
    lead: Lead, no: str, contacts: Any
) -> None:
    row = f"{no},智能外呼,2026-03-01 10:20,已接通本人,高"
    contacts(row)
    before = list(logs().values())
    again = contacts(row, row, f"{no},智能外呼,2026-03-01 10:20,已接通本人,低")
    assert numbers(again) == (3, 0, 2, 0, 1)
    assert said(again) == [(4, "客户号", "other_content", no[:3] + "***" + no[-3:])]
    assert list(logs().values()) == before


def test_its_own_number_makes_a_contact_the_same(lead: Lead, no: str, contacts: Any) -> None:
    head = "流水号,客户号,渠道,时间,结果"
    first = contacts(
        f"A1,{no},短信,2026-03-01 10:20,已送达", f"A2,{no},短信,2026-03-01 10:20,已送达", head=head
    )
    assert numbers(first) == (2, 2, 0, 0, 0)
    again = contacts(
        f"A2,{no},短信,2026-03-01 10:20,已送达", f"A1,{no},短信,2026-03-02 10:20,已送达", head=head
    )
    assert numbers(again) == (2, 0, 1, 0, 1)
    spoilt = contacts(f"4.11E+17,{no},短信,2026-03-03 10:20,已送达", head=head)
    assert said(spoilt)[0][1:3] == ("流水号", "digits_lost")


def test_bad_rows_are_told_by_row_and_column_and_good_ones_go_in(
    lead: Lead, no: str, contacts: Any
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    feed = contacts(
        f"{no},传真,2026-03-01 10:20,已送达,",
        f"{no},短信,昨天上午,已送达,",
        f"{no},短信,{tomorrow} 10:20,已送达,",
        f"{no},短信,1999-12-31 10:20,已送达,",
        f"{no},短信,2026-03-01 10:20,已接通本人,",
        f"{no},智能外呼,2026-03-01 10:20,无人接听,高",
        f"{no},智能外呼,2026-03-01 10:20,已接通,很高",
        ",短信,2026-03-01 10:20,已送达,",
        f"{no},短信,2026-03-01 10:20,已送达",
        f"{no},短信,2026-03-01 10:20,已送达,,多出一格",
        f"{no},短信,2026-03-01 10:20,已送达,高",
    )
    assert numbers(feed) == (11, 1, 0, 0, 10)
    assert [row[:3] for row in said(feed)] == [
        (2, "渠道", "channel_unknown"),
        (3, "时间", "moment_invalid"),
        (4, "时间", "future"),
        (5, "时间", "too_early"),
        (6, "结果", "result_unknown"),
        (7, "意向", "intention_unanswered"),
        (8, "意向", "intention_unknown"),
        (9, "客户号", "missing"),
        (10, "", "columns_missing"),
        (11, "", "columns_too_many"),
    ]
    assert feed.state == "done"
    assert fresh(lead).hq_interest_at == local(2026, 3, 1, 10, 20)


def test_who_is_not_there_or_not_ours_is_told_masked(cast: Cast, contacts: Any) -> None:
    far = make_lead(cast, branch=cast.far_outlet)
    nos = ("C99999999", far.customer.customer_no)
    rows = [f"{no},短信,2026-03-01 10:20,已送达," for no in nos]
    feed = contacts(*rows, branch=cast.province)
    assert numbers(feed) == (2, 0, 0, 2, 0)
    assert [row[2] for row in said(feed)] == ["customer_unknown"] * 2
    assert all("***" in row[3] and row[3] not in nos for row in said(feed))
    assert numbers(contacts(*rows))[1:4] == (1, 0, 1)  # headquarters reaches everywhere


def test_a_refusal_closes_the_customer_for_good(lead: Lead, no: str, contacts: Any) -> None:
    row = f"{no},短信,2026-03-01 10:20,退订,"
    contacts(row)
    refusal = Refusal.objects.get()
    assert (refusal.source, refusal.contact_log) == (RefusalSource.HQ, logs().get())
    assert refusal.at == local(2026, 3, 1, 10, 20)
    assert (fresh(lead).eligibility, fresh(lead).stage) == (
        Eligibility.REFUSED,
        Stage.NOT_INTERESTED,
    )
    assert numbers(contacts(row)) == (1, 0, 1, 0, 0)
    assert Refusal.objects.count() == 1


def test_told_late_it_does_not_undo_that_the_customer_came_back(
    lead: Lead, no: str, contacts: Any, cast: Cast
) -> None:
    Refusal.objects.create(
        customer=lead.customer, source="customer", ended_at=local(2026, 4, 1, 9), ended_by=cast.wang
    )
    contacts(f"{no},智能外呼,2026-03-01 10:20,拒绝营销,")
    assert fresh(lead).eligibility == Eligibility.YES
    contacts(f"{no},智能外呼,2026-05-01 10:20,拒绝营销,")
    assert fresh(lead).eligibility == Eligibility.REFUSED


def test_who_has_died_is_closed_as_such(lead: Lead, no: str, contacts: Any) -> None:
    contacts(f"{no},人工外呼,2026-03-01 10:20,已故,")
    assert Refusal.objects.get().source == RefusalSource.DECEASED
    assert fresh(lead).eligibility == Eligibility.REFUSED


def test_messages_and_calls_use_up_the_caps_and_block_nobody(
    lead: Lead, no: str, contacts: Any, cast: Cast
) -> None:
    now = timezone.localtime().replace(hour=12, minute=0)
    at = now - timedelta(days=1)
    contacts(
        f"{no},短信,{at:%Y-%m-%d %H:%M},已送达,",
        f"{no},弹窗,{at:%Y-%m-%d %H:%M},已读,",
        f"{no},智能外呼,{at:%Y-%m-%d %H:%M},无人接听,",
    )
    refusal = too_often(lead, at=at + timedelta(minutes=2))
    assert refusal is not None and refusal.code == "attempts_day"
    assert in_contact_now(lead, by=cast.wang, at=at + timedelta(minutes=2)) is None


def test_one_audit_event_a_file_with_its_numbers(lead: Lead, no: str, contacts: Any) -> None:
    feed: Feed = contacts(f"{no},短信,2026-03-01 10:20,已送达,", "X1,短信,2026-03-01 10:20,已送达,")
    event = AuditEvent.objects.get(action="feed.applied")
    assert (event.actor_id, event.target) == (feed.by_id, f"feed:{feed.pk}")
    assert event.detail == {
        "kind": "contacts", "branch": "H", "sha256": feed.sha256,
        "rows": 2, "added": 1, "known": 0, "unknown": 1, "rejected": 0,
    }  # fmt: skip
    assert AuditEvent.objects.count() == 2  # received, applied: none a row


def test_a_file_that_has_shifted_shows_nothing_personal(cast: Cast, contacts: Any) -> None:
    at = "2026-11-20 10:00"
    feed = contacts(
        f"刘建国,短信,{at},已送达,",
        "C000001,稻田镇刘庄村,王秀英,已送达,",
        f"C000001,短信,{at},寿光市稻田镇3组,",
        f"C000001,智能外呼,{at},已接通本人,李四",
        "C000001,短信,16912345678,已送达,",
        "C000001,短信,2126-11-20 10:00,已送达,",
    )
    shown = [row[3] for row in said(feed)]
    assert sorted(shown) == sorted(
        ["刘**", "稻**", "王**", "寿**", "李**", "1**", "2126-11-20 10:00"]
    )
    report = "".join(report_lines(feed))
    assert not [text for text in ("建国", "刘庄", "秀英", "寿光", "16912345678") if text in report]


def test_the_name_of_a_file_keeps_no_number(cast: Cast) -> None:
    feed = receive_feed(
        file=io.BytesIO(b"x"), kind="contacts", branch=cast.hq, by=cast.qian,
        file_name="16912345678_20261124.csv",
    )  # fmt: skip
    assert feed.file_name == "***_20261124.csv"
