"""我的: password, PIN, work phone, devices: by their owner, with the password, in words."""

from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client

from branches.models import RememberedDevice, Staff
from tests.cast import Cast
from trust.models import AuditEvent

NEW = "spring-rain-26"


def fresh(staff: Staff) -> Staff:
    return Staff.objects.get(pk=staff.pk)


def test_a_new_password_and_the_session_goes_on(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang)
    elsewhere: Client = as_(cast.wang)
    form = {"current": "pw", "password": NEW, "again": NEW}
    assert client.post("/me/password/", form)["Location"] == "/me/"
    assert fresh(cast.wang).check_password(NEW)
    assert client.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302
    assert AuditEvent.objects.filter(action="staff.password", actor_no="wang").count() == 1
    assert NEW not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"current": "no", "password": NEW, "again": NEW}, "现在的密码不对"),
        ({"current": "pw", "password": NEW, "again": NEW + "x"}, "两次输入的新密码不一样"),
        ({"current": "pw", "password": "pw", "again": "pw"}, "和现在的一样"),
        ({"current": "pw", "password": "kurz", "again": "kurz"}, "至少要 12 个字符"),
        ({"current": "pw", "password": "73829105", "again": "73829105"}, "不能全是数字"),
        ({"current": "pw", "password": "password", "again": "password"}, "常见"),
        ({"current": "pw"}, "必填项"),
    ],
)
def test_a_password_that_will_not_do(cast: Cast, as_: Any, form: Any, said: str) -> None:
    answer = as_(cast.wang).post("/me/password/", form)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert fresh(cast.wang).check_password("pw")


def test_guessing_the_password_here_locks_as_at_the_door(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang)
    wrong = {"current": "no", "pin": "480915", "again": "480915"}
    for _ in range(5):
        client.post("/me/pin/", wrong)
    page = client.post("/me/pin/", wrong | {"current": "pw"}).content.decode()
    assert "输错次数太多" in page and fresh(cast.wang).pin == ""


def test_a_pin_is_kept_hashed(cast: Cast, as_: Any) -> None:
    form = {"current": "pw", "pin": "480915", "again": "480915"}
    assert as_(cast.wang).post("/me/pin/", form)["Location"] == "/me/"
    kept = fresh(cast.wang).pin
    assert check_password("480915", kept) and "480915" not in kept
    assert RememberedDevice.objects.in_use().filter(staff=cast.wang).count() == 1


@pytest.mark.parametrize(
    "pin",
    [
        *("111111", "123456", "654321", "012345", "901234", "121212", "123123"),  # easy to guess
        "001234",  # the end of their own phone
        *("", "0000", "48091a", "４８０９１５", "4809155", "\0"),  # not six digits
    ],
)
def test_a_pin_that_will_not_do(cast: Cast, as_: Any, pin: str) -> None:
    Staff.objects.filter(pk=cast.wang.pk).update(work_phone="16900001234")
    form = {"current": "pw", "pin": pin, "again": pin}
    assert as_(cast.wang).post("/me/pin/", form).status_code == 422
    assert fresh(cast.wang).pin == ""


@pytest.mark.parametrize("phone", ["16900001234", "0536-5551234", "05365551234-802", "95000", ""])
def test_a_work_phone(cast: Cast, as_: Any, phone: str) -> None:
    assert as_(cast.wang).post("/me/phone/", {"phone": f" {phone} "}).status_code == 302
    assert fresh(cast.wang).work_phone == phone


@pytest.mark.parametrize("phone", ["123", "call me", "1" * 30, "\0", "169００００1234", "<b>"])
def test_a_work_phone_that_is_none(cast: Cast, as_: Any, phone: str) -> None:
    answer = as_(cast.wang).post("/me/phone/", {"phone": phone})
    assert answer.status_code == 422 and fresh(cast.wang).work_phone == ""


def test_the_page_says_customers_see_the_phone(cast: Cast, as_: Any) -> None:
    assert "发给客户的页面上" in as_(cast.wang).get("/me/phone/").content.decode()


def test_my_devices_and_nobody_elses(cast: Cast) -> None:
    mine, theirs = Client(), Client(headers={"user-agent": "Chrome Windows"})
    mine.post("/login/", {"username": "wang", "password": "pw"})
    theirs.post("/login/", {"username": "li", "password": "pw"})
    page = mine.get("/me/devices/").content.decode()
    assert "本机" in page and "Windows" not in page
    other = RememberedDevice.objects.get(staff=cast.li)
    assert mine.post(f"/me/devices/{other.pk}/logout/").status_code == 404
    assert mine.get(f"/me/devices/{other.pk}/logout/").status_code == 405
    assert RememberedDevice.objects.in_use().filter(pk=other.pk).exists()


def test_me_offers_the_pin_until_there_is_one(cast: Cast, as_: Any) -> None:
    assert "去设置" in as_(cast.wang).get("/me/").content.decode()
    Staff.objects.filter(pk=cast.wang.pk).update(pin="x")
    assert "去设置" not in as_(cast.wang).get("/me/").content.decode()
