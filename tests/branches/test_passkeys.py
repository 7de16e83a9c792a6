"""通行密钥: added on 我的, given at the door instead of the code, bound to host, origin and challenge."""

import json
import re
import time
from typing import Any

import pytest
import time_machine
from django.test import Client

from branches.models import Passkey, RememberedDevice, SecondFactor, Staff
from branches.passkeys import CHALLENGE
from tests.cast import Cast
from tests.factors import Phone, confirm, enrolled
from tests.soft_key import SoftKey
from trust.models import AuditEvent

PAGE, CODE, CONFIRM = "/me/passkeys/", "/login/code/", "/me/confirm/"


@pytest.fixture(autouse=True)
def at_a_host_with_a_name(settings: Any) -> None:
    settings.PASSKEY_HOST, settings.PASSKEY_ORIGINS = "localhost", ["http://localhost:8000"]


def browser() -> Client:
    return Client(headers={"host": "localhost:8000"})


def inside(staff: Staff) -> Client:
    client = browser()
    client.force_login(Staff.objects.get(pk=staff.pk))
    confirm(client)
    return client


def options_on(client: Client, path: str) -> dict[str, Any]:
    page = client.get(path).content.decode()
    found = re.search(r'<script id="passkey-options"[^>]*>(.*?)</script>', page)
    assert found, page
    return dict(json.loads(found[1]))


def add(client: Client, key: SoftKey, label: str = "蓝色钥匙") -> Any:
    answer = key.created(options_on(client, PAGE))
    return client.post(PAGE, {"label": label, "answer": answer})


def with_key(staff: Staff, **fields: Any) -> SoftKey:
    key = SoftKey(**fields)
    assert add(inside(staff), key).status_code == 302
    return key


def at_the_second_step(username: str = "wang") -> Client:
    client = browser()
    answer = client.post("/login/", {"username": username, "password": "pw"})
    assert answer["Location"] == CODE
    return client


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def actions() -> list[tuple[str, str]]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", "result"))


class TestAdding:
    def test_the_first_ends_what_the_password_alone_opened(self, cast: Cast) -> None:
        here, elsewhere = inside(cast.wang), inside(cast.wang)
        assert add(here, SoftKey())["Location"] == PAGE
        assert "蓝色钥匙" in here.get(PAGE).content.decode()
        assert is_in(here) and not is_in(elsewhere)
        assert cast.wang.has_second_factor
        assert ("passkey.add", "ok") in actions()

    def test_several_with_names_and_each_once(self, cast: Cast) -> None:
        client, key = inside(cast.wang), SoftKey()
        add(client, key, "手机")
        assert add(client, SoftKey(), "柜台").status_code == 302
        assert {each["id"] for each in options_on(client, PAGE)["excludeCredentials"]}
        assert add(client, key, "再来").status_code == 422
        assert add(inside(cast.li), key, "别人的").status_code == 422
        assert list(Passkey.objects.values_list("label", flat=True)) == ["手机", "柜台"]

    def test_what_it_asks_tells_no_number_of_ours(self, cast: Cast) -> None:
        asked = options_on(inside(cast.wang), PAGE)
        assert asked["rp"]["id"] == "localhost" and asked["user"]["name"] == "wang"
        assert len(asked["challenge"]) >= 43 and asked["attestation"] == "none"

    def test_password_and_factor_first(self, cast: Cast, as_: Any) -> None:
        assert as_(cast.wang, confirmed=False).get(PAGE)["Location"].startswith(CONFIRM)
        answer = as_(cast.wang, confirmed=False).post(PAGE, {"label": "x", "answer": "{}"})
        assert answer["Location"].startswith(CONFIRM)

    @pytest.mark.parametrize(
        "key", [SoftKey(host="elsewhere.example"), SoftKey(origin="http://localhost.evil:8000")]
    )
    def test_of_another_host_or_origin(self, cast: Cast, key: SoftKey) -> None:
        assert add(inside(cast.wang), key).status_code == 422
        assert not Passkey.objects.exists()

    @pytest.mark.parametrize(
        "answer", ["", "{}", "[]", "null", '{"rawId": 1}', "{" * 9000, "\0", "9" * 30_000, "\u200b"]
    )
    def test_nonsense(self, cast: Cast, answer: str) -> None:
        client = inside(cast.wang)
        options_on(client, PAGE)
        assert client.post(PAGE, {"label": "x", "answer": answer}).status_code == 422
        assert not Passkey.objects.exists()

    def test_at_an_address_without_a_name_it_says_so(self, cast: Cast, as_: Any) -> None:
        assert "这个地址不能用通行密钥" in as_(cast.wang).get(PAGE).content.decode()
        assert "/me/passkeys/" not in as_(cast.wang).get("/me/").content.decode()
        assert "/me/passkeys/" in inside(cast.wang).get("/me/").content.decode()

    def test_who_must_have_one_may_begin_with_it(self, cast: Cast, settings: Any) -> None:
        settings.MFA_ROLES = ["supervisor"]
        client = browser()
        client.post("/login/", {"username": "zhao", "password": "pw"})
        assert "改用通行密钥" in client.get("/me/authenticator/").content.decode()
        assert client.get("/briefing/").status_code == 302
        assert add(client, SoftKey()).status_code == 302
        assert client.get("/briefing/").status_code == 200


class TestAtTheDoor:
    def test_instead_of_the_code(self, cast: Cast) -> None:
        key = with_key(cast.wang)
        client = at_the_second_step()
        assert not is_in(client)
        answer = client.post(CODE, {"assertion": key.signed(options_on(client, CODE))})
        assert answer.status_code == 302 and is_in(client)
        assert RememberedDevice.objects.in_use().filter(staff=cast.wang).exists()
        assert client.get("/me/phone/").status_code == 200  # both were given: stepped up

    def test_for_who_has_no_authenticator_no_code_is_asked(self, cast: Cast) -> None:
        with_key(cast.wang)
        page = at_the_second_step().get(CODE).content.decode()
        assert 'name="code"' not in page and "用您的通行密钥确认" in page
        assert at_the_second_step().post(CODE, {"code": "123456"}).status_code == 200

    def test_either_of_both(self, cast: Cast) -> None:
        phone: Phone = enrolled(cast.wang)
        key = with_key(cast.wang)
        client = at_the_second_step()
        assert client.post(CODE, {"code": phone.code()}).status_code == 302
        client = at_the_second_step()
        client.post(CODE, {"assertion": key.signed(options_on(client, CODE))})
        assert is_in(client)

    def test_a_challenge_is_good_once(self, cast: Cast) -> None:
        key = with_key(cast.wang, count=0)  # it does not count: the challenge alone protects
        client = at_the_second_step()
        answer = {"assertion": key.signed(options_on(client, CODE))}
        assert client.post(CODE, answer).status_code == 302
        client = at_the_second_step()
        options_on(client, CODE)
        assert client.post(CODE, answer).status_code == 200 and not is_in(client)
        client = at_the_second_step()  # never asked
        assert client.post(CODE, answer).status_code == 200 and not is_in(client)

    def test_a_wrong_try_uses_the_challenge_up(self, cast: Cast) -> None:
        key = with_key(cast.wang)
        client = at_the_second_step()
        asked = options_on(client, CODE)
        client.post(CODE, {"assertion": key.signed(asked, signature=b"x" * 70)})
        assert client.session[CHALLENGE][0] != asked["challenge"]
        assert client.post(CODE, {"assertion": key.signed(asked)}).status_code == 200
        assert not is_in(client)

    def test_for_five_minutes(self, cast: Cast) -> None:
        key = with_key(cast.wang)
        client = inside(cast.wang)
        asked = options_on(client, CONFIRM)
        form = {"current": "pw", "assertion": key.signed(asked)}
        with time_machine.travel(time.time() + 301, tick=False):
            assert client.post(CONFIRM, form).status_code == 422

    def test_a_copied_key_is_found(self, cast: Cast) -> None:
        key = with_key(cast.wang)
        client = at_the_second_step()
        client.post(CODE, {"assertion": key.signed(options_on(client, CODE))})
        copy = SoftKey(count=2, credential_id=key.credential_id, private=key.private)
        client = at_the_second_step()
        client.post(CODE, {"assertion": copy.signed(options_on(client, CODE))})
        assert not is_in(client)
        assert AuditEvent.objects.filter(action="session.login_failed").get().detail["copy"]

    @pytest.mark.parametrize(
        "fields", [{"origin": "https://evil.example"}, {"host": "evil.example"}]
    )
    def test_what_a_forged_page_gets_opens_nothing(self, cast: Cast, fields: Any) -> None:
        key = with_key(cast.wang)
        for name, value in fields.items():
            setattr(key, name, value)
        client = at_the_second_step()
        client.post(CODE, {"assertion": key.signed(options_on(client, CODE))})
        assert not is_in(client)

    def test_somebody_elses_key(self, cast: Cast) -> None:
        with_key(cast.wang)
        key = with_key(cast.li)
        client = at_the_second_step("wang")
        client.post(CODE, {"assertion": key.signed(options_on(client, CODE))})
        assert not is_in(client)

    def test_wrong_ones_count_and_lock(self, cast: Cast) -> None:
        key = with_key(cast.wang)
        client = at_the_second_step()
        for _ in range(5):
            client.post(CODE, {"assertion": "{}"})
        answer = client.post(CODE, {"assertion": key.signed(options_on(client, CODE))})
        assert answer.status_code == 200 and not is_in(client)
        assert actions()[-1] == ("session.login_failed", "locked")

    def test_without_the_password_no_key_is_asked(self, cast: Cast) -> None:
        with_key(cast.wang)
        assert browser().get(CODE)["Location"] == "/login/"
        assert browser().post(CODE, {"assertion": "{}"})["Location"] == "/login/"

    def test_at_an_address_without_a_name_it_says_where(self, cast: Cast) -> None:
        with_key(cast.wang)
        client = Client()
        client.post("/login/", {"username": "wang", "password": "pw"})
        assert "请从 localhost 打开" in client.get(CODE).content.decode()


def test_it_confirms_sensitive_acts_with_the_password(cast: Cast) -> None:
    key, client = with_key(cast.wang), inside(cast.wang)
    asked = options_on(client, CONFIRM)
    form = {"current": "no", "assertion": key.signed(asked)}
    assert client.post(CONFIRM, form).status_code == 422
    form = {"current": "pw", "assertion": key.signed(options_on(client, CONFIRM))}
    assert client.post(CONFIRM, form).status_code == 302


def test_taken_away(cast: Cast) -> None:
    key = with_key(cast.wang)
    client, elsewhere = inside(cast.wang), inside(cast.wang)
    path = f"{PAGE}{Passkey.objects.get().pk}/remove/"
    assert inside(cast.li).post(path).status_code == 404
    assert client.get(path).status_code == 405
    assert client.post(path)["Location"] == PAGE
    assert is_in(client) and not is_in(elsewhere) and not cast.wang.has_second_factor
    assert ("passkey.remove", "ok") in actions()
    answer = browser().post("/login/", {"username": "wang", "password": "pw"})
    assert answer["Location"] != CODE and key


def test_the_last_one_of_who_must_leads_to_another(cast: Cast, settings: Any) -> None:
    with_key(cast.zhao)
    settings.MFA_ROLES = ["supervisor"]
    client = inside(cast.zhao)
    session = client.session
    session["factor"] = True
    session.save()
    path = f"{PAGE}{Passkey.objects.get().pk}/remove/"
    assert client.post(path)["Location"] == "/me/authenticator/"
    assert client.get("/briefing/")["Location"].startswith("/me/authenticator/")


def test_reset_with_the_rest(cast: Cast) -> None:
    from branches.actions.second_factor import reset_second_factor

    with_key(cast.wang)
    reset_second_factor(staff=cast.wang, by=None)
    assert not Passkey.objects.exists() and not cast.wang.has_second_factor


def test_keys_of_another_host_open_nothing_and_the_door_stays_closed(
    cast: Cast, settings: Any
) -> None:
    """Moved to another name, or switched off: an administrator resets, the password is not enough."""
    key = with_key(cast.wang)
    client = at_the_second_step()
    asked = options_on(client, CODE)
    for host, said in (("map.example", "请从 map.example 打开"), ("", "请找系统管理员重置")):
        settings.PASSKEY_HOST = host
        client = at_the_second_step()
        assert said in client.get(CODE).content.decode()
        assert client.post(CODE, {"assertion": key.signed(asked)}).status_code == 200
        assert not is_in(client)


def test_a_lost_phone_is_taken_off_by_the_key(cast: Cast) -> None:
    enrolled(cast.wang)
    key, client = with_key(cast.wang), inside(cast.wang)
    off = "/me/authenticator/off/"
    form = {"current": "pw", "assertion": key.signed(options_on(client, off))}
    assert client.post(off, form)["Location"] == "/me/"
    assert not SecondFactor.objects.exists() and cast.wang.has_second_factor
    assert is_in(client)
