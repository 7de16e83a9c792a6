"""The main road of a list: upload → report → diff → second person → on the map."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from jobs.queue import claim_next, run
from outreach.models import Lead
from tests.browser.conftest import DESK, PHONE
from tests.cast import Cast, make_lead

pytestmark = pytest.mark.django_db(transaction=True)
HEADINGS = "客户号,姓名,证件号码,手机号,居住地址,管户机构号,预授信额度（元）,生效日期,失效日期"
UNCLEAR = HEADINGS.replace("姓名", "户主")


def work() -> None:
    """What the worker beside the server would do."""
    while (lease := claim_next()) is not None:
        run(lease)


def list_file(cast: Cast, headings: str = HEADINGS) -> dict[str, object]:
    """Two good rows of 刘庄村, one without an amount."""
    until = timezone.localdate() + timezone.timedelta(days=200)
    rows = [
        f"N{n},{name},,1690000000{n},山东省潍坊市寿光市稻田镇刘庄村{n}号,{cast.outlet.code},"
        f"{amount},2026-01-01,{until}"
        for n, name, amount in ((1, "吕建国", 500000), (2, "王秀英", 80000), (3, "张伟", ""))
    ]
    content = "\r\n".join([headings, *rows]).encode("gb18030")
    return {"name": "寿光名单.csv", "mimeType": "text/csv", "buffer": content}


def upload(page: Page, file: dict[str, object]) -> None:
    page.goto("/lists/")
    page.get_by_role("link", name="上传名单").or_(
        page.get_by_role("link", name="上传第一份")
    ).first.click()
    page.set_input_files("[name=file]", files=[file])
    expect(page.locator("[data-file-name]")).to_contain_text("寿光名单.csv")
    page.get_by_role("radio", name="全量").check()
    page.get_by_label("查找机构").fill("寿光")
    page.get_by_role("radio", name="寿光支行").check()
    page.get_by_role("button", name="上传并校验").click()
    page.wait_for_url(re.compile(r"/lists/\d+/$"))


def submit(page: Page) -> None:
    page.get_by_label("审批单号").fill("审2026-118")
    page.get_by_label("模型版本").fill("V3.2")
    for box in page.locator(".confirm input").all():
        box.check()
    page.get_by_role("button", name="提交复核：").click()
    expect(page.get_by_text("要由另一位名单复核来生效")).to_be_visible()


def test_a_list_goes_in_and_its_customers_stand_on_the_map(look, cast: Cast) -> None:
    leaving = make_lead(cast, name="赵离开")
    clerk = look(cast.qian, DESK)
    upload(clerk, list_file(cast))
    expect(clerk.get_by_text("排队中，马上开始…")).to_be_visible()

    work()  # the page follows by itself
    expect(clerk.get_by_role("heading", name="校验结果")).to_be_visible()
    expect(clerk.get_by_role("link", name="1 校验不通过")).to_be_visible()
    expect(clerk.locator(".figure-tile.new strong")).to_have_text("2")
    expect(clerk.locator(".figure-tile.withdrawn strong")).to_have_text("1")
    expect(clerk.locator("#problems tbody tr").first).to_contain_text("没有填预授信额度")
    clerk.get_by_label("级别").select_option("warning")
    expect(clerk.locator("#problems tbody tr", has_text="没有填预授信额度")).to_have_count(0)
    submit(clerk)

    reviewer = look(cast.feng, DESK)
    reviewer.goto("/lists/")
    reviewer.get_by_role("link", name="1 份待您复核").click()
    reviewer.get_by_role("button", name="生效：新增 2，移出 1").click()
    expect(reviewer.locator("#progress")).to_be_visible()
    work()
    expect(reviewer.get_by_role("heading", name="已生效")).to_be_visible()

    leads = Lead.objects.unscoped("test").filter(customer__customer_no__startswith="N")
    on_map = leads.workable().count()  # the control group, drawn by lot, is not there
    assert leads.count() == 2
    assert set(leads.values_list("village", flat=True)) == {cast.village.pk}
    assert not Lead.objects.unscoped("test").workable().filter(pk=leaving.pk).exists()
    supervisor = look(cast.zhao, DESK)
    supervisor.goto("/map/")
    expect(supervisor.locator("[data-chips] .chip").first).to_contain_text(str(on_map))
    expect(supervisor.locator("[data-list]")).not_to_contain_text("赵**")


def test_columns_that_are_not_recognised_are_named_and_remembered(look, cast: Cast) -> None:
    clerk = look(cast.qian, PHONE)
    upload(clerk, list_file(cast, UNCLEAR))
    work()
    expect(clerk.get_by_role("heading", name="请确认每一列是什么")).to_be_visible()
    expect(clerk.locator("[data-mapping-problems]")).to_contain_text("姓名")
    clerk.get_by_role("combobox", name="户主").select_option("name")
    expect(clerk.locator("[data-mapping-problems]")).to_be_empty()
    clerk.get_by_role("button", name="确认并开始校验").click()
    clerk.wait_for_load_state()
    work()
    expect(clerk.get_by_role("heading", name="校验结果")).to_be_visible()

    upload(clerk, list_file(cast, UNCLEAR))
    work()
    expect(clerk.get_by_role("heading", name="校验结果")).to_be_visible()
    expect(clerk.get_by_text("看那一份")).to_be_visible()


def test_what_is_wrong_with_a_file_is_said_before_it_is_sent(look, cast: Cast) -> None:
    clerk = look(cast.qian, PHONE)
    clerk.goto("/lists/new/")
    old = {"name": "旧表.xls", "mimeType": "application/vnd.ms-excel", "buffer": b"x"}
    clerk.set_input_files("[name=file]", files=[old])
    expect(clerk.locator("#file-error")).to_contain_text("另存为 .xlsx")


def test_a_lost_customer_is_placed_by_a_tap(look, cast: Cast) -> None:
    lead = make_lead(cast, point=None)
    clerk = look(cast.qian, DESK)
    clerk.goto("/lists/unlocated/")
    clerk.locator(".row-link").click()
    expect(clerk.get_by_role("button", name="保存这个位置")).to_be_disabled()
    clerk.locator("[data-place-map].leaflet-container").click(position={"x": 150, "y": 120})
    clerk.get_by_role("button", name="保存这个位置").click()
    expect(clerk.get_by_text("这里没有要处理的客户。")).to_be_visible()
    assert Lead.objects.unscoped("test").located().filter(pk=lead.pk).exists()
