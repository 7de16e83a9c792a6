"""A forgotten password: reset by who looks after its owner, once, for a day."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from branches.actions.credentials import READABLE, reset_password
from branches.models import Role, Staff
from tests.cast import Cast, make_staff
from tests.factors import confirm
from trust.models import AuditEvent

OWN = "spring-rain-26"


def administrator(staff: Staff) -> Staff:
    staff.is_staff = True
    staff.save()
    staff.user_permissions.set(Permission.objects.filter(codename="change_staff"))
    return Staff.objects.get(pk=staff.pk)


def names(user: Staff) -> set[str]:
    return {staff.name for staff in Staff.objects.resettable_by(user)}


def test_who_resets_whose(cast: Cast) -> None:
    superior = make_staff("boss", "行长", Role.SUPERVISOR, cast.province)
    make_staff("gone", "离职", Role.MANAGER, cast.outlet)
    Staff.objects.filter(username="gone").update(is_active=False)
    assert names(cast.zhao) == {"王经理", "李经理"}
    for nobody in (cast.wang, cast.qian, cast.feng, cast.zhou):
        assert names(nobody) == set()
    assert names(superior) == {"王经理", "李经理"}
    admin = make_staff("adm", "管理", Role.AUDITOR, cast.county)
    assert names(administrator(admin)) == {"王经理", "李经理"}  # not 赵主管, their own superior
    assert "赵主管" in names(administrator(cast.zhou)) and "钱经办" in names(cast.zhou)
    assert "冯复核" not in names(administrator(cast.qian))


def test_the_supervisor_resets_and_the_page_shows_it_once(cast: Cast, as_: Any) -> None:
    zhao: Client = as_(cast.zhao)
    address = f"/staff/{cast.wang.pk}/reset/"
    assert "王经理" in zhao.get("/staff/forgotten/").content.decode()
    assert "重置 王经理 的密码" in zhao.get(address).content.decode()
    assert Staff.objects.get(pk=cast.wang.pk).check_password("pw")  # asked, not done
    answer = zhao.post(address)
    temporary = answer.context["temporary"]
    assert temporary in answer.content.decode() and "no-store" in answer["Cache-Control"]
    letters = temporary.replace("-", "")
    assert len(letters) >= 12 and set(letters) <= set(READABLE)
    assert temporary not in zhao.get(address).content.decode()
    event = AuditEvent.objects.get(action="staff.password_reset")
    assert (event.actor_no, event.target) == ("zhao", f"staff:{cast.wang.pk}")
    assert temporary not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


def test_searching_is_posted_and_only_among_ones_own(cast: Cast, as_: Any) -> None:
    zhao: Client = as_(cast.zhao)
    page = zhao.post("/staff/forgotten/", {"q": "李"}).content.decode()
    assert "李经理" in page and "王经理" not in page
    assert "没有找到" in zhao.post("/staff/forgotten/", {"q": "孙经理"}).content.decode()
    for q in ("\0", "x" * 5000, "%", "a " * 2000):
        assert zhao.post("/staff/forgotten/", {"q": q}).status_code == 200
    for other in (cast.wang, cast.qian, cast.feng, cast.zhou):
        assert as_(other).get("/staff/forgotten/").status_code == 403


def test_foreign_people_are_not_there(cast: Cast, as_: Any) -> None:
    for other in (cast.sun, cast.zhao, cast.qian, cast.system):
        for method in ("get", "post"):
            assert getattr(as_(cast.zhao), method)(f"/staff/{other.pk}/reset/").status_code == 404
    assert as_(cast.wang).post(f"/staff/{cast.li.pk}/reset/").status_code == 404
    with pytest.raises(PermissionDenied):
        reset_password(staff=cast.sun, by=cast.zhao)
    assert Staff.objects.get(pk=cast.sun.pk).check_password("pw")


def test_the_old_session_ends_and_a_password_of_ones_own_comes_first(cast: Cast, as_: Any) -> None:
    old: Client = as_(cast.wang)
    temporary = reset_password(staff=cast.wang, by=cast.zhao)
    assert old.get("/me/").status_code == 302
    client = Client()
    assert client.post("/login/", {"username": "wang", "password": "pw"}).status_code == 200
    assert client.post("/login/", {"username": "wang", "password": temporary}).status_code == 302
    assert "device" not in client.cookies  # no PIN by a password that two people know
    answer = client.get("/leads/?holder=me")
    assert answer["Location"] == "/me/password/?next=%2Fleads%2F%3Fholder%3Dme"
    fragment = client.get("/today/", headers={"HX-Request": "true"})
    assert fragment["HX-Redirect"] == "/me/password/" and not fragment.content
    assert client.post("/me/phone/", {"phone": "16900001234"}).status_code == 302
    assert Staff.objects.get(pk=cast.wang.pk).work_phone == ""
    assert "先设一个自己的密码" in client.get("/me/password/").content.decode()
    weak = client.post("/me/password/", {"password": temporary, "again": temporary})
    assert weak.status_code == 422
    done = client.post("/me/password/", {"password": OWN, "again": OWN})
    assert done["Location"] == "/me/pin/"  # and is offered a PIN
    assert client.get("/leads/").status_code == 200 and "device" in client.cookies


def test_a_temporary_password_has_its_day(cast: Cast) -> None:
    temporary = reset_password(staff=cast.wang, by=cast.zhao)
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=False):
        answer = Client().post("/login/", {"username": "wang", "password": temporary})
        assert answer.status_code == 200 and "临时密码已过期" in answer.content.decode()
    assert AuditEvent.objects.filter(result="expired").count() == 1


def test_a_session_of_a_temporary_password_ends_with_it(cast: Cast) -> None:
    temporary = reset_password(staff=cast.wang, by=cast.zhao)
    client = Client()
    with time_machine.travel(timezone.now() + timedelta(hours=23, minutes=55), tick=False):
        client.post("/login/", {"username": "wang", "password": temporary})
        assert client.get("/me/password/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=False):
        answer = client.post("/me/password/", {"password": OWN, "again": OWN})
        assert answer["Location"].startswith("/login/")
        assert "临时密码已过期" in client.get("/login/").content.decode()
        assert client.get("/me/").status_code == 302
    assert Staff.objects.get(pk=cast.wang.pk).check_password(temporary)
    assert AuditEvent.objects.get(action="session.ended").result == "expired"


def test_a_password_set_in_the_admin_is_temporary_too(cast: Cast) -> None:
    admin = administrator(cast.zhou)
    admin.user_permissions.add(*Permission.objects.filter(codename__in=["add_staff", "view_staff"]))
    client = Client()
    client.force_login(admin)
    confirm(client)
    address = f"/admin/branches/staff/{cast.wang.pk}/change/"
    assert f"/staff/{cast.wang.pk}/reset/" in client.get(address).content.decode()
    new = {"usable_password": "true", "password1": OWN, "password2": OWN}
    client.post(f"/admin/branches/staff/{cast.wang.pk}/password/", new)
    wang = Staff.objects.get(pk=cast.wang.pk)
    assert wang.must_change_password and wang.password_expires_at is not None


def test_who_is_disabled_has_no_device_left(cast: Cast) -> None:
    Client().post("/login/", {"username": "wang", "password": "pw"})
    admin = administrator(cast.zhou)
    admin.user_permissions.add(*Permission.objects.filter(codename="view_staff"))
    client = Client()
    client.force_login(admin)
    confirm(client)
    form = {"username": "wang", "name": "王经理", "role": "manager", "branch": cast.outlet.pk}
    client.post(f"/admin/branches/staff/{cast.wang.pk}/change/", form)
    assert not Staff.objects.get(pk=cast.wang.pk).is_active
    assert cast.wang.devices.get().revoked_at is not None


def test_nobody_resets_their_way_to_rights_of_the_admin(cast: Cast) -> None:
    """Who knows a temporary password has the rights of its owner."""
    administrator(cast.wang)
    assert names(cast.zhao) == {"李经理"}
    admin = administrator(make_staff("adm", "管理", Role.AUDITOR, cast.hq))
    make_staff("aud", "审计二", Role.AUDITOR, cast.county)
    Staff.objects.filter(pk=cast.li.pk).update(is_superuser=True)
    assert names(admin).isdisjoint({"王经理", "李经理", "周审计", "审计二"})
    assert {"赵主管", "钱经办", "冯复核"} <= names(admin)
    assert names(administrator(cast.feng)).isdisjoint({"钱经办", "周审计"})


def test_nobody_resets_their_way_to_the_second_of_two(cast: Cast) -> None:
    """Who asks for an export does not become who agrees to it, nor the other way round."""
    make_staff("feng2", "冯二", Role.REVIEWER, cast.county)
    make_staff("qian2", "钱二", Role.CLERK, cast.county)
    assert names(administrator(cast.zhao)) == {"王经理", "李经理", "钱二"}
    assert names(administrator(cast.feng)).isdisjoint({"赵主管", "钱经办", "钱二", "冯二"})
    assert not Staff.objects.factor_resettable_by(cast.feng).filter(pk=cast.zhao.pk).exists()


def test_a_superuser_resets_everybody_but_themselves(cast: Cast) -> None:
    administrator(cast.wang)
    root = make_staff("root", "超级", Role.AUDITOR, cast.hq)
    for staff in (root, cast.li):
        Staff.objects.filter(pk=staff.pk).update(is_superuser=True, is_staff=True)
    everybody = {"王经理", "李经理", "赵主管", "孙经理", "钱经办", "冯复核", "周审计"}
    assert names(Staff.objects.get(pk=root.pk)) == everybody


def test_the_password_page_of_the_admin_is_for_the_same_people(cast: Cast) -> None:
    admin = administrator(make_staff("adm", "管理", Role.CLERK, cast.hq))
    auditor_of_rights = administrator(cast.li)
    client = Client()
    client.force_login(admin)
    confirm(client)
    new = {"usable_password": "true", "password1": OWN, "password2": OWN}
    for staff in (auditor_of_rights, cast.zhou, cast.feng, cast.qian, cast.system):
        for address in (str(staff.pk), "".join(f"_3{digit}" for digit in str(staff.pk))):
            address = f"/admin/branches/staff/{address}/password/"
            assert client.get(address).status_code == 403
            assert client.post(address, new).status_code == 403
        assert Staff.objects.get(pk=staff.pk).check_password("pw")
    for nobody in ("0", "9" * 40, "x", "²"):
        assert client.post(f"/admin/branches/staff/{nobody}/password/", new).status_code == 403


def test_ones_own_password_is_changed_where_the_present_one_is_asked(cast: Cast) -> None:
    admin = administrator(cast.zhou)
    client = Client()
    client.force_login(admin)
    confirm(client)
    new = {"usable_password": "true", "password1": OWN, "password2": OWN}
    own = f"/admin/branches/staff/{admin.pk}/password/"
    for answer in (client.get(own), client.post(own, new), client.get("/admin/password_change/")):
        assert answer["Location"] == "/me/password/"
    change = {"old_password": "pw", "new_password1": OWN, "new_password2": OWN}
    assert client.post("/admin/password_change/", change).status_code == 405
    assert Staff.objects.get(pk=admin.pk).check_password("pw")


def test_the_page_of_one_person_shows_no_password_and_takes_none(cast: Cast) -> None:
    admin = administrator(cast.zhou)
    client = Client()
    client.force_login(admin)
    confirm(client)
    for staff in (admin, cast.wang):
        address = f"/admin/branches/staff/{staff.pk}/change/"
        assert "id_password" not in client.get(address).content.decode()
    form = {"username": "wang", "name": "王经理", "role": "manager", "is_active": "on"}
    form |= {"branch": str(cast.outlet.pk), "password": OWN}
    assert client.post(f"/admin/branches/staff/{cast.wang.pk}/change/", form).status_code == 302
    assert Staff.objects.get(pk=cast.wang.pk).check_password("pw")
