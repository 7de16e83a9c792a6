"""Sessions end: without a touch, after a day's work, and when the device is logged out elsewhere."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from branches.models import RememberedDevice
from tests.cast import Cast
from trust.models import AuditEvent

MORNING = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # 08:30 in Shanghai


def at(minutes: float) -> Any:
    return time_machine.travel(MORNING + timedelta(minutes=minutes), tick=False)


def endings() -> list[str]:
    return list(AuditEvent.objects.filter(action="session.ended").values_list("result", flat=True))


def test_away_too_long_ends_the_session_and_comes_back_to_the_page(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang)
    with at(0):
        assert client.get("/me/").status_code == 200
    with at(14):
        assert client.get("/me/").status_code == 200
    with at(28):
        assert client.get("/me/").status_code == 200  # 14 minutes later: still somebody there
    with at(28 + 16):
        answer = client.get("/leads/?holder=me")
        assert answer.status_code == 302
        assert answer["Location"] == "/login/?next=/leads/%3Fholder%3Dme"
        assert endings() == ["idle"]
        door = client.get(answer["Location"]).content.decode()
        assert "15 分钟没有操作" in door and 'value="/leads/?holder=me"' in door
        assert "15 分钟没有操作" not in client.get("/login/").content.decode()  # said once


def test_a_day_is_the_most_however_busy(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang)
    for minutes in range(0, 12 * 60 + 1, 10):
        with at(minutes):
            assert client.get("/me/").status_code == 200
    with at(12 * 60 + 2):
        assert client.get("/me/").status_code == 302
    assert endings() == ["hours"]


def test_what_a_page_asks_by_itself_keeps_nobody_logged_in(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang)
    with at(0):
        client.get("/me/")
    for minutes in (5, 10, 14):
        with at(minutes):
            assert client.get("/me/", headers={"X-Background": "1"}).status_code == 200
    with at(16):
        assert client.get("/me/", headers={"X-Background": "1"}).status_code == 302
    assert endings() == ["idle"]


def test_the_session_is_written_at_most_once_a_minute(
    cast: Cast, as_: Any, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.sessions.backends.db import SessionStore

    client: Client = as_(cast.zhou)
    saved: list[int] = []
    save = SessionStore.save
    monkeypatch.setattr(
        SessionStore, "save", lambda self, *a, **kw: (saved.append(1), save(self, *a, **kw))[1]
    )
    for minutes in (0, 0.3, 0.9, 1.5, 1.6):
        with at(minutes):
            client.get("/me/")
    assert len(saved) == 2


def test_a_form_sent_too_late_leads_back_to_the_form(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang)
    with at(0):
        client.get("/me/phone/")
    with at(20):
        here = {"Referer": "http://testserver/me/phone/"}
        answer = client.post("/me/phone/", {"phone": "16900001234"}, headers=here)
        assert answer["Location"] == "/login/?next=/me/phone/"
    cast.wang.refresh_from_db()
    assert cast.wang.work_phone == ""


def test_a_strange_referer_is_not_followed(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang)
    with at(0):
        client.get("/me/")
    with at(20):
        answer = client.post("/me/phone/", {}, headers={"Referer": "https://elsewhere.example/x"})
    assert answer["Location"] == "/login/?next=/"


def test_a_device_logged_out_elsewhere_is_out_within_a_minute(cast: Cast) -> None:
    phone, desk = Client(), Client()
    with at(0):
        phone.post("/login/", {"username": "wang", "password": "pw"})
        desk.post("/login/", {"username": "wang", "password": "pw"})
        assert phone.get("/me/").status_code == desk.get("/me/").status_code == 200
    with at(5):
        theirs = RememberedDevice.objects.order_by("pk").first()
        assert theirs is not None
        assert desk.post(f"/me/devices/{theirs.pk}/logout/").status_code == 302
        assert phone.get("/me/").status_code == 302
        assert desk.get("/me/").status_code == 200
    assert endings() == ["elsewhere"]


def test_the_api_has_no_session_to_end(cast: Cast) -> None:
    assert Client().get("/api/v1/leads/").status_code == 401
    assert endings() == []
