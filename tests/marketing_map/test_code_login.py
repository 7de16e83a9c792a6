"""The second page of the door: the code, once, in time, and counted when it is wrong."""

import time
from typing import Any

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.test import Client

from branches.authenticator import STEP
from branches.models import RecoveryCode, RememberedDevice, SecondFactor, Staff
from tests.cast import Cast
from tests.factors import Phone, enrolled
from trust.models import AuditEvent

CODE = "/login/code/"
PIN = "480915"


@pytest.fixture
def phone(cast: Cast) -> Phone:
    return enrolled(cast.wang)


def give_password(client: Client | None = None, page: str = "") -> Client:
    client = client or Client()
    answer = client.post("/login/", {"username": "wang", "password": "pw", "next": page})
    assert answer["Location"] == CODE
    return client


def give_code(client: Client, code: str) -> Any:
    return client.post(CODE, {"code": code})


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def doors() -> list[tuple[str, str]]:
    found = AuditEvent.objects.filter(action__startswith="session.").order_by("pk")
    return list(found.values_list("action", "result"))


def test_the_password_alone_opens_nothing(phone: Phone) -> None:
    client = give_password()
    assert "6 位数字" in client.get(CODE).content.decode()
    assert not is_in(client) and SESSION_KEY not in client.session
    assert "device" not in client.cookies
    assert doors() == [("session.code_asked", "ok")]


def test_then_the_code_opens_the_page_asked_for(cast: Cast, phone: Phone) -> None:
    client = give_password(page="/leads/?holder=me")
    before = client.session.session_key
    assert give_code(client, f" {phone.code()[:3]} {phone.code()[3:]} ").status_code == 302
    assert is_in(client) and client.session.session_key != before
    assert client.cookies["device"].value
    assert doors() == [("session.code_asked", "ok"), ("session.login", "ok")]
    assert AuditEvent.objects.get(action="session.login").actor_no == "wang"


def test_to_that_page_and_nowhere_else(phone: Phone) -> None:
    assert give_code(give_password(page="/leads/?a=1"), phone.code())["Location"] == "/leads/?a=1"
    outside = give_password(page="https://elsewhere.example/")
    assert give_code(outside, phone.code(1))["Location"] == "/"


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_that_is_off(phone: Phone, steps: int, opens: bool) -> None:
    with time_machine.travel(time.time() // STEP * STEP + 15, tick=False):
        client = give_password()
        give_code(client, phone.code(steps))
        assert is_in(client) is opens


def test_a_code_is_good_once(phone: Phone) -> None:
    with time_machine.travel(time.time() // STEP * STEP + 15, tick=False):
        code = phone.code()
        assert give_code(give_password(), code).status_code == 302
        second = give_password()
        for seen in (code, phone.code(-1)):
            assert give_code(second, seen).status_code == 200
        assert not is_in(second)
        assert give_code(second, phone.code(1)).status_code == 302


def test_of_two_at_once_one_is_let_in(cast: Cast, phone: Phone, monkeypatch: Any) -> None:
    """A code looked at and found right by both is claimed by one."""
    from branches.actions import second_factor

    code, inner = phone.code(), []
    look = second_factor.step_of

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(second_factor, "step_of", look)
        inner.append(second_factor.prove(staff=cast.wang, code=code, by=None))
        return look(*args, **kwargs)

    monkeypatch.setattr(second_factor, "step_of", meanwhile)
    outer = second_factor.prove(staff=cast.wang, code=code, by=None)
    assert (inner, outer) == ([""], "failed")


def test_a_recovery_code_opens_once(phone: Phone) -> None:
    code = phone.recovery_codes[0]
    client = give_password()
    assert "恢复码" in client.get(f"{CODE}?recovery=1").content.decode()
    assert give_code(client, code.upper().replace("-", " ")).status_code == 302
    assert "还剩 9 个" in client.get("/me/").content.decode()
    assert AuditEvent.objects.get(action="factor.recovery_used").detail == {"left": 9}
    assert RecoveryCode.objects.exclude(used_at=None).count() == 1
    again = give_password()
    assert give_code(again, code).status_code == 200 and not is_in(again)
    assert give_code(again, phone.recovery_codes[1]).status_code == 302


def test_nobody_elses_recovery_code(cast: Cast, phone: Phone) -> None:
    theirs = enrolled(cast.li)
    assert give_code(give_password(), theirs.recovery_codes[0]).status_code == 200


def test_five_wrong_codes_lock_the_door_for_a_while(phone: Phone, settings: Any) -> None:
    client = give_password()
    for _ in range(5):
        page = give_code(client, phone.wrong()).content.decode()
        assert "数字不对" in page
    assert give_code(client, phone.code()).status_code == 200  # right, and locked
    assert doors()[-1] == ("session.login_failed", "locked")
    assert Client().post("/login/", {"username": "wang", "password": "pw"}).status_code == 200
    assert not is_in(client)
    settings.LOGIN_LOCK_MINUTES = 0  # the while is over
    assert give_code(give_password(), phone.code(1)).status_code == 302


def test_wrong_passwords_and_wrong_codes_count_together(phone: Phone) -> None:
    """And the right password in between counts nothing anew: only the whole of it does."""
    wrong = {"username": "wang", "password": "wrong"}
    for _ in range(2):
        assert Client().post("/login/", wrong).status_code == 200
        give_code(give_password(), phone.wrong())
    give_code(give_password(), phone.wrong())
    assert Client().post("/login/", {"username": "wang", "password": "pw"}).status_code == 200
    assert doors()[-1] == ("session.login_failed", "locked")


def test_what_was_typed_is_not_recorded(phone: Phone) -> None:
    wrong = phone.wrong()
    give_code(give_password(), wrong)
    event = AuditEvent.objects.get(action="session.login_failed")
    assert event.detail == {"asked": "code"} and event.actor_no == ""
    assert wrong not in str(list(AuditEvent.objects.values_list()))


def test_without_the_password_there_is_no_second_page(phone: Phone) -> None:
    for answer in (Client().get(CODE), give_code(Client(), phone.code())):
        assert answer.status_code == 302 and answer["Location"] == "/login/"
    assert SecondFactor.objects.get().last_step == 0


def test_the_password_waits_five_minutes(phone: Phone) -> None:
    client = give_password()
    with time_machine.travel(time.time() + 301, tick=False):
        assert give_code(client, phone.code())["Location"] == "/login/"
        assert "输验证码的时间过了" in client.get("/login/").content.decode()
        assert not is_in(client)


def disabled(staff: Staff) -> None:
    Staff.objects.filter(pk=staff.pk).update(is_active=False)


def new_password(staff: Staff) -> None:
    staff.set_password("spring-rain-26")
    staff.save()


def reset(staff: Staff) -> None:
    from branches.actions.second_factor import reset_second_factor

    reset_second_factor(staff=staff, by=None)


@pytest.mark.parametrize("happened", [disabled, new_password, reset])
def test_nobody_waits_when_it_changed_meanwhile(cast: Cast, phone: Phone, happened: Any) -> None:
    client = give_password()
    happened(Staff.objects.get(pk=cast.wang.pk))
    assert give_code(client, phone.code())["Location"] == "/login/"
    assert not is_in(client)


@pytest.mark.parametrize("code", ["", "\0", "9" * 10_000, "<b>", "abcde-fghjk"])
def test_nonsense_is_a_wrong_code(phone: Phone, code: str) -> None:
    client = give_password()
    assert give_code(client, code).status_code == 200 and not is_in(client)


class TestByPin:
    """ADR 22 for whoever enrolled of their own will; PIN *and* code for those who must."""

    @pytest.fixture
    def device(self, cast: Cast, phone: Phone) -> Client:
        """The password and a code were given here this morning; the session is over."""
        Staff.objects.filter(pk=cast.wang.pk).update(pin=make_password(PIN))
        client = give_password()
        give_code(client, phone.code())
        SecondFactor.objects.update(last_step=0)
        del client.cookies["sessionid"]
        return client

    def test_who_chose_it_comes_back_by_pin(self, device: Client) -> None:
        assert device.post("/login/pin/", {"pin": PIN, "next": "/leads/"})["Location"] == "/leads/"
        assert is_in(device)

    def test_who_must_gives_the_code_as_well(
        self, device: Client, phone: Phone, settings: Any
    ) -> None:
        settings.MFA_ROLES = ["manager"]
        answer = device.post("/login/pin/", {"pin": PIN, "next": "/leads/"})
        assert answer["Location"] == CODE and not is_in(device)
        assert not AuditEvent.objects.filter(action="session.login_by_pin").exists()
        assert give_code(device, phone.code())["Location"] == "/leads/"
        assert is_in(device) and RememberedDevice.objects.count() == 1
        event = AuditEvent.objects.filter(action="session.login").latest("pk")
        assert event.detail == {"first": "pin"}

    def test_a_device_logged_out_meanwhile_waits_for_nothing(
        self, device: Client, cast: Cast, phone: Phone, settings: Any
    ) -> None:
        settings.MFA_ROLES = ["manager"]
        device.post("/login/pin/", {"pin": PIN})
        RememberedDevice.objects.update(revoked_at="2026-01-01T00:00Z")
        assert give_code(device, phone.code())["Location"] == "/login/"

    def test_a_session_by_pin_alone_ends_when_the_role_must(
        self, device: Client, settings: Any
    ) -> None:
        device.post("/login/pin/", {"pin": PIN})
        settings.MFA_ROLES = ["manager"]
        assert device.get("/leads/")["Location"] == "/login/?next=/leads/"
        assert doors()[-1] == ("session.ended", "code")

    def test_no_pin_leads_to_enrolling(self, cast: Cast, settings: Any) -> None:
        settings.MFA_ROLES = ["manager"]
        Staff.objects.filter(pk=cast.li.pk).update(pin=make_password(PIN))
        client = Client()
        client.post("/login/", {"username": "li", "password": "pw"})
        del client.cookies["sessionid"]
        assert 'name="pin"' not in client.get("/login/").content.decode()
        assert client.post("/login/pin/", {"pin": PIN}).status_code == 200 and not is_in(client)
