"""The login: recorded, locked after five wrong tries, and the admin's only door too."""

from typing import Any

from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from tests.cast import Cast
from trust.models import AuditEvent


def enter(username: str = "wang", password: str = "pw") -> Any:
    return Client().post("/login/", {"username": username, "password": password})


def results() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "result"))


def test_login_and_logout_are_recorded(cast: Cast) -> None:
    client = Client()
    client.post("/login/", {"username": "wang", "password": "pw"})
    client.post("/logout/")
    doors = [each for each in results() if each[0].startswith("session.")]
    assert doors == [("session.login", "ok"), ("session.logout", "ok")]
    assert set(AuditEvent.objects.values_list("target", flat=True)) == {f"staff:{cast.wang.pk}"}


def test_what_was_typed_is_not_recorded(cast: Cast) -> None:
    enter("my-password-in-the-wrong-field", "x")
    event = AuditEvent.objects.get(action="session.login_failed")
    assert (event.target, event.actor_no, event.detail) == ("", "", {})


def test_five_wrong_tries_lock_for_a_while(cast: Cast, settings: Any) -> None:
    for _ in range(5):
        assert enter(password="wrong").status_code == 200
    assert enter().status_code == 200  # right, and locked
    assert results()[-1] == ("session.login_failed", "locked")
    assert enter("li").status_code == 302  # others are not
    settings.LOGIN_LOCK_MINUTES = 0  # the while is over
    assert enter().status_code == 302


def test_a_locked_door_takes_as_long_as_one_of_nobody(cast: Cast, monkeypatch: Any) -> None:
    """Five wrong tries and a quick sixth answer would tell which 工号 there are."""
    hashed, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *given: hashed.append(1) or encode(*given)
    )
    for username in ("wang", "nobody"):
        for _ in range(5):
            enter(username, "wrong")
        hashed.clear()
        enter(username, "wrong")
        assert len(hashed) == 1, username


def test_a_right_try_in_between_counts_anew(cast: Cast) -> None:
    for password in ("wrong", "wrong", "wrong", "wrong", "pw", "wrong"):
        enter(password=password)
    assert enter().status_code == 302


def test_the_admin_has_no_door_of_its_own(cast: Cast, as_: Any) -> None:
    answer = Client().get("/admin/login/?next=/admin/branches/branch/")
    assert answer.status_code == 302
    assert answer["Location"] == "/login/?next=/admin/branches/branch/"
    wrong = {"username": "wang", "password": "pw"}
    assert Client().post("/admin/login/", wrong).status_code == 405
    assert as_(cast.wang).get("/admin/", follow=True).status_code == 403


def test_login_leads_nowhere_else(cast: Cast) -> None:
    form = {"username": "wang", "password": "pw", "next": "https://elsewhere.example/"}
    assert Client().post("/login/", form)["Location"] == "/"
