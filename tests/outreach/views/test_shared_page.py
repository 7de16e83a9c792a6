"""The page a customer opens: what stands on it, what never does, and who may not be told apart."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from outreach.actions.share_page import withdraw_share
from outreach.models import Lead, Script, Share
from tests.cast import Cast, make_lead
from tests.shares import A_PHONE, make_texts, send, stored

STATIC = Path(__file__).resolve().parents[3] / "static"
NAME, PHONE, ADDRESS = "欧阳䶮㛃", "16400007777", "山东省寿光市稻田镇刘庄村东头红门砖房"


@pytest.fixture
def lead(cast: Cast) -> Lead:
    """Somebody who would be noticed on any page."""
    make_texts(cast)
    cast.wang.work_phone = "16405360007"
    cast.wang.save()
    cast.outlet.address, cast.outlet.phone = "稻田镇驻地", "0536-0000000"
    cast.outlet.lon, cast.outlet.lat = 118.93, 36.79
    cast.outlet.save()
    lead = make_lead(
        cast, holder=cast.wang, name=NAME, phone=PHONE, amount=437_000, segment="珍禽养殖"
    )
    lead.customer.home_address = ADDRESS
    lead.customer.save()
    return lead


@pytest.fixture
def share(cast: Cast, lead: Lead) -> Share:
    return send(lead, cast.wang)


def open_page(code: str, **headers: str) -> Any:
    client = Client(headers={"user-agent": A_PHONE} | headers)
    return client.get(reverse("shared_page", args=[code]))


def go(code: str, agent: str = A_PHONE) -> Any:
    return Client(headers={"user-agent": agent}).get(reverse("shared_apply", args=[code]))


def test_branch_product_and_manager(share: Share) -> None:
    page = open_page(share.code).content.decode()
    assert "稻田支行网点" in page and "稻田镇驻地" in page and "tel:0536-0000000" in page
    assert "极速贷" in page and "随借随还。有问题找稻田支行网点的王经理。" in page
    assert "王经理" in page and "tel:16405360007" in page
    assert "以最终审批为准" in page
    assert f"http://testserver/s/{share.code}/go/" in page


def test_navigation_by_https_alone_to_the_branch(share: Share) -> None:
    page = open_page(share.code).content.decode()
    assert "https://uri.amap.com/" in page and "https://apis.map.qq.com/" in page
    assert "36.790000,118.930000" in page
    for scheme in ("androidamap:", "bdapp:", "baidumap:", "geo:", "weixin:"):
        assert scheme not in page


def without_code(page: str, code: str) -> str:
    """The page without what is drawn by chance: the code, and the picture of it."""
    start = page.index("data:image/svg")
    picture = page[start : page.index('"', start)]
    return page.replace(code, "").replace(picture, "")


def test_nothing_of_the_customers_stands_on_it(share: Share, lead: Lead) -> None:
    response = open_page(share.code)
    # The length follows the picture of the code, and may be any number.
    by_chance = ("Content-Security-Policy", "Content-Length")
    headers = {name: text for name, text in response.items() if name not in by_chance}
    page = without_code(response.content.decode(), share.code) + str(headers)
    told = [NAME, PHONE, PHONE[-4:], ADDRESS, "刘庄", "红门", lead.customer.id_number]
    told += [lead.customer.customer_no, "437", "43.7", "珍禽", "吕", "欧阳"]
    assert not [each for each in told if each and each in page]


def test_two_customers_of_one_manager_get_pages_that_differ_in_the_code_alone(
    cast: Cast, share: Share
) -> None:
    other = send(make_lead(cast, holder=cast.wang, amount=20_000), cast.wang)
    pages = [open_page(each.code).content.decode() for each in (share, other)]

    assert without_code(pages[0], share.code) == without_code(pages[1], other.code)


def test_neither_lead_nor_customer_is_read(share: Share) -> None:
    with CaptureQueriesContext(connection) as queries:
        open_page(share.code)
        go(share.code)
    asked = " ".join(query["sql"] for query in queries)
    assert "outreach_share" in asked
    assert "outreach_lead" not in asked and "whitelist_customer" not in asked


def test_one_query_once_it_was_counted(share: Share, django_assert_num_queries: Any) -> None:
    open_page(share.code)
    with django_assert_num_queries(1):
        open_page(share.code)


def test_it_is_kept_nowhere_and_found_nowhere(share: Share) -> None:
    for response in (open_page(share.code), go(share.code), open_page("nobodys")):
        assert "no-store" in response["Cache-Control"]
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["Referrer-Policy"] == "no-referrer"
        assert not response.cookies
    assert not Session.objects.exists()


def test_it_works_without_script_and_is_light(share: Share) -> None:
    page = open_page(share.code).content
    assert b"<script" not in page
    styles = sum((STATIC / "css" / name).stat().st_size for name in ("tokens.css", "share.css"))
    assert len(page) + styles + (STATIC / "img" / "icon.svg").stat().st_size < 30_000


def test_an_opening_is_counted(share: Share) -> None:
    open_page(share.code)
    assert stored(share).opens == 1


@pytest.mark.parametrize(
    "agent", ["", "curl/7.88", "Mozilla/5.0 (compatible; Baiduspider/2.0)", "WhatsApp/2 Preview"]
)
def test_machines_are_not_counted(share: Share, agent: str) -> None:
    assert open_page(share.code, **{"user-agent": agent}).status_code == 200
    assert go(share.code, agent).status_code == 302
    assert (stored(share).opens, stored(share).clicks) == (0, 0)


def test_our_own_look_at_it_is_not_counted(cast: Cast, share: Share, as_: Any) -> None:
    page = as_(cast.wang).get(
        reverse("shared_page", args=[share.code]), headers={"user-agent": A_PHONE}
    )
    assert page.status_code == 200 and stored(share).opens == 0


def test_head_answers_and_counts_nothing(share: Share) -> None:
    client = Client(headers={"user-agent": A_PHONE})
    for name in ("shared_page", "shared_apply"):
        assert client.head(reverse(name, args=[share.code])).status_code in {200, 302}
    assert (stored(share).opens, stored(share).clicks) == (0, 0)


def test_nothing_can_be_sent_to_it(share: Share) -> None:
    client = Client(enforce_csrf_checks=True)
    for name in ("shared_page", "shared_apply"):
        for send_by in (client.post, client.put, client.delete):
            response = send_by(reverse(name, args=[share.code]))
            assert response.status_code == 405 and not response.cookies


def test_on_to_where_the_product_is_applied_for(share: Share) -> None:
    response = go(share.code)
    assert response.status_code == 302
    assert response["Location"] == f"https://bank.example/apply?from={share.code}"
    assert stored(share).clicks == 1 and stored(share).opens == 0


def test_the_request_cannot_say_where_to(share: Share) -> None:
    url = reverse("shared_apply", args=[share.code])
    agent = {"user-agent": A_PHONE}
    for query in ("?next=https://evil.example", "?url=//evil.example", "?code=https://evil"):
        location = Client(headers=agent).get(url + query)["Location"]
        assert location == f"https://bank.example/apply?from={share.code}"


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "http://bank.example/{code}"])
def test_an_address_that_is_none_is_no_button_and_no_way(
    cast: Cast, share: Share, address: str
) -> None:
    type(cast.product).objects.update(apply_url=address)
    page = open_page(share.code)
    assert page.status_code == 200 and "去手机银行申请" not in page.content.decode()
    assert go(share.code).status_code == 404


def test_a_bank_app_is_opened_from_a_real_browser(cast: Cast, share: Share, settings: Any) -> None:
    settings.APPLY_APP_SCHEMES = ["bankapp"]
    type(cast.product).objects.update(apply_url="bankapp://apply?from={code}")
    assert "在浏览器打开" in open_page(share.code).content.decode()
    plain = open_page(share.code, **{"user-agent": "Mozilla/5.0 Chrome/89.0"})
    assert "在浏览器打开" not in plain.content.decode()
    assert go(share.code)["Location"] == f"bankapp://apply?from={share.code}"


def test_whatever_does_not_answer_looks_the_same(cast: Cast, share: Share) -> None:
    taken_back = send(make_lead(cast, holder=cast.wang), cast.wang)
    withdraw_share(share=taken_back, by=cast.wang)
    Share.objects.unscoped("test").filter(pk=share.pk).update(expires_at=timezone.now())
    codes = [share.code, taken_back.code, "AAAAAAAAAAAAAAAA", "x", "甲乙", "a" * 500, "%27", "1.5"]
    pages = {open_page(code).content for code in codes}
    assert len(pages) == 1
    (page,) = pages
    text = page.decode()
    assert "链接已失效，请联系您的客户经理" in text
    assert "王经理" not in text and "极速贷" not in text and "网点" not in text
    for code in codes:
        assert open_page(code).status_code == 404 and go(code).status_code == 404
    assert stored(share).opens == 0 and stored(share).clicks == 0


def test_the_codes_case_counts(share: Share) -> None:
    assert open_page(share.code.swapcase()).status_code == 404


def test_it_ends_with_its_last_moment(share: Share) -> None:
    Share.objects.unscoped("test").update(expires_at=timezone.now() + timedelta(minutes=1))
    assert open_page(share.code).status_code == 200
    Share.objects.unscoped("test").update(expires_at=timezone.now() - timedelta(seconds=1))
    assert open_page(share.code).status_code == 404


def test_a_text_taken_out_of_use_is_shown_no_more(share: Share) -> None:
    Script.objects.update(retired_at=timezone.now())
    page = open_page(share.code).content.decode()
    assert "随借随还" not in page and "去手机银行申请" in page


def test_a_colleague_who_has_left_is_not_named(cast: Cast, share: Share) -> None:
    Script.objects.update(body="随借随还")
    cast.wang.is_active = False
    cast.wang.save()
    page = open_page(share.code).content.decode()
    assert "王经理" not in page and "16405360007" not in page and "0536-0000000" in page


def test_a_branch_without_point_address_and_phone(cast: Cast, share: Share) -> None:
    type(cast.outlet).objects.update(lon=None, lat=None, address="", phone="")
    page = open_page(share.code).content.decode()
    assert "导航" not in page and "tel:0536" not in page and "稻田支行网点" in page


def test_customers_reach_it_by_an_address_of_their_own(share: Share, settings: Any) -> None:
    settings.SHARE_URL = "https://s.bank.example"
    page = open_page(share.code).content.decode()
    assert f"https://s.bank.example/s/{share.code}/go/" in page
