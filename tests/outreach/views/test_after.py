"""On the card: number, text, page; who gets them, and what is said when there is none."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from outreach.actions.share_page import withdraw_share
from outreach.models import ContactLog, Eligibility, Lead, Script, Share
from tests.cast import Cast, make_lead
from tests.shares import make_texts, send, stored
from trust.models import AuditEvent

HTMX = {"HX-Request": "true"}
NUMBER = "16900001234"
POSTS, GETS = ("lead_number", "lead_share"), ("lead_message",)


@pytest.fixture
def lead(cast: Cast) -> Lead:
    make_texts(cast)
    return make_lead(cast, holder=cast.wang, phone=NUMBER)


def ask(client: Any, name: str, pk: int, **headers: str) -> Any:
    by = client.post if name in POSTS or name == "share_withdraw" else client.get
    return by(reverse(name, args=[pk]), headers=headers)


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    assert "no-store" in response["Cache-Control"]
    return str(response.content.decode())


def card(client: Any, lead: Lead) -> str:
    return text(client.get(reverse("lead_card", args=[lead.pk]), headers=HTMX))


def test_the_card_offers_them_and_holds_no_number(cast: Cast, as_: Any, lead: Lead) -> None:
    page = card(as_(cast.wang), lead)
    for name in (*POSTS, *GETS):
        assert reverse(name, args=[lead.pk]) in page
    assert NUMBER not in page


def test_it_stands_open_once_somebody_has_spoken(cast: Cast, as_: Any, lead: Lead) -> None:
    assert '<details class="after" >' in card(as_(cast.wang), lead)
    Lead.objects.unscoped("test").update(last_contact_at=timezone.now())
    assert '<details class="after" open>' in card(as_(cast.wang), lead)


def test_not_for_closed_customers_or_who_only_watches(cast: Cast, as_: Any, lead: Lead) -> None:
    assert 'class="after"' not in card(as_(cast.zhao), lead)
    refused = make_lead(cast, holder=cast.wang, eligibility=Eligibility.REFUSED)
    assert 'class="after"' not in card(as_(cast.wang), refused)


def test_the_number_once_in_the_answer(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    assert text(ask(client, "lead_number", lead.pk, **HTMX)).count(NUMBER) == 1
    page = text(ask(client, "lead_number", lead.pk))
    assert page.count(NUMBER) == 1 and "<html" in page
    assert AuditEvent.objects.filter(action="phone.reveal", result="ok").count() == 2
    assert NUMBER not in card(client, lead)


def test_a_closed_gate_says_why(cast: Cast, as_: Any, lead: Lead) -> None:
    refused = make_lead(cast, holder=cast.wang, phone=NUMBER, eligibility=Eligibility.REFUSED)
    for name in (*POSTS, *GETS):
        page = text(ask(as_(cast.wang), name, refused.pk, **HTMX), 409)
        assert 'data-gate="refused"' in page and NUMBER not in page


def test_the_text_wants_its_link_first(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    before = text(ask(client, "lead_message", lead.pk, **HTMX))
    assert "生成链接并填入文案" in before and "data-copy=" not in before
    share = send(lead, cast.wang)
    after = text(ask(client, "lead_message", lead.pk, **HTMX))
    assert f"您好，我是稻田支行网点的王经理，介绍在这里：http://testserver/s/{share.code}/" in after
    assert "第 1 版" in after and "已审核" in after and "<textarea" not in after


def test_a_text_without_link_is_ready_at_once(cast: Cast, as_: Any, lead: Lead) -> None:
    Script.objects.filter(kind="message").update(body="您好，我是{姓名}")
    assert "data-copy=" in text(ask(as_(cast.wang), "lead_message", lead.pk, **HTMX))


def test_without_a_text_it_is_said_who_writes_one(cast: Cast, as_: Any, lead: Lead) -> None:
    Script.objects.all().delete()
    assert "名单经办撰写" in text(ask(as_(cast.wang), "lead_message", lead.pk, **HTMX))
    page = text(ask(as_(cast.wang), "lead_share", lead.pk, **HTMX), 409)
    assert 'data-gate="no_text"' in page and "名单经办撰写" in page


def test_the_page_with_link_code_and_text(cast: Cast, as_: Any, lead: Lead) -> None:
    page = text(ask(as_(cast.wang), "lead_share", lead.pk, **HTMX))
    share = Share.objects.unscoped("test").get()
    assert "客户：吕建国" in page
    assert f"http://testserver/s/{share.code}/" in page
    assert 'src="data:image/svg+xml' in page and "介绍在这里" in page
    assert "您还没有登记工作电话" in page


def test_without_htmx_a_reload_makes_no_other(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    response = ask(client, "lead_share", lead.pk)
    share = Share.objects.unscoped("test").get()
    assert response.status_code == 302 and response["Location"] == f"/shares/{share.pk}/"
    assert share.code in text(client.get(response["Location"]))


def test_free_text_goes_nowhere(cast: Cast, as_: Any, lead: Lead) -> None:
    sent = {"text": "零首付包过", "body": "零首付包过", "script": "9"}
    url = reverse("lead_share", args=[lead.pk])
    assert "零首付" not in text(as_(cast.wang).post(url, sent, headers=HTMX))


def test_foreign_customers_are_not_found(cast: Cast, as_: Any, lead: Lead) -> None:
    share = send(lead, cast.wang)
    for foreign in (cast.li, cast.sun):
        for name in (*POSTS, *GETS):
            assert ask(as_(foreign), name, lead.pk).status_code == 404
        for name in ("share_sheet", "share_withdraw"):
            assert ask(as_(foreign), name, share.pk).status_code == 404
    assert stored(share).is_alive
    assert not AuditEvent.objects.filter(action="phone.reveal").exists()


def test_a_supervisor_watches_and_sends_nothing(cast: Cast, as_: Any, lead: Lead) -> None:
    share = send(lead, cast.wang)
    client = as_(cast.zhao)
    for name in (*POSTS, *GETS):
        assert ask(client, name, lead.pk).status_code == 403
    page = text(ask(client, "share_sheet", share.pk, **HTMX))
    assert "王经理" in page and share.code not in page and "吕建国" not in page
    assert ask(client, "share_withdraw", share.pk).status_code == 403
    assert stored(share).is_alive


def test_other_roles_have_none_of_it(cast: Cast, as_: Any, lead: Lead) -> None:
    share = send(lead, cast.wang)
    for role in (cast.qian, cast.feng, cast.zhou):
        for name in (*POSTS, *GETS):
            assert ask(as_(role), name, lead.pk).status_code == 403
        for name in ("share_sheet", "share_withdraw"):
            assert ask(as_(role), name, share.pk).status_code == 403


def test_the_other_method_is_refused(cast: Cast, as_: Any, lead: Lead) -> None:
    client, share = as_(cast.wang), send(lead, cast.wang)
    for name in POSTS:
        assert client.get(reverse(name, args=[lead.pk])).status_code == 405
    for name, pk in (("lead_message", lead.pk), ("share_sheet", share.pk)):
        assert client.post(reverse(name, args=[pk])).status_code == 405
    assert client.get(reverse("share_withdraw", args=[share.pk])).status_code == 405


def test_taken_back_it_cannot_be_sent_again(cast: Cast, as_: Any, lead: Lead) -> None:
    share = send(lead, cast.wang)
    page = text(ask(as_(cast.wang), "share_withdraw", share.pk, **HTMX))
    assert share.code not in page and "链接已失效" in page
    assert not stored(share).is_alive


def test_who_takes_a_customer_over_sees_the_page_but_not_its_link(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    share = send(lead, cast.wang)
    Lead.objects.unscoped("test").update(holder=cast.li)
    page = text(ask(as_(cast.li), "share_sheet", share.pk, **HTMX))
    assert share.code not in page and "王经理" in page and "撤回" in page


def test_a_page_is_not_sent_on_after_a_refusal(cast: Cast, as_: Any, lead: Lead) -> None:
    share = send(lead, cast.wang)
    Lead.objects.unscoped("test").update(eligibility=Eligibility.REFUSED)
    page = text(ask(as_(cast.wang), "share_sheet", share.pk, **HTMX))
    assert share.code not in page and "已拒绝营销" in page


def answered(share: Share, *, days: int = 0, clicks: int = 1) -> None:
    at = timezone.now() - timedelta(days=days)
    opened = {"opens": 2, "opened_at": at, "last_opened_at": at}
    clicked = {"clicks": clicks, "clicked_at": at if clicks else None}
    Share.objects.unscoped("test").filter(pk=share.pk).update(**opened, **clicked)


def test_what_came_back_stands_on_the_card_for_holder_and_supervisor(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    answered(send(lead, cast.wang))
    for who in (cast.wang, cast.zhao):
        assert "对方打开 2 次，点了去申请" in card(as_(who), lead)


def today(client: Any) -> str:
    return text(client.get(reverse("today")))


def test_an_answer_is_told_today_until_somebody_has_spoken(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    client = as_(cast.wang)
    share = send(lead, cast.wang)
    assert "点了“去申请”" not in today(client)
    answered(share)
    assert "点了“去申请”" in today(client) and "点了去申请" in today(client)
    Lead.objects.unscoped("test").update(last_contact_at=timezone.now() + timedelta(seconds=1))
    assert "点了“去申请”" not in today(client)


def test_an_opening_alone_is_no_news(cast: Cast, as_: Any, lead: Lead) -> None:
    answered(send(lead, cast.wang), clicks=0)
    assert "点了“去申请”" not in today(as_(cast.wang))
    assert "对方打开 2 次" in card(as_(cast.wang), lead)


def test_an_old_answer_and_a_colleagues_customer_are_not_told(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    share = send(lead, cast.wang)
    answered(share, days=8)
    assert "点了“去申请”" not in today(as_(cast.wang))
    answered(share)
    assert "点了“去申请”" not in today(as_(cast.li))


@pytest.mark.parametrize(
    ("outcome", "person", "offered"),
    [
        ("interested", "self", True),
        ("wechat_added", "self", True),
        ("not_interested", "self", False),
        ("refused", "self", False),
        ("after_season", "family", False),
    ],
)
def test_right_after_a_good_conversation_it_is_offered(
    cast: Cast, as_: Any, lead: Lead, outcome: str, person: str, offered: bool
) -> None:
    log = ContactLog.objects.create(
        uuid="3f6d4dbb-59e5-4a37-9a9b-5f1ab0a4f3d1",
        lead=lead,
        staff=cast.wang,
        channel="call",
        started_at=timezone.now(),
    )
    said = {"call_state": "connected", "person": person, "outcome": outcome}
    page = text(as_(cast.wang).post(reverse("log_outcome", args=[log.uuid]), said, headers=HTMX))
    assert (reverse("lead_share", args=[lead.pk]) in page) == offered


def test_after_taking_back_today_is_a_page_of_its_own(cast: Cast, as_: Any, lead: Lead) -> None:
    first = send(lead, cast.wang)
    withdraw_share(share=first, by=cast.wang)
    page = text(ask(as_(cast.wang), "lead_share", lead.pk, **HTMX))
    assert first.code not in page and Share.objects.unscoped("test").count() == 2


def test_who_sent_it_takes_it_back_also_from_a_colleagues_customer(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    share = send(lead, cast.wang)
    Lead.objects.unscoped("test").update(holder=cast.li)
    assert ask(as_(cast.sun), "share_withdraw", share.pk).status_code == 404
    page = text(ask(as_(cast.wang), "share_withdraw", share.pk, **HTMX))
    assert "已撤回" in page and "吕" not in page and not stored(share).is_alive
