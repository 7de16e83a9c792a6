"""A lost phone: reset by an administrator, or by whoever has the machine; never one's own."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client

from branches.actions.second_factor import reset_second_factor
from branches.models import RememberedDevice, SecondFactor, Staff
from tests.cast import Cast
from tests.factors import enrolled
from trust.models import AuditEvent


@pytest.fixture
def admin(cast: Cast) -> Staff:
    cast.zhou.is_staff = True
    cast.zhou.save()
    rights = Permission.objects.filter(codename__in=("change_staff", "view_staff"))
    cast.zhou.user_permissions.set(rights)
    return Staff.objects.get(pk=cast.zhou.pk)


def address(staff: Staff) -> str:
    return f"/staff/{staff.pk}/authenticator/"


def test_an_administrator_resets_a_colleagues(cast: Cast, admin: Staff, as_: Any) -> None:
    phone = enrolled(cast.wang)
    theirs, mine = Client(), as_(admin)
    theirs.post("/login/", {"username": "wang", "password": "pw"})
    theirs.post("/login/code/", {"code": phone.code()})
    assert theirs.get("/me/").status_code == 200

    edit = f"/admin/branches/staff/{cast.wang.pk}/change/"
    assert address(cast.wang) in mine.get(edit).content.decode()
    assert "重置 王经理 的第二道验证" in mine.get(address(cast.wang)).content.decode()
    assert cast.wang.has_second_factor  # asked, not done
    assert "已重置" in mine.post(address(cast.wang)).content.decode()

    assert not SecondFactor.objects.exists()
    assert theirs.get("/me/").status_code == 302 and mine.get("/me/").status_code == 200
    assert not RememberedDevice.objects.in_use().filter(staff=cast.wang).exists()
    event = AuditEvent.objects.get(action="factor.reset")
    assert (event.actor_no, event.target) == ("zhou", f"staff:{cast.wang.pk}")
    assert address(cast.wang) not in mine.get(edit).content.decode()
    login = Client().post("/login/", {"username": "wang", "password": "pw"})
    assert login["Location"] == "/"


def test_nobody_resets_their_own(cast: Cast, admin: Staff, as_: Any) -> None:
    enrolled(admin)
    assert as_(admin).post(address(admin)).status_code == 404
    with pytest.raises(PermissionDenied):
        reset_second_factor(staff=admin, by=admin)
    assert admin.has_second_factor


def test_a_supervisor_resets_passwords_and_no_second_factors(cast: Cast, as_: Any) -> None:
    enrolled(cast.wang)
    for other in (cast.zhao, cast.li, cast.qian, cast.feng):
        assert as_(other).post(address(cast.wang)).status_code == 404
        with pytest.raises(PermissionDenied):
            reset_second_factor(staff=cast.wang, by=other)
    assert cast.wang.has_second_factor


def test_nor_does_an_administrator_above_or_beside_themselves(
    cast: Cast, admin: Staff, as_: Any
) -> None:
    Staff.objects.filter(pk=cast.feng.pk).update(is_superuser=True)
    assert as_(admin).get(address(cast.feng)).status_code == 404


def test_the_command_for_the_last_administrator(cast: Cast, admin: Staff, capsys: Any) -> None:
    enrolled(admin)
    client = Client()
    client.force_login(admin)
    call_command("reset_mfa", "zhou")
    assert "已重置" in capsys.readouterr().out
    assert not SecondFactor.objects.exists() and client.get("/me/").status_code == 302
    event = AuditEvent.objects.get(action="factor.reset")
    assert (event.actor_no, event.target, event.result) == ("", f"staff:{admin.pk}", "ok")


@pytest.mark.parametrize("no", ["nobody", "wang"])
def test_the_command_says_what_is_not_there(cast: Cast, no: str) -> None:
    with pytest.raises(CommandError, match=no):
        call_command("reset_mfa", no)
    assert not AuditEvent.objects.filter(action="factor.reset").exists()
