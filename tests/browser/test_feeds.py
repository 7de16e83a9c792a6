"""总行数据: the clerk hands a file in at the desk; the manager reads it on the phone before dialling."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from outreach.models import Lead
from tests.browser.conftest import DESK
from tests.cast import Cast, make_lead
from tests.outreach.feeds.conftest import work

pytestmark = pytest.mark.django_db(transaction=True)


def contacts_file(lead: Lead) -> dict[str, object]:
    """Two good calls of yesterday, one of a stranger, one at an impossible time."""
    day = timezone.localdate() - timedelta(days=1)
    no = lead.customer.customer_no
    rows = [
        f"{no},智能外呼,{day} 10:20,已接通本人,高",
        f"{no},短信,{day} 09:00,已送达,",
        f"C88888888,智能外呼,{day} 10:20,无人接听,",
        f"{no},智能外呼,25点,无人接听,",
    ]
    content = "\r\n".join(["客户号,渠道,时间,结果,意向", *rows]).encode("gb18030")
    return {"name": "智能外呼.csv", "mimeType": "text/csv", "buffer": content}


def test_what_headquarters_heard_stands_on_the_managers_card(look: Any, cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    clerk = look(cast.qian, DESK)
    clerk.goto("/lists/")
    clerk.get_by_role("link", name="总行数据").click()
    clerk.get_by_role("link", name="上传第一份").click()
    clerk.set_input_files("[name=file]", files=[contacts_file(lead)])
    expect(clerk.locator("[data-file-name]")).to_contain_text("智能外呼.csv")
    clerk.get_by_role("radio", name="总行触达").check()
    clerk.get_by_role("button", name="上传并导入").click()
    clerk.wait_for_url(re.compile(r"/lists/feeds/\d+/$"))
    expect(clerk.get_by_text("排队中，马上开始…")).to_be_visible()

    work()  # the page follows by itself
    expect(clerk.get_by_role("heading", name="导入结果")).to_be_visible()
    expect(clerk.locator(".figure-tile strong")).to_have_text(["4", "2", "0", "1", "1"])
    rows = clerk.locator("#problems tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("没有这个客户号")
    expect(rows.nth(0)).not_to_contain_text("C88888888")
    expect(rows.nth(1)).to_contain_text("这里不是有效的时间")
    clerk.get_by_label("列").select_option("时间")
    expect(rows).to_have_count(1)
    with clerk.expect_download() as download:
        clerk.get_by_role("link", name="下载问题清单").click()
    assert download.value.suggested_filename.endswith(".csv")

    manager = look(cast.wang)
    manager.goto(f"/leads/{lead.pk}/card/")
    keen = manager.locator(".hq-touches .keen")
    expect(keen).to_contain_text("总行昨天已智能外呼")
    expect(keen).to_contain_text("意向高")
    above, call = keen.bounding_box(), manager.locator("[data-call]").first.bounding_box()
    assert above and call and above["y"] < call["y"]


def test_the_reviewer_reads_and_hands_nothing_in(look: Any, cast: Cast) -> None:
    reviewer = look(cast.feng)
    reviewer.goto("/lists/feeds/")
    expect(reviewer.get_by_role("heading", name="还没有总行数据")).to_be_visible()
    expect(reviewer.get_by_role("link", name="上传")).to_have_count(0)
