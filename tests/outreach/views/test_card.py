"""The card: who sees how much of whom."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from outreach.actions.return_lead import ReturnReason, return_lead
from outreach.models import Channel, ContactLog, Eligibility, Lead, Script, Stage, StageBasis
from tests.cast import Cast, make_lead
from trust.models import AuditEvent
from whitelist.models import Offer

HTMX = {"HX-Request": "true"}


def url(lead: Lead) -> str:
    return reverse("lead_card", args=[lead.pk])


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang, phone="16900001234")


def test_the_holder_sees_name_and_address_but_no_number(cast: Cast, as_: Any, lead: Lead) -> None:
    page = text(as_(cast.wang).get(url(lead), headers=HTMX))
    assert "吕建国" in page and lead.customer.home_address in page
    assert "169****1234" in page and "16900001234" not in page
    assert lead.customer.id_number not in page
    assert "以最终审批为准" in page and "50万" in page


def test_seeing_it_in_full_is_recorded_once_a_day(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    for _ in range(3):
        client.get(url(lead))
    event = AuditEvent.objects.get(action="lead.seen_in_full")
    assert event.actor_id == cast.wang.pk and event.detail == {"leads": [lead.pk]}


def test_a_fragment_for_htmx_and_a_page_otherwise(cast: Cast, as_: Any, lead: Lead) -> None:
    client = as_(cast.wang)
    assert "<html" not in text(client.get(url(lead), headers=HTMX))
    page = text(client.get(url(lead)))
    assert "<html" in page and "call/page" in page and "吕建国" in page


def test_no_answer_about_a_customer_is_cached(cast: Cast, as_: Any, lead: Lead) -> None:
    assert "no-store" in as_(cast.wang).get(url(lead))["Cache-Control"]


def test_a_supervisor_sees_masks_the_holder_and_no_buttons(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    page = text(as_(cast.zhao).get(url(lead), headers=HTMX))
    assert "吕**" in page and "吕建国" not in page
    assert lead.customer.home_address not in page and "刘庄村" in page
    assert "王经理" in page and "data-call" not in page


def test_a_pool_customer_is_masked_for_the_managers_of_the_outlet(cast: Cast, as_: Any) -> None:
    pool = make_lead(cast)
    page = text(as_(cast.li).get(url(pool), headers=HTMX))
    assert "吕**" in page and "吕建国" not in page and "data-call" in page


def test_a_colleagues_customer_is_not_found(cast: Cast, as_: Any, lead: Lead) -> None:
    for foreign in (cast.li, cast.sun):
        assert as_(foreign).get(url(lead)).status_code == 404
    assert as_(cast.wang).get(reverse("lead_card", args=[999_999])).status_code == 404


def test_other_roles_have_no_card(cast: Cast, as_: Any, lead: Lead) -> None:
    for role in (cast.qian, cast.feng, cast.zhou):
        assert as_(role).get(url(lead)).status_code == 403


def test_a_card_is_only_read(cast: Cast, as_: Any, lead: Lead) -> None:
    assert as_(cast.wang).post(url(lead)).status_code == 405


def test_the_control_group_has_no_card_for_anybody(cast: Cast, as_: Any) -> None:
    hidden = make_lead(cast, holder=cast.wang, eligibility=Eligibility.CONTROL)
    assert as_(cast.wang).get(url(hidden)).status_code == 404
    assert as_(cast.zhao).get(url(hidden)).status_code == 404


def test_a_withdrawn_pool_customer_is_gone_for_managers(cast: Cast, as_: Any) -> None:
    gone = make_lead(cast, eligibility=Eligibility.WITHDRAWN)
    assert as_(cast.wang).get(url(gone)).status_code == 404


def test_withdrawn_with_an_application_is_service_only(cast: Cast, as_: Any) -> None:
    served = make_lead(
        cast,
        holder=cast.wang,
        eligibility=Eligibility.WITHDRAWN,
        stage=Stage.APPLIED,
        stage_basis=StageBasis.CONFIRMED,
    )
    page = text(as_(cast.wang).get(url(served), headers=HTMX))
    assert "只做服务跟进" in page and "data-call" in page


def test_a_refused_customer_has_no_call_button(cast: Cast, as_: Any) -> None:
    refused = make_lead(cast, holder=cast.wang, eligibility=Eligibility.REFUSED)
    page = text(as_(cast.wang).get(url(refused), headers=HTMX))
    assert "data-call" not in page and "已拒绝营销" in page


def test_the_last_day_and_the_days_left(cast: Cast, as_: Any) -> None:
    today = timezone.localdate()
    last_day = make_lead(cast, holder=cast.wang, valid_to=today)
    assert "今天到期" in text(as_(cast.wang).get(url(last_day), headers=HTMX))
    later = make_lead(cast, holder=cast.wang, valid_to=today + timezone.timedelta(days=3))
    assert "3天后到期" in text(as_(cast.wang).get(url(later), headers=HTMX))


def test_the_row_it_came_from(cast: Cast, as_: Any, lead: Lead) -> None:
    from whitelist.models import UploadRow, WhitelistUpload

    upload = WhitelistUpload.objects.create(
        programme=cast.programme,
        scope=cast.province,
        file_name="山东三农11月.xlsx",
        size=1,
        sha256="0" * 64,
        uploaded_by=cast.qian,
    )
    row = UploadRow.objects.create(
        upload=upload,
        row_no=418,
        branch=cast.outlet,
        product=cast.product,
        amount=500_000,
        valid_from=timezone.localdate(),
        valid_to=timezone.localdate(),
    )
    Offer.objects.unscoped("test").filter(customer=lead.customer).update(row=row)
    page = text(as_(cast.wang).get(url(lead), headers=HTMX))
    assert "山东三农11月.xlsx 第 418 行" in page


def test_only_a_reviewed_script_is_shown(cast: Cast, as_: Any, lead: Lead) -> None:
    Script.objects.create(title="未审", body="不能说的话")
    page = text(as_(cast.wang).get(url(lead), headers=HTMX))
    assert "不能说的话" not in page
    Script.objects.create(title="大棚户", body="您好，我是", reviewed_at=timezone.now())
    assert "您好，我是" in text(as_(cast.wang).get(url(lead), headers=HTMX))


def test_history_shows_everybodys_contacts_and_notes_to_the_holder_only(
    cast: Cast, as_: Any, lead: Lead
) -> None:
    common = {"lead": lead, "started_at": timezone.now(), "logged_at": timezone.now()}
    ContactLog.objects.create(
        uuid=uuid4(),
        staff=cast.li,
        channel=Channel.VISIT,
        outcome="considering",
        person="self",
        is_contact=True,
        note="儿子在济南",
        **common,
    )
    ContactLog.objects.create(uuid=uuid4(), staff=None, channel=Channel.HQ_SMS, **common)
    page = text(as_(cast.wang).get(url(lead), headers=HTMX))
    assert "李经理" in page and "考虑中" in page and "总行短信" in page and "儿子在济南" in page
    page = text(as_(cast.zhao).get(url(lead), headers=HTMX))
    assert "李经理" in page and "考虑中" in page and "儿子在济南" not in page


def test_the_supervisor_sees_why_it_was_returned(cast: Cast, as_: Any, lead: Lead) -> None:
    return_lead(lead=lead, by=cast.wang, reason=ReturnReason.NO_SUCH_PERSON, note="搬走了")
    page = text(as_(cast.zhao).get(url(lead), headers=HTMX))
    assert "王经理" in page and "查无此人" in page and "搬走了" in page


def test_navigation_names_the_village_never_the_customer(cast: Cast, as_: Any, lead: Lead) -> None:
    where = reverse("lead_navigate", args=[lead.pk])
    page = text(as_(cast.wang).get(where, headers={**HTMX, "User-Agent": "Android Chrome"}))
    assert "%E5%88%98%E5%BA%84%E6%9D%91" in page and "bdapp://" in page and "geo:" in page
    assert "吕建国" not in page and "%E5%90%95" not in page
    assert as_(cast.li).get(where).status_code == 404
    assert as_(cast.zhou).get(where).status_code == 403
    assert as_(cast.wang).post(where).status_code == 405


def test_no_navigation_without_a_position(cast: Cast, as_: Any) -> None:
    nowhere = make_lead(cast, holder=cast.wang, point=None)
    assert as_(cast.wang).get(reverse("lead_navigate", args=[nowhere.pk])).status_code == 404


def test_the_script_names_who_reads_it_out(cast: Cast, as_: Any, lead: Lead) -> None:
    body = "您好，我是{机构}的{姓名}"
    Script.objects.create(title="通用", body=body, reviewed_at=timezone.now())
    page = as_(cast.wang).get(reverse("lead_card", args=[lead.pk])).content.decode()
    assert f"我是{cast.wang.branch.name}的{cast.wang.name}" in page
    assert "{机构}" not in page
