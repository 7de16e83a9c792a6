"""Back in by PIN: only on a device that gave the password today, and five tries."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet
from django.test import Client

from branches.actions import devices as device_actions
from branches.models import RememberedDevice, Staff
from tests.cast import Cast
from trust.models import AuditEvent

PIN = "480915"
MORNING = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)


@pytest.fixture
def wang(cast: Cast) -> Staff:
    Staff.objects.filter(pk=cast.wang.pk).update(pin=make_password(PIN))
    cast.wang.refresh_from_db()
    return cast.wang


@pytest.fixture
def phone(wang: Staff) -> Client:
    """A phone on which 王经理 gave the password, and whose session is over."""
    client = Client(headers={"user-agent": "Mozilla/5.0 (Linux; Android 10) wxwork/4.1"})
    client.post("/login/", {"username": "wang", "password": "pw"})
    del client.cookies["sessionid"]
    return client


def enter(client: Client, pin: str = PIN, page: str = "/leads/") -> Any:
    return client.post("/login/pin/", {"pin": pin, "next": page})


def events(action: str) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(action=action)


def test_the_cookie_is_for_the_door_alone(phone: Client) -> None:
    cookie = phone.cookies["device"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/login/"
    device = RememberedDevice.objects.get()
    assert cookie.value not in (device.digest, "") and device.label == "企业微信 · Android"


def test_behind_https_the_cookie_is_secure(wang: Staff, settings: Any) -> None:
    settings.HTTPS = True
    client = Client()
    client.post("/login/", {"username": "wang", "password": "pw"})
    assert client.cookies["device"]["secure"]


def test_the_pin_opens_the_page_asked_for(phone: Client) -> None:
    door = phone.get("/login/?next=/leads/").content.decode()
    assert "王**" in door and "王经理" not in door and 'inputmode="numeric"' in door
    answer = enter(phone)
    assert answer.status_code == 302 and answer["Location"] == "/leads/"
    assert phone.get("/leads/").status_code == 200
    assert events("session.login_by_pin").get().actor_no == "wang"


def test_the_password_stays_possible(phone: Client) -> None:
    door = phone.get("/login/?password=1&next=/leads/").content.decode()
    assert 'name="username"' in door and 'name="pin"' not in door and "/leads/" in door


def test_no_pin_elsewhere(phone: Client, wang: Staff) -> None:
    stranger = Client()
    assert 'name="pin"' not in stranger.get("/login/").content.decode()
    assert enter(stranger).status_code == 200
    assert stranger.get("/me/").status_code == 302
    stranger.cookies["device"] = "x" * 43
    assert enter(stranger).status_code == 200
    assert stranger.get("/me/").status_code == 302


def test_five_wrong_pins_forget_the_device(phone: Client) -> None:
    for left in (4, 3, 2, 1, 0):
        page = enter(phone, "000111").content.decode()
        assert ('name="pin"' in page) is (left > 0)
    assert "请用密码登录" in page
    assert enter(phone).status_code == 200 and phone.get("/me/").status_code == 302
    assert events("session.login_failed").filter(result="wrong_pin").count() == 5
    assert events("device.revoke").get().detail["reason"] == "wrong_pins"
    # The password still works: wrong PINs lock nobody out.
    assert phone.post("/login/", {"username": "wang", "password": "pw"}).status_code == 302


def test_a_right_pin_in_between_counts_anew(phone: Client) -> None:
    for pin in ("000111", "000111", "000111", "000111", PIN, "000111", "000111"):
        phone.cookies.pop("sessionid", None)
        answer = enter(phone, pin)
    assert answer.status_code == 200 and 'name="pin"' in answer.content.decode()


def test_guesses_at_the_same_time_are_five_in_all(
    phone: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The try is counted before the PIN is looked at; a guess inside a guess finds it counted."""
    device = RememberedDevice.objects.select_related("staff").get()
    looked: list[str] = []

    def slow(pin: str, encoded: str) -> bool:
        looked.append(pin)
        device_actions.enter_by_pin(device=device, pin="999000")
        return False

    monkeypatch.setattr(device_actions, "check_password", slow)
    device_actions.enter_by_pin(device=device, pin="999000")
    assert len(looked) == device_actions.PIN_TRIES


def disabled(staff: Staff, phone: Client) -> None:
    Staff.objects.filter(pk=staff.pk).update(is_active=False)


def locked(staff: Staff, phone: Client) -> None:
    for _ in range(5):
        Client().post("/login/", {"username": staff.username, "password": "wrong"})


def without_pin(staff: Staff, phone: Client) -> None:
    Staff.objects.filter(pk=staff.pk).update(pin="")


def logged_out(staff: Staff, phone: Client) -> None:
    phone.post("/login/pin/", {"pin": PIN})
    kept = phone.cookies["device"].value
    phone.post("/logout/")
    phone.cookies["device"] = kept  # who copied the cookie


def changed_password(staff: Staff, phone: Client) -> None:
    other = Client()
    other.force_login(staff)
    form = {"current": "pw", "password": "quite-new-11", "again": "quite-new-11"}
    assert other.post("/me/password/", form).status_code == 302


def changed_pin(staff: Staff, phone: Client) -> None:
    other = Client()
    other.force_login(staff)
    form = {"current": "pw", "pin": "715302", "again": "715302"}
    assert other.post("/me/pin/", form).status_code == 302


@pytest.mark.parametrize(
    "happened", [disabled, locked, without_pin, logged_out, changed_password, changed_pin]
)
def test_then_the_pin_opens_nothing(
    phone: Client, wang: Staff, happened: Callable[[Staff, Client], None]
) -> None:
    happened(wang, phone)
    assert 'name="pin"' not in phone.get("/login/").content.decode()
    for pin in (PIN, "715302"):
        assert enter(phone, pin).status_code == 200
    assert phone.get("/me/").status_code == 302


def test_the_day_of_the_password_is_the_day_of_the_pin(wang: Staff) -> None:
    client = Client()
    with time_machine.travel(MORNING, tick=False):
        client.post("/login/", {"username": "wang", "password": "pw"})
    with time_machine.travel(MORNING + timedelta(hours=11, minutes=55), tick=False):
        del client.cookies["sessionid"]
        assert enter(client).status_code == 302
    with time_machine.travel(MORNING + timedelta(hours=12, minutes=1), tick=False):
        assert client.get("/me/").status_code == 302
        del client.cookies["sessionid"]
        assert enter(client).status_code == 200


def test_the_pin_leads_nowhere_else(phone: Client) -> None:
    assert enter(phone, page="https://elsewhere.example/")["Location"] == "/"


@pytest.mark.parametrize("pin", ["", "\0", "9" * 10_000, "４８０９１５"])
def test_nonsense_is_a_wrong_pin(phone: Client, pin: str) -> None:
    assert enter(phone, pin).status_code == 200
    assert phone.get("/me/").status_code == 302


def test_the_door_by_pin_is_sent_to_only(phone: Client) -> None:
    assert phone.get("/login/pin/").status_code == 405
