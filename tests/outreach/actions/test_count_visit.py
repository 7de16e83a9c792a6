"""Openings and clicks are counted, but not as often as somebody likes."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.actions.count_visit import CLICKS_COUNTED, count_click, count_open
from outreach.models import Share
from tests.cast import Cast, make_lead
from tests.shares import make_texts, send, stored
from trust.models import AuditEvent

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def by_day() -> Any:
    with time_machine.travel(TEN, tick=False) as traveller:
        yield traveller


@pytest.fixture
def share(cast: Cast) -> Share:
    make_texts(cast)
    return send(make_lead(cast, holder=cast.wang), cast.wang)


def test_once_a_minute(share: Share, by_day: Any) -> None:
    for _ in range(5):
        count_open(share=stored(share))
    assert stored(share).opens == 1
    by_day.shift(timedelta(seconds=60))
    count_open(share=stored(share))
    found = stored(share)
    assert found.opens == 2
    assert found.opened_at == TEN and found.last_opened_at == TEN + timedelta(seconds=60)


def test_of_two_at_once_one_counts(share: Share) -> None:
    one, other = stored(share), stored(share)
    count_open(share=one)
    count_open(share=other)
    assert stored(share).opens == 1


def test_between_two_counts_nothing_is_written(share: Share) -> None:
    count_open(share=stored(share))
    again = stored(share)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        count_open(share=again)
    assert len(queries) == 0


def test_the_first_of_each_is_an_event_by_nobody(share: Share, by_day: Any) -> None:
    for _ in range(3):
        count_open(share=stored(share))
        count_click(share=stored(share))
        by_day.shift(timedelta(minutes=2))
    for action in ("share.opened", "share.clicked"):
        event = AuditEvent.objects.get(action=action)
        assert event.actor_id is None and event.target == f"lead:{share.lead_id}"
    found = stored(share)
    assert (found.opens, found.clicks, found.clicked_at) == (3, 3, TEN)


def test_clicks_are_counted_up_to_a_hundred(share: Share) -> None:
    Share.objects.unscoped("test").update(clicks=CLICKS_COUNTED - 1, clicked_at=TEN)
    for _ in range(3):
        count_click(share=stored(share))
    assert stored(share).clicks == CLICKS_COUNTED
