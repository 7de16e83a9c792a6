"""The auditor reads who did what; nobody else does, and nothing can be written."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import Cast
from trust import audit
from trust.chain import seal_new
from trust.models import AuditEvent


def rows(response: Any) -> list[str]:
    return [row["event"].action for row in response.context["rows"]]


def test_shows_newest_first_in_words(cast: Cast, as_: Any) -> None:
    audit.record("lead.call", by=cast.wang, target="lead:17")
    audit.record("lead.claim", by=cast.li, target="lead:18", result="already_held")
    response = as_(cast.zhou).get("/audit/")
    assert rows(response) == ["lead.claim", "lead.call"]
    text = response.content.decode()
    assert "一键外呼" in text
    assert "客户 17" in text
    assert "already_held" in text


def test_results_and_what_stands_beside_are_in_words(cast: Cast, as_: Any) -> None:
    audit.record("session.login_failed", by=None, target=f"staff:{cast.wang.pk}", result="failed")
    audit.record(
        "export.ask", by=cast.zhao, target="export:2", rows=394, purpose="visit",
        columns=["name", "phone", "address", "village", "amount", "stage", "holder"], clear=[],
        leads_digest="2f5d3e5152264b8a",
    )  # fmt: skip
    text = as_(cast.zhou).get("/audit/").content.decode()
    assert "没有通过" in text and ">wang<" in text  # whose login it was: nobody was logged in
    assert "人数：394" in text and "用途：上门走访" in text and "核对码：2f5d3e51<" in text
    assert "姓名、手机号、地址、行政村" in text and "明文：没有" in text


def test_what_is_shown_as_the_target_finds_it(cast: Cast, as_: Any) -> None:
    audit.record("lead.call", by=cast.wang, target="lead:17")
    audit.record("lead.call", by=cast.wang, target="lead:18")
    assert rows(as_(cast.zhou).get("/audit/", {"target": "客户 17"})) == ["lead.call"]


def test_filters_by_person_action_target_and_day(cast: Cast, as_: Any) -> None:
    audit.record("lead.call", by=cast.wang, target="lead:1")
    audit.record("lead.call", by=cast.li, target="lead:2")
    audit.record("lead.log", by=cast.wang, target="lead:3")
    ask = as_(cast.zhou).get
    today = timezone.localdate()
    assert len(rows(ask("/audit/", {"who": "wang"}))) == 2
    assert rows(ask("/audit/", {"action": "lead.log"})) == ["lead.log"]
    assert rows(ask("/audit/", {"target": "lead:2"})) == ["lead.call"]
    assert len(rows(ask("/audit/", {"since": today, "until": today}))) == 3
    assert rows(ask("/audit/", {"until": today - timedelta(days=1)})) == []


def test_pages_go_back_without_gap_or_repeat(cast: Cast, as_: Any) -> None:
    for serial in range(120):
        audit.record("lead.call", by=cast.wang, target=f"lead:{serial}")
    client, seen, query = as_(cast.zhou), [], ""
    while True:
        response = client.get(f"/audit/?{query}")
        seen += [row["event"].target for row in response.context["rows"]]
        query = response.context["older"]
        if not query:
            break
    assert seen == [f"lead:{serial}" for serial in reversed(range(120))]


def test_an_event_changed_behind_our_back_shows(cast: Cast, as_: Any, monkeypatch: Any) -> None:
    event = audit.record("lead.call", by=cast.wang, target="lead:1")
    monkeypatch.setattr("marketing_map.audit_page.mac_of", lambda e: audit.mac_of(_altered(e)))
    text = as_(cast.zhou).get("/audit/").content.decode()
    assert "被改动" in text
    assert AuditEvent.objects.get(pk=event.pk).actor_no == "wang"


def _altered(event: AuditEvent) -> AuditEvent:
    event.actor_no = "li"
    return event


def test_a_senseless_date_shows_nothing_and_says_why(cast: Cast, as_: Any) -> None:
    audit.record("lead.call", by=cast.wang)
    response = as_(cast.zhou).get("/audit/?since=yesterday")
    assert rows(response) == []
    assert 'role="alert"' in response.content.decode()


def test_others_are_refused(cast: Cast, as_: Any) -> None:
    for person in (cast.wang, cast.zhao, cast.qian, cast.feng):
        assert as_(person).get("/audit/").status_code == 403


def test_it_cannot_be_posted_to(cast: Cast, as_: Any) -> None:
    assert as_(cast.zhou).post("/audit/").status_code == 405


@pytest.mark.parametrize("query", ["since=0001-01-01", "until=9999-12-31"])
def test_days_at_the_end_of_time_find_nothing(cast: Cast, as_: Any, query: str) -> None:
    answer = as_(cast.zhou).get(f"/audit/?{query}")
    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_a_row_says_its_place_in_the_chain(cast: Cast, as_: Any) -> None:
    audit.record("lead.call", by=cast.wang)
    assert "已入链 0 条" in as_(cast.zhou).get("/audit/").content.decode()
    seal_new()
    text = as_(cast.zhou).get("/audit/").content.decode()
    assert "已入链 1 条" in text
    assert "第 1 环" in text
