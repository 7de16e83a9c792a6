"""Logged out everywhere: by oneself on 我的 › 设备, by an administrator, by being disabled."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client

from branches.models import RememberedDevice, Role, Staff
from tests.cast import Cast, make_staff
from tests.factors import enrolled
from trust.models import AuditEvent

MORNING = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai


def at(seconds: float) -> Any:
    return time_machine.travel(MORNING + timedelta(seconds=seconds), tick=False)


def logged_in(username: str = "wang", agent: str = "") -> Client:
    client = Client(headers={"user-agent": agent}) if agent else Client()
    client.post("/login/", {"username": username, "password": "pw"}, REMOTE_ADDR="10.8.0.7")
    return client


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def administrator(staff: Staff) -> Staff:
    staff.is_staff = True
    staff.save()
    staff.user_permissions.set(Permission.objects.filter(codename="change_staff"))
    return staff


def test_the_page_says_where_when_and_who_tried(cast: Cast) -> None:
    client = logged_in(agent="Chrome Windows")
    Client().post("/login/", {"username": "wang", "password": "wrong"}, REMOTE_ADDR="10.9.9.9")
    page = client.get("/me/devices/").content.decode()
    assert "Chrome · Windows" in page and "登录时的网络地址 10.8.0.7" in page
    assert "密码不对" in page and "10.9.9.9" in page and "登录成功" in page
    assert "10.9.9.9" not in logged_in("li").get("/me/devices/").content.decode()


def test_all_others_end_and_this_one_goes_on(cast: Cast, as_: Any) -> None:
    here, there, without_device = logged_in(), logged_in(), as_(cast.wang)
    colleague = logged_in("li")
    assert here.post("/me/devices/others/logout/")["Location"] == "/me/devices/"
    assert is_in(here) and is_in(colleague)
    assert not is_in(there) and not is_in(without_device)
    assert RememberedDevice.objects.in_use().filter(staff=cast.wang).count() == 1
    assert AuditEvent.objects.filter(action="session.end_others").count() == 1
    assert here.get("/me/devices/others/logout/").status_code == 405


def test_the_administrator_ends_all_of_somebody(cast: Cast, as_: Any) -> None:
    theirs = [logged_in(), logged_in()]
    client: Client = as_(administrator(cast.zhao))
    link = f"/staff/{cast.wang.pk}/sessions/"
    assert link in client.get(f"/admin/branches/staff/{cast.wang.pk}/change/").content.decode()
    assert "结束 王经理 的全部登录？" in client.get(link).content.decode()
    assert all(is_in(each) for each in theirs)
    assert "已全部结束" in client.post(link).content.decode()
    assert not any(is_in(each) for each in theirs)
    assert is_in(client) and is_in(logged_in())  # the password is as it was
    event = AuditEvent.objects.get(action="session.end_all")
    assert (event.actor_no, event.target) == ("zhao", f"staff:{cast.wang.pk}")


@pytest.mark.parametrize("method", ["get", "post"])
def test_not_of_people_elsewhere_nor_by_everybody(cast: Cast, as_: Any, method: str) -> None:
    boss = make_staff("boss", "超级", Role.CLERK, cast.county)
    Staff.objects.filter(pk=boss.pk).update(is_superuser=True)
    admin: Client = as_(administrator(cast.zhao))
    for other in (cast.sun, cast.zhao, boss):
        assert getattr(admin, method)(f"/staff/{other.pk}/sessions/").status_code == 404
    for nobody in (cast.wang, cast.feng):
        path = f"/staff/{cast.li.pk}/sessions/"
        assert getattr(as_(nobody), method)(path).status_code == 404
    assert not AuditEvent.objects.filter(action="session.end_all").exists()


class TestInTime:
    """Who is disabled, or locked: by travelling in time."""

    def test_who_is_disabled_is_out_at_once_wherever_they_are(self, cast: Cast) -> None:
        enrolled(cast.li)
        with at(0):
            client, waiting = logged_in(), logged_in("li")
            client.post("/me/pin/", {"current": "pw", "pin": "480915", "again": "480915"})
            assert is_in(client)
        with at(1):
            Staff.objects.filter(pk__in=(cast.wang.pk, cast.li.pk)).update(is_active=False)
        for seconds in (1, 59, 60, 600):
            with at(seconds):
                assert not is_in(client)
                assert client.post("/login/pin/", {"pin": "480915"}).status_code == 200
                assert not is_in(client) and not is_in(logged_in())
                assert waiting.get("/login/code/").status_code == 302 and not is_in(waiting)

    def test_a_device_logged_out_elsewhere_is_out_within_the_minute(self, cast: Cast) -> None:
        with at(0):
            phone, desk = logged_in(), logged_in()
            assert is_in(phone) and is_in(desk)
            device = RememberedDevice.objects.order_by("pk").first()
            assert device is not None
            desk.post(f"/me/devices/{device.pk}/logout/")
        with at(60):
            assert not is_in(phone) and is_in(desk)

    def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(self, cast: Cast) -> None:
        with at(0):
            for _ in range(5):
                Client().post("/login/", {"username": "wang", "password": "wrong"})
        for seconds, opens in ((0, False), (14 * 60 + 59, False), (15 * 60 + 1, True)):
            with at(seconds):
                assert is_in(logged_in()) is opens, seconds
