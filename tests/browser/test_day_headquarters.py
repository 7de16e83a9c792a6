"""The day of list operations at headquarters, told at the desk."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from outreach.actions.list_decisions import start_due_lists
from outreach.models import Lead, Refusal, Stage, StageBasis
from tests.browser.conftest import DESK
from tests.browser.story import Story
from tests.browser.test_upload import list_file, upload, work
from tests.cast import Cast
from whitelist.models import Correction, CorrectionField, WhitelistUpload

pytestmark = pytest.mark.django_db(transaction=True)
expect.set_options(timeout=15_000)  # for a machine with other work to do


def csv(name: str, *rows: str) -> dict[str, object]:
    content = "\r\n".join(rows).encode("gb18030")
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def feed(page: Page, kind: str, file: dict[str, object]) -> None:
    page.goto("/lists/feeds/new/")
    page.set_input_files("[name=file]", files=[file])
    page.get_by_role("radio", name=kind).check()
    page.get_by_role("button", name="上传并导入").click()
    page.wait_for_url(re.compile(r"/lists/feeds/\d+/$"))
    work()
    expect(page.get_by_role("heading", name="导入结果")).to_be_visible()


def lead_of(number: str) -> Lead:
    leads = Lead.objects.unscoped("test").select_related("customer")
    lead: Lead = leads.get(customer__customer_no=number)
    return lead


def test_a_day_of_list_operations(cast: Cast, look: Any) -> None:
    story = Story("钱经办和冯复核的一天")
    cast.programme.control_percent = 0
    cast.programme.save()
    clerk, reviewer = look(cast.qian, DESK), look(cast.feng, DESK)
    yesterday = timezone.localdate() - timedelta(days=1)
    with story.step("钱经办上传总行下发的名单，哪一行有什么问题写得清清楚楚"):
        upload(clerk, list_file(cast))
        work()
        expect(clerk.get_by_role("heading", name="校验结果")).to_be_visible()
        expect(clerk.locator("#problems tbody tr").first).to_contain_text("没有填预授信额度")
    with story.step("填审批单号、模型版本，定在今晚生效，提交复核"):
        clerk.get_by_label("审批单号").fill("审2026-118")
        clerk.get_by_label("模型版本").fill("V3.2")
        for box in clerk.locator(".confirm input").all():
            box.check()
        tonight = timezone.localtime() + timedelta(hours=8)
        clerk.get_by_label("定时生效").fill(f"{tonight:%Y-%m-%dT%H:%M}")
        clerk.get_by_role("button", name="提交复核：").click()
        expect(clerk.get_by_text("要由另一位名单复核来生效")).to_be_visible()
    with story.step("冯复核看过比对的数字，批准；到点自动生效"):
        reviewer.goto("/lists/")
        reviewer.get_by_role("link", name="1 份待您复核").click()
        reviewer.get_by_role("button", name="定于").click()
        expect(reviewer.get_by_role("heading", name=re.compile("将于 .* 生效"))).to_be_visible()
        WhitelistUpload.objects.unscoped("test").update(effective_at=timezone.now())
        assert start_due_lists() == 1
        work()
    with story.step("名单的经过在一页上：谁上传、谁复核、审批单号、模型版本、新增几位"):
        reviewer.reload()
        expect(reviewer.get_by_role("heading", name="已生效")).to_be_visible()
        told = reviewer.locator("#story")
        for words in ("钱经办", "冯复核", "审2026-118", "V3.2", "新增 2"):
            expect(reviewer.locator("main")).to_contain_text(words)
        expect(told).to_be_visible()
    with story.step("总行自己的外呼以文件导入：一行没有这个客户，其余记到客户名下"):
        head = "客户号,渠道,时间,结果,意向"
        calls = csv(
            "外呼.csv",
            head,
            f"N1,智能外呼,{yesterday} 10:20,已接通本人,高",
            f"C99,智能外呼,{yesterday} 10:21,无人接听,",
        )
        feed(clerk, "总行触达", calls)
        expect(clerk.locator(".figure-tile strong")).to_have_text(["2", "1", "0", "1", "0"])
        assert lead_of("N1").hq_interest_at
    with story.step("同一份文件再传一次，什么都不会重复"):
        feed(clerk, "总行触达", {**calls, "name": "外呼（又发了一遍）.csv"})
        expect(clerk.locator(".figure-tile strong")).to_have_text(["2", "0", "1", "1", "0"])
    with story.step("业务结果倒着到：先来支用，再来申请，阶段仍是已支用（核实）"):
        head = "客户号,产品代码,结果,日期,金额（元）"
        feed(clerk, "业务结果", csv("结果2.csv", head, f"N1,JSD,支用,{yesterday},300000"))
        feed(clerk, "业务结果", csv("结果1.csv", head, f"N1,JSD,申请,{yesterday},"))
        lead = lead_of("N1")
        assert (lead.stage, lead.stage_basis) == (Stage.DRAWN, StageBasis.CONFIRMED)
    with story.step("外呼中说不要再打的客户，以名单导入；各渠道用的名单可以下载"):
        feed(clerk, "拒绝营销", csv("拒绝.csv", "客户号,日期", f"N2,{yesterday}"))
        assert lead_of("N2").eligibility == "refused"
        clerk.goto("/lists/refusals/")
        expect(clerk.locator("main")).to_contain_text("N2")
        with clerk.expect_download() as download:
            clerk.get_by_role("link", name=re.compile("下载")).first.click()
        assert download.value.suggested_filename.endswith(".csv")
    with story.step("客户本人到网点要求恢复，冯复核写明原因后解除"):
        reviewer.goto("/lists/refusals/")
        reviewer.get_by_role("link", name="解除 N2").click()
        reviewer.locator("label.chip", has_text="到店").click()
        reviewer.get_by_label("客户提出的日期").fill(timezone.localdate().isoformat())
        reviewer.get_by_label("原因").fill("到店说想了解利率")
        reviewer.get_by_role("button", name="解除拒绝营销").click()
        expect(reviewer.get_by_text("已解除。这位客户可以再联系了。")).to_be_visible()
        assert lead_of("N2").eligibility == "yes"
        assert not Refusal.objects.filter(ended_at=None).exists()
    with story.step("基层提的号码更正，冯复核用键盘一按采用"):
        lead = lead_of("N2")
        Correction.objects.create(
            customer=lead.customer,
            branch=lead.branch,
            field=CorrectionField.PHONE,
            value="16900005678",
            stated_by=cast.wang,
        )
        reviewer.goto("/lists/corrections/")
        reviewer.keyboard.press("ArrowDown")
        reviewer.keyboard.press("a")
        expect(reviewer.locator(".toast")).to_contain_text("已采用 1 条更正")
        assert lead_of("N2").customer.phone == "16900005678"
    with story.step("周审计按客户号查：哪份名单、谁看过、谁联系过、结果如何，一页到底"):
        auditor = look(cast.zhou, DESK)
        auditor.goto("/lists/customers/")
        auditor.get_by_label("客户号").fill("N1")
        auditor.keyboard.press("Enter")
        auditor.wait_for_url(re.compile(r"/lists/customers/\d+/$"))
        chain = auditor.locator(".chain")
        for words in ("审2026-118", "智能外呼", "支用"):
            expect(chain).to_contain_text(words)
        assert "16900000001" not in auditor.content() and "吕建国" not in auditor.content()
