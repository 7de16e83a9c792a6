"""What the card says of headquarters, before anybody dials."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from outreach.models import Channel, ContactLog, Lead
from outreach.standing import restate_standing
from outreach.views.field.headquarters import day_in_words
from tests.cast import Cast, make_lead
from whitelist.models import LoanResult, Offer


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang)


def hq(lead: Lead, days_ago: int, channel: str, **fields: Any) -> ContactLog:
    at = timezone.localtime().replace(hour=9, minute=30) - timedelta(days=days_ago)
    return ContactLog.objects.create(
        uuid=uuid4(), lead=lead, channel=channel, started_at=at, logged_at=at, source="feed",
        **fields,
    )  # fmt: skip


def page_of(as_: Any, staff: Any, lead: Lead) -> str:
    restate_standing([lead.pk])
    page: str = as_(staff).get(reverse("lead_card", args=[lead.pk])).content.decode()
    return " ".join(page.split())


def test_it_stands_before_the_call_button(cast: Cast, as_: Any, lead: Lead) -> None:
    hq(lead, 9, Channel.HQ_SMS)
    hq(lead, 5, Channel.HQ_AI_CALL, call_state="no_answer")
    hq(lead, 1, Channel.HQ_AI_CALL, call_state="connected", person="self", is_contact=True,
       intention="high")  # fmt: skip
    page = page_of(as_, cast.wang, lead)
    keen = page.index("总行昨天已智能外呼")
    assert "本人接听" in page and "<strong>意向高</strong>" in page
    assert keen < page.index("已发短信") < page.index("data-call")
    assert page.count("已智能外呼") == 1  # the latest of each channel
    assert 'class="keen"' in page
    assert "<span>意向高</span>" in page  # in the history


def test_interest_a_colleague_has_answered_is_history(cast: Cast, as_: Any, lead: Lead) -> None:
    hq(lead, 2, Channel.HQ_CALL, call_state="connected", person="self", is_contact=True,
       intention="high")  # fmt: skip
    ContactLog.objects.create(
        uuid=uuid4(), lead=lead, staff=cast.wang, channel=Channel.CALL, person="self",
        is_contact=True, started_at=timezone.now() - timedelta(days=1), logged_at=timezone.now(),
    )  # fmt: skip
    page = page_of(as_, cast.wang, lead)
    assert "已人工外呼" in page and 'class="keen"' not in page


def test_how_far_the_loan_system_says_they_are(cast: Cast, as_: Any, lead: Lead) -> None:
    offer = Offer.objects.unscoped("test").get()
    for key, step, day, amount, reason in (
        ("3", "approved", 21, 300_000, ""),
        ("1", "applied", 20, None, ""),
        ("2", "refused", 19, None, "征信不符"),
    ):
        LoanResult.objects.create(
            key=key, offer=offer, step=step, on=date(2025, 11, day), amount=amount, reason=reason
        )
    page = page_of(as_, cast.zhao, lead)
    order = [page.index(text) for text in ("核实进度", "11-19", "11-20", "11-21", "30万")]
    assert order == sorted(order)
    assert "拒绝原因：征信不符" in page


def test_nothing_from_headquarters_is_nothing_on_the_card(cast: Cast, as_: Any, lead: Lead) -> None:
    page = page_of(as_, cast.wang, lead)
    assert "hq-touches" not in page and "核实进度" not in page


def test_days_in_words(db: None) -> None:
    now = timezone.localtime()
    assert day_in_words(now) == "今天"
    assert day_in_words(now - timedelta(days=1)) == "昨天"
    assert day_in_words(timezone.make_aware(datetime(2019, 3, 1))) == "2019年3月1日"
