"""手机验证器 on 我的: enrolled with the password and a code, shown once, taken off with both."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from branches.models import RecoveryCode, RememberedDevice, SecondFactor, Staff
from tests.cast import Cast
from tests.factors import Phone, enrolled
from trust.models import AuditEvent

PAGE = "/me/authenticator/"


def secret_on(page: str) -> str:
    found = re.search(r"secret=([A-Z2-7]{32})", unescape(page))
    assert found
    return found[1]


def actions() -> list[str]:
    found = AuditEvent.objects.filter(action__startswith="factor.").order_by("pk")
    return list(found.values_list("action", flat=True))


def scanned(client: Client) -> Phone:
    return Phone(secret_on(client.get(PAGE).content.decode()))


def enrol(client: Client) -> Any:
    return client.post(PAGE, {"current": "pw", "code": scanned(client).code()})


def test_enrolling(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang)
    elsewhere: Client = as_(cast.wang)
    assert "未启用" in client.get("/me/").content.decode()
    page = client.get(PAGE).content.decode()
    assert "data:image/svg+xml" in page and "扫这个码" in page
    phone = Phone(secret_on(page))
    answer = client.post(PAGE, {"current": "pw", "code": phone.code(), "next": "/today/"})
    assert len(re.findall(r"<code>[a-z2-9]{5}-[a-z2-9]{5}</code>", answer.content.decode())) == 10
    assert 'href="/today/"' in answer.content.decode() and "no-store" in answer["Cache-Control"]
    assert "已启用" in client.get("/me/").content.decode()
    assert elsewhere.get("/me/").status_code == 302  # it was let in by the password alone
    assert actions() == ["factor.begin", "factor.enrol"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"current": "no"}, "现在的密码不对"),
        ({"code": "wrong"}, "手机时间要设为自动"),
        ({"code": ""}, "必填项"),
    ],
)
def test_what_does_not_enrol(cast: Cast, as_: Any, form: dict[str, str], said: str) -> None:
    client: Client = as_(cast.wang)
    phone = scanned(client)
    answer = client.post(PAGE, {"current": "pw", "code": phone.code()} | form)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not cast.wang.has_second_factor
    assert secret_on(answer.content.decode()) == phone.secret  # no need to scan again


def test_who_comes_back_from_the_phone_finds_the_same_code(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang)
    assert scanned(client).secret == scanned(client).secret
    # … and nobody else's: whoever saw that one could make the codes.
    other: Client = as_(cast.wang)
    theirs = scanned(other)
    assert scanned(client).secret != theirs.secret
    assert other.post(PAGE, {"current": "pw", "code": theirs.code()}).status_code == 422


def test_it_is_shown_once(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang)
    phone = scanned(client)
    first = client.post(PAGE, {"current": "pw", "code": phone.code()}).content.decode()
    codes = re.findall(r"<code>([a-z2-9-]{11})</code>", first)
    assert phone.secret not in first and len(codes) == 10
    again = client.post(PAGE, {"current": "pw", "code": phone.code(1)}).content.decode()
    pages = again + "".join(
        client.get(path).content.decode()
        for path in (PAGE, "/me/", f"{PAGE}off/", f"{PAGE}codes/", "/me/devices/")
    )
    assert not [text for text in (phone.secret, *codes) if text in pages]


def test_nothing_of_it_is_kept_in_clear(cast: Cast, as_: Any, caplog: Any, capsys: Any) -> None:
    client: Client = as_(cast.wang)
    phone = scanned(client)
    page = client.post(PAGE, {"current": "pw", "code": phone.code()}).content.decode()
    codes = re.findall(r"<code>([a-z2-9-]{11})</code>", page)
    client.post("/logout/")
    Client().post("/login/", {"username": "wang", "password": "pw"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM branches_secondfactor")
        rows = [bytes(row[0]).decode("latin-1") for row in cursor.fetchall()]
        cursor.execute("SELECT digest FROM branches_recoverycode")
        rows += [bytes(row[0]).decode("latin-1") for row in cursor.fetchall()]
    kept = [
        *rows,
        *(str(row) for row in AuditEvent.objects.values_list()),
        *(str(each.get_decoded()) for each in Session.objects.all()),
        caplog.text,
        *capsys.readouterr(),
    ]
    assert len(codes) == 10 and len(rows) == 11
    everything = "\n".join(kept)
    plain = [phone.secret, phone.code(), *codes, *(code.replace("-", "") for code in codes)]
    assert not [text for text in plain if text in everything]


def test_taking_it_off_needs_password_and_code(cast: Cast, as_: Any) -> None:
    phone = enrolled(cast.wang)
    client: Client = as_(cast.wang)
    elsewhere: Client = as_(cast.wang)
    off = f"{PAGE}off/"
    assert client.post(off, {"current": "no", "code": phone.code()}).status_code == 422
    assert client.post(off, {"current": "pw", "code": phone.wrong()}).status_code == 422
    assert client.post(off, {"current": "pw"}).status_code == 422
    assert cast.wang.has_second_factor
    assert client.post(off, {"current": "pw", "code": phone.code()})["Location"] == "/me/"
    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()
    assert client.get("/me/").status_code == 200 and elsewhere.get("/me/").status_code == 302
    assert actions()[-1] == "factor.take_off"


def test_a_recovery_code_takes_it_off_too(cast: Cast, as_: Any) -> None:
    phone = enrolled(cast.wang)
    form = {"current": "pw", "code": phone.recovery_codes[3]}
    assert as_(cast.wang).post(f"{PAGE}off/", form).status_code == 302


def test_the_wrong_password_uses_no_code_up(cast: Cast, as_: Any) -> None:
    phone = enrolled(cast.wang)
    code = phone.recovery_codes[0]
    as_(cast.wang).post(f"{PAGE}off/", {"current": "no", "code": code})
    assert not RecoveryCode.objects.exclude(used_at=None).exists()


def test_guessing_codes_here_locks_as_at_the_door(cast: Cast, as_: Any) -> None:
    phone = enrolled(cast.wang)
    client: Client = as_(cast.wang)
    for _ in range(5):
        client.post(f"{PAGE}off/", {"current": "pw", "code": phone.wrong()})
    answer = client.post(f"{PAGE}off/", {"current": "pw", "code": phone.code()})
    assert "输错次数太多" in answer.content.decode() and cast.wang.has_second_factor


def test_new_recovery_codes_make_the_old_ones_void(cast: Cast, as_: Any) -> None:
    phone = enrolled(cast.wang)
    client: Client = as_(cast.wang)
    page = client.post(f"{PAGE}codes/", {"current": "pw", "code": phone.code()}).content.decode()
    fresh = re.findall(r"<code>([a-z2-9-]{11})</code>", page)
    assert len(fresh) == 10 and not set(fresh) & set(phone.recovery_codes)
    old = {"current": "pw", "code": phone.recovery_codes[0]}
    assert client.post(f"{PAGE}codes/", old).status_code == 422
    assert client.post(f"{PAGE}codes/", old | {"code": fresh[0]}).status_code == 200
    assert actions()[-1] == "factor.codes"


def test_enrolling_forgets_the_devices_but_this_one(cast: Cast) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        client.post("/login/", {"username": "wang", "password": "pw"})
    assert enrol(here).status_code == 200
    assert RememberedDevice.objects.in_use().filter(staff=cast.wang).count() == 1
    assert here.get("/me/").status_code == 200 and there.get("/me/").status_code == 302


def test_without_one_there_is_nothing_to_take_off(cast: Cast, as_: Any) -> None:
    for page in ("off/", "codes/"):
        assert as_(cast.wang).get(PAGE + page)["Location"] == PAGE


def test_sessions_from_before_this_column_go_on(cast: Cast) -> None:
    """The hash of somebody without a second factor is Django's own."""
    staff = Staff.objects.get(pk=cast.wang.pk)
    before = staff.get_session_auth_hash()
    assert before == AbstractBaseUser._get_session_auth_hash(staff)
    enrolled(staff)
    assert staff.get_session_auth_hash() != before
