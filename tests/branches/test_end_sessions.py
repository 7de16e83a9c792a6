"""Logged out everywhere: by oneself on 我的 › 设备, by an administrator, by being disabled."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from branches.models import RememberedDevice, Role, Staff
from tests.cast import Cast, make_staff
from trust.models import AuditEvent


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
