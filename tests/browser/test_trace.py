"""At the desk of list operations: the chain of a customer, a refusal reopened, a list at its hour."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from jobs.queue import claim_next, run
from outreach.actions.list_decisions import start_due_lists
from outreach.disclosure import record_daily_view
from outreach.models import Eligibility, Lead, Refusal, RefusalSource
from tests.browser.conftest import DESK
from tests.cast import Cast, make_lead
from tests.lists import compared, put
from trust import audit
from whitelist.models import UploadState, WhitelistUpload

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_auditor_looks_up_a_customer_and_sees_the_chain(look, cast: Cast) -> None:
    cast.programme.control_percent = 0
    cast.programme.save()
    put(cast, [{"no": "A1", "manager": cast.wang}])
    lead = Lead.objects.unscoped("test").get()
    record_daily_view(cast.wang, [lead])
    audit.record("phone.reveal", by=cast.wang, target=f"lead:{lead.pk}")

    page: Page = look(cast.zhou, DESK)
    page.goto("/audit/")
    page.get_by_role("link", name="客户轨迹").click()
    page.get_by_label("客户号").fill("A2")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("alert")).to_have_text("没有找到这个客户号。请核对后再查。")
    page.get_by_label("客户号").fill("A1")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/lists/customers/\d+/$"))
    expect(page.get_by_role("heading", name="吕** A1")).to_be_visible()
    told = page.locator(".chain li")
    for text in ("新增 · 极速贷", "分配给 王经理 wang", "查看本人客户的姓名和地址", "查看电话号码"):
        expect(told.filter(has_text=text)).to_have_count(1)
    page.get_by_label("内容").select_option("reveal")
    page.get_by_role("button", name="查询").click()
    expect(told).to_have_count(1)
    page.go_back()
    expect(told.filter(has_text="新增 · 极速贷")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 CSV").click()
    assert re.fullmatch(r"customer-\d+\.csv", download.value.suggested_filename)


def test_the_reviewer_reopens_a_refusal_with_a_reason(look, cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang, eligibility=Eligibility.REFUSED)
    Refusal.objects.create(customer=lead.customer, source=RefusalSource.CUSTOMER, by=cast.wang)
    page: Page = look(cast.feng, DESK)
    page.goto("/lists/refusals/")
    page.get_by_role("link", name=f"解除 {lead.customer.customer_no}").click()
    page.get_by_role("button", name="解除拒绝营销").click()
    expect(page.get_by_text("请选择客户是怎样提出的。")).to_be_visible()
    page.locator("label.chip", has_text="到店").click()
    page.get_by_label("客户提出的日期").fill(timezone.localdate().isoformat())
    page.get_by_label("原因").fill("到店说想了解利率")
    page.get_by_role("button", name="解除拒绝营销").click()
    expect(page.get_by_text("已解除。这位客户可以再联系了。")).to_be_visible()
    expect(page.get_by_text("现在没有客户拒绝营销")).to_be_visible()
    lead.refresh_from_db()
    assert lead.eligibility == Eligibility.YES


def test_a_list_is_scheduled_approved_and_started_by_the_clock(look, cast: Cast) -> None:
    cast.programme.control_percent = 0
    cast.programme.save()
    upload = compared(cast, [{"no": "A1", "manager": cast.wang}])
    clerk: Page = look(cast.qian, DESK)
    clerk.goto(f"/lists/{upload.pk}/")
    clerk.get_by_label("审批单号").fill("审2026-118")
    clerk.get_by_label("模型版本").fill("V3.2")
    tonight = timezone.localtime() + timedelta(hours=8)
    clerk.get_by_label("定时生效").fill(f"{tonight:%Y-%m-%dT%H:%M}")
    clerk.get_by_role("button", name="提交复核：").click()

    reviewer: Page = look(cast.feng, DESK)
    reviewer.goto(f"/lists/{upload.pk}/")
    reviewer.get_by_role("button", name="定于").click()
    heading = f"将于 {tonight:%Y-%m-%d %H:%M} 生效"
    expect(reviewer.get_by_role("heading", name=heading)).to_be_visible()
    expect(reviewer.locator(".story")).to_contain_text(f"定于 {tonight:%Y-%m-%d %H:%M} 生效")
    assert start_due_lists() == 0

    WhitelistUpload.objects.unscoped("test").filter(pk=upload.pk).update(
        effective_at=timezone.now() - timedelta(minutes=1)
    )
    assert start_due_lists() == 1
    lease = claim_next()
    assert lease is not None
    run(lease)
    clerk.goto(f"/lists/{upload.pk}/")
    expect(clerk.get_by_role("heading", name="已生效")).to_be_visible()
    expect(clerk.locator("#story")).to_contain_text("新增 1")
    state = WhitelistUpload.objects.unscoped("test").get(pk=upload.pk).state
    assert state == UploadState.IN_FORCE
