"""Sensitive acts ask once more who sits here: password and second factor, for ten minutes."""

import time
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client

from branches.models import RememberedDevice, Staff, SystemToken
from tests.cast import Cast, make_lead
from tests.factors import confirm, enrolled
from trust.models import AuditEvent

CONFIRM = "/me/confirm/"


def asked(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(CONFIRM)


def long_ago(client: Client) -> Any:
    return time_machine.travel(time.time() + 11 * 60, tick=False)


def administrator(staff: Staff) -> Staff:
    staff.is_staff = True
    staff.save()
    staff.user_permissions.set(Permission.objects.all())
    return staff


def test_a_screen_left_open_lets_nobody_in_for_good(cast: Cast, as_: Any) -> None:
    """A new 工号 with a password of the thief's, or rights for one there is."""
    client: Client = as_(administrator(cast.zhou), confirmed=False)
    form = {"username": "thief", "name": "某", "role": "supervisor", "branch": cast.county.pk}
    own = {"usable_password": "true", "password1": "long-enough-1", "password2": "long-enough-1"}
    assert asked(client.post("/admin/branches/staff/add/", form | own))
    change = f"/admin/branches/staff/{cast.wang.pk}/change/"
    promoted = {"username": "wang", "name": "王", "role": "auditor", "branch": cast.hq.pk}
    assert asked(client.post(change, promoted | {"is_active": "on"}))
    assert asked(client.get(change))
    assert not Staff.objects.filter(username="thief").exists()
    assert Staff.objects.get(pk=cast.wang.pk).role == "manager"
    confirm(client)
    client.post("/admin/branches/staff/add/", form | own)
    assert Staff.objects.filter(username="thief").exists()


def test_the_password_and_back_to_the_page(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang, confirmed=False)
    answer = client.get("/me/phone/?x=1")
    assert answer["Location"] == f"{CONFIRM}?next=%2Fme%2Fphone%2F%3Fx%3D1"
    page = client.get(answer["Location"]).content.decode()
    assert "先确认是您本人" in page and 'name="code"' not in page
    form = {"current": "pw", "next": "/me/phone/?x=1"}
    assert client.post(CONFIRM, form)["Location"] == "/me/phone/?x=1"
    assert client.post("/me/phone/", {"phone": "16900001234"})["Location"] == "/me/"
    assert AuditEvent.objects.filter(action="session.confirm", actor_id=cast.wang.pk).count() == 1


def test_ten_minutes_and_again(cast: Cast) -> None:
    client = Client()
    client.post("/login/", {"username": "wang", "password": "pw"})
    assert client.get("/me/phone/").status_code == 200  # given at the login
    with time_machine.travel(time.time() + 9 * 60, tick=False):
        assert client.get("/me/phone/").status_code == 200
    with long_ago(client):
        assert asked(client.get("/me/phone/"))


def test_whoever_has_a_second_factor_gives_both(cast: Cast, as_: Any) -> None:
    phone = enrolled(cast.wang)
    client: Client = as_(cast.wang, confirmed=False)
    for form in ({"current": "pw"}, {"current": "pw", "code": phone.wrong()}, {"current": "no"}):
        assert client.post(CONFIRM, form).status_code == 422
        assert asked(client.get("/me/phone/"))
    assert client.post(CONFIRM, {"current": "pw", "code": phone.code()}).status_code == 302
    assert client.get("/me/phone/").status_code == 200


def test_the_wrong_password_uses_no_code_up(cast: Cast, as_: Any) -> None:
    phone = enrolled(cast.wang)
    client: Client = as_(cast.wang, confirmed=False)
    code = phone.code()
    client.post(CONFIRM, {"current": "no", "code": code})
    assert client.post(CONFIRM, {"current": "pw", "code": code}).status_code == 302


def test_guessing_here_locks_as_at_the_door(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang, confirmed=False)
    for _ in range(5):
        client.post(CONFIRM, {"current": "no"})
    assert "输错次数太多" in client.post(CONFIRM, {"current": "pw"}).content.decode()
    assert Client().post("/login/", {"username": "wang", "password": "pw"}).status_code == 200


def test_a_pin_is_not_enough(cast: Cast) -> None:
    client = Client()
    client.post("/login/", {"username": "wang", "password": "pw"})
    client.post("/me/pin/", {"current": "pw", "pin": "480915", "again": "480915"})
    del client.cookies["sessionid"]
    client.post("/login/pin/", {"pin": "480915"})
    assert client.get("/me/").status_code == 200 and asked(client.get("/me/phone/"))


def test_a_form_sent_too_late_leads_back_to_the_form(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang, confirmed=False)
    here = {"Referer": "http://testserver/me/phone/"}
    answer = client.post("/me/phone/", {"phone": "16900001234"}, headers=here)
    assert answer["Location"] == f"{CONFIRM}?next=%2Fme%2Fphone%2F"
    assert Staff.objects.get(pk=cast.wang.pk).work_phone == ""


@pytest.mark.parametrize("page", ["https://elsewhere.example/map/", "//elsewhere.example", ""])
def test_it_leads_nowhere_else(cast: Cast, as_: Any, page: str) -> None:
    client: Client = as_(cast.wang, confirmed=False)
    headers = {"HX-Request": "true", "HX-Current-URL": page, "Referer": page}
    answer = client.post("/me/phone/", headers=headers)
    assert answer.headers["HX-Redirect"] == f"{CONFIRM}?next=%2F"
    assert client.post(CONFIRM, {"current": "pw", "next": page})["Location"] == "/me/"


class TestSensitiveActs:
    def test_devices(self, cast: Cast, as_: Any) -> None:
        there = Client()
        there.post("/login/", {"username": "wang", "password": "pw"})
        device = RememberedDevice.objects.get()
        client: Client = as_(cast.wang, confirmed=False)
        for path in (f"/me/devices/{device.pk}/logout/", "/me/devices/others/logout/"):
            assert asked(client.post(path))
        assert there.get("/me/").status_code == 200

    def test_resetting_a_colleague(self, cast: Cast, as_: Any) -> None:
        client: Client = as_(administrator(cast.zhao), confirmed=False)
        for what in ("reset", "authenticator", "sessions"):
            for method in ("get", "post"):
                path = f"/staff/{cast.wang.pk}/{what}/"
                assert asked(getattr(client, method)(path)), (method, what)
        assert Staff.objects.get(pk=cast.wang.pk).check_password("pw")

    def test_people_and_tokens_in_the_admin(self, cast: Cast, as_: Any) -> None:
        client: Client = as_(administrator(cast.qian), confirmed=False)
        form = {"system": cast.system.pk, "label": "crm"}
        assert asked(client.get("/admin/branches/systemtoken/add/"))
        assert asked(client.post("/admin/branches/systemtoken/add/", form))
        assert not SystemToken.objects.exists()
        for page in ("add/", f"{cast.wang.pk}/change/", f"{cast.wang.pk}/password/"):
            assert asked(client.get(f"/admin/branches/staff/{page}")), page
            assert asked(client.post(f"/admin/branches/staff/{page}", {})), page
        confirm(client)
        assert client.post("/admin/branches/systemtoken/add/", form).status_code == 200
        assert SystemToken.objects.count() == 1

    def test_many_numbers_copied(self, cast: Cast, as_: Any, settings: Any) -> None:
        settings.COPIES_BEFORE_STEP_UP = 2
        client: Client = as_(cast.wang, confirmed=False)
        leads = [make_lead(cast, holder=cast.wang) for _ in range(3)]
        number = "/leads/{}/number/".format
        for lead in leads[:2]:
            assert client.post(number(lead.pk)).status_code == 200
        page = "http://testserver/map/?z=14#17/36.8/118.7"
        headers = {"HX-Request": "true", "HX-Current-URL": page}
        answer = client.post(number(leads[2].pk), headers=headers)
        where = "%2Fmap%2F%3Fz%3D14%2317%2F36.8%2F118.7"
        assert answer.headers["HX-Redirect"] == f"{CONFIRM}?next={where}"
        assert leads[2].customer.phone not in answer.content.decode()
        confirm(client)
        assert leads[2].customer.phone in client.post(number(leads[2].pk)).content.decode()
