"""行内统一登录: in by the bank's word, and every way in which that word may not hold."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client

from branches.models import RememberedDevice, SecondFactor, Staff
from tests.cast import Cast
from tests.factors import enrolled
from tests.marketing_map.oidc_provider import CLIENT, SECRET, Provider
from trust.models import AuditEvent

BACK = "/login/sso/back/"


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    made = Provider()
    settings.OIDC_ISSUER, settings.OIDC_TIMEOUT = made.issuer, 1.0
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
    yield made
    made.close()


def ask(client: Client, more: str = "") -> str:
    answer = client.post(f"/login/sso/{more}")
    assert answer.status_code == 302
    return str(answer["Location"])


def come(provider: Provider, client: Client, subject: str = "wang", more: str = "") -> Any:
    return client.get(BACK, provider.authorize(ask(client, more), subject))


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def last() -> tuple[str, str]:
    event = AuditEvent.objects.latest("pk")
    return event.action, event.result


class TestComingIn:
    def test_as_the_member_of_staff_it_names(self, cast: Cast, provider: Provider) -> None:
        client = Client()
        page = client.get("/login/?next=/leads/").content.decode()
        assert "行内统一登录" in page and 'action="/login/sso/"' in page
        assert come(provider, client, more="?next=/leads/")["Location"] == "/leads/"
        assert is_in(client) and client.session["_auth_user_id"] == str(cast.wang.pk)
        event = AuditEvent.objects.get(action="session.login")
        assert event.actor_no == "wang" and event.detail == {"first": "sso"}
        assert RememberedDevice.objects.in_use().filter(staff=cast.wang).count() == 1
        assert client.get("/me/phone/").status_code == 200  # the password was given just now

    def test_by_another_claim(self, cast: Cast, provider: Provider, settings: Any) -> None:
        settings.OIDC_STAFF_CLAIM = "employee_no"
        provider.claims = {"employee_no": "li"}
        client = Client()
        come(provider, client, "4711")
        assert client.session["_auth_user_id"] == str(cast.li.pk)

    def test_the_key_of_the_session_is_another_then(self, cast: Cast, provider: Provider) -> None:
        client = Client()
        address = ask(client)
        before = client.session.session_key
        client.get(BACK, provider.authorize(address, "wang"))
        assert client.session.session_key != before

    def test_nobody_is_sent_there_unasked(self, cast: Cast, provider: Provider) -> None:
        assert Client().get("/login/sso/").status_code == 405
        strict = Client(enforce_csrf_checks=True)
        assert strict.post("/login/sso/").status_code == 403

    def test_it_leads_nowhere_else(self, cast: Cast, provider: Provider) -> None:
        assert come(provider, Client(), more="?next=https://evil.example/")["Location"] == "/"

    def test_its_session_ends_like_any_other(self, cast: Cast, provider: Provider) -> None:
        client = Client()
        come(provider, client)
        assert is_in(client)
        with time_machine.travel(time.time() + 16 * 60, tick=False):
            assert not is_in(client)

    def test_what_is_published_is_asked_once(self, cast: Cast, provider: Provider) -> None:
        for _ in range(3):
            come(provider, Client())
        paths = [path.rsplit("/", 1)[1] for path in provider.asked]
        assert sorted(paths) == ["certs", "openid-configuration", "token", "token", "token"]

    def test_an_old_login_there_is_no_confirmation_here(
        self, cast: Cast, provider: Provider
    ) -> None:
        provider.claims = {"auth_time": int(time.time()) - 3 * 3600}
        client = Client()
        come(provider, client)
        assert client.get("/me/phone/")["Location"].startswith("/me/confirm/")


class TestSecondFactor:
    def test_ours_is_asked_for(self, cast: Cast, provider: Provider) -> None:
        phone, client = enrolled(cast.wang), Client()
        assert come(provider, client)["Location"] == "/login/code/" and not is_in(client)
        assert client.post("/login/code/", {"code": phone.code()}).status_code == 302
        assert is_in(client)
        assert AuditEvent.objects.get(action="session.login").detail == {"first": "sso"}

    def test_a_screen_left_open_takes_no_factor_of_a_thiefs(
        self, cast: Cast, provider: Provider, settings: Any
    ) -> None:
        """Theirs was given there: nothing forces one on them here, and it would confirm all else."""
        settings.MFA_ROLES, settings.OIDC_MFA_AMR = ["supervisor"], ["mfa"]
        provider.claims, client = {"amr": ["pwd", "mfa"]}, Client()
        come(provider, client, "zhao")
        assert client.get("/me/passkeys/").status_code == 200  # the password was given just now
        with time_machine.travel(time.time() + 11 * 60, tick=False):
            for page in ("/me/passkeys/", "/me/authenticator/"):
                for answer in (client.get(page), client.post(page, {"code": "123456"})):
                    assert answer["Location"].startswith("/me/confirm/"), page
        assert not SecondFactor.objects.exists()

    def test_who_must_is_led_to_enrol(self, cast: Cast, provider: Provider, settings: Any) -> None:
        settings.MFA_ROLES = ["supervisor"]
        client = Client()
        come(provider, client, "zhao")
        assert client.get("/briefing/")["Location"].startswith("/me/authenticator/")

    @pytest.mark.parametrize("claims", [{"acr": "gold"}, {"amr": ["pwd", "otp"]}])
    def test_theirs_counts_if_settings_say_so(
        self, cast: Cast, provider: Provider, settings: Any, claims: Any
    ) -> None:
        settings.MFA_ROLES = ["supervisor"]
        provider.claims = claims
        client = Client()
        come(provider, client, "zhao")
        assert client.get("/briefing/")["Location"].startswith("/me/authenticator/")
        settings.OIDC_MFA_ACR, settings.OIDC_MFA_AMR = ["gold"], ["otp"]
        client = Client()
        come(provider, client, "zhao")
        assert client.get("/briefing/").status_code == 200

    @pytest.mark.parametrize("amr", ["otp", [["otp"]], {"otp": 1}, [1], None])
    def test_nonsense_is_no_second_factor(
        self, cast: Cast, provider: Provider, settings: Any, amr: Any
    ) -> None:
        settings.OIDC_MFA_AMR = ["otp"]
        enrolled(cast.wang)
        provider.claims = {"amr": amr}
        assert come(provider, Client())["Location"] == "/login/code/"


class TestNobodyGetsIn:
    def refused(self, provider: Provider, subject: str = "wang") -> str:
        client = Client()
        answer = come(provider, client, subject)
        assert answer.status_code in {403, 502} and not is_in(client)
        action, result = last()
        assert action == "session.login_failed"
        return result

    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "another"},
            {"nonce": ""},
            {"aud": "another-client"},
            {"aud": [CLIENT, "other"]},
            {"aud": [CLIENT, "other"], "azp": "other"},
            {"azp": "other"},
            {"iss": "https://evil.example"},
            {"exp": 1_700_000_000},
            {"iat": 4_000_000_000},
            {"nbf": 4_000_000_000},
            {"exp": "soon"},
        ],
    )
    def test_by_a_word_that_is_not_for_us_or_now(
        self, cast: Cast, provider: Provider, claims: Any
    ) -> None:
        provider.claims = claims
        assert self.refused(provider) == "sso_token"

    @pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "iat", "nonce"])
    def test_by_a_word_that_lacks_something(
        self, cast: Cast, provider: Provider, name: str
    ) -> None:
        provider.without = (name,)
        assert self.refused(provider) == "sso_token"

    def test_without_a_signature(self, cast: Cast, provider: Provider) -> None:
        provider.sign = lambda claims: jwt.encode(claims, None, "none", headers={"kid": "one"})
        assert self.refused(provider) == "sso_token"

    def test_signed_with_the_public_key_as_a_secret(self, cast: Cast, provider: Provider) -> None:
        import hmac
        from hashlib import sha256

        from webauthn.helpers import bytes_to_base64url as base64url

        def confused(claims: dict[str, Any]) -> str:
            head = base64url(b'{"alg":"HS256","kid":"one"}')
            body = jwt.encode(claims, provider.key, "RS256").split(".")[1]
            mac = hmac.new(provider.public_pem(), f"{head}.{body}".encode(), sha256).digest()
            return f"{head}.{body}.{base64url(mac)}"

        provider.sign = confused
        assert self.refused(provider) == "sso_token"

    def test_signed_with_an_algorithm_that_is_not_the_keys(
        self, cast: Cast, provider: Provider
    ) -> None:
        provider.sign = lambda claims: jwt.encode(
            claims, provider.key, "PS256", headers={"kid": "one"}
        )
        assert self.refused(provider) == "sso_token"

    def test_signed_by_somebody_else(self, cast: Cast, provider: Provider) -> None:
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        provider.sign = lambda claims: jwt.encode(claims, other, "RS256", headers={"kid": "one"})
        assert self.refused(provider) == "sso_token"

    def test_an_unknown_key_is_asked_for_once_a_minute(
        self, cast: Cast, provider: Provider
    ) -> None:
        provider.sign = lambda claims: provider.signed(claims, kid="two")
        for _ in range(3):
            assert self.refused(provider) == "sso_token"
        assert sum(path.endswith("/certs") for path in provider.asked) == 2

    @pytest.mark.parametrize("token", ["", "a.b.c", "x", None, 7, [], "é" * 50])
    def test_by_what_is_no_token(self, cast: Cast, provider: Provider, token: Any) -> None:
        provider.sign = lambda claims: token
        assert self.refused(provider) == "sso_token"

    @pytest.mark.parametrize("subject", ["nobody", "", "crm", "WANG", "wang "])
    def test_unknown_people_and_systems(self, cast: Cast, provider: Provider, subject: str) -> None:
        before = Staff.objects.count()
        assert self.refused(provider, subject) == "sso_unknown"
        assert Staff.objects.count() == before

    def test_disabled_people(self, cast: Cast, provider: Provider) -> None:
        Staff.objects.filter(pk=cast.wang.pk).update(is_active=False)
        assert self.refused(provider) == "sso_unknown"

    def test_locked_people(self, cast: Cast, provider: Provider) -> None:
        for _ in range(5):
            Client().post("/login/", {"username": "wang", "password": "wrong"})
        assert self.refused(provider) == "locked"

    def test_with_a_state_that_was_used(self, cast: Cast, provider: Provider) -> None:
        client = Client()
        brought = provider.authorize(ask(client), "wang")
        assert client.get(BACK, brought).status_code == 302
        client.post("/logout/")
        assert client.get(BACK, brought).status_code == 403
        assert last() == ("session.login_failed", "sso_state")

    def test_with_a_state_of_another_browser(self, cast: Cast, provider: Provider) -> None:
        """Nobody is logged in as somebody else by a link they were sent."""
        victim, attacker = Client(), Client()
        ask(victim)
        brought = provider.authorize(ask(attacker), "li")
        assert victim.get(BACK, brought).status_code == 403 and not is_in(victim)
        assert Client().get(BACK, brought).status_code == 403

    def test_after_ten_minutes(self, cast: Cast, provider: Provider) -> None:
        client = Client()
        brought = provider.authorize(ask(client), "wang")
        with time_machine.travel(time.time() + 601, tick=False):
            assert client.get(BACK, brought).status_code == 403

    def test_with_a_code_of_another_question(self, cast: Cast, provider: Provider) -> None:
        """PKCE: a code that was stolen fits no other verifier."""
        thief = Client()
        stolen = provider.authorize(ask(Client()), "wang")["code"]
        state = parse_qs(urlsplit(ask(thief)).query)["state"][0]
        assert thief.get(BACK, {"code": stolen, "state": state}).status_code == 502
        assert not is_in(thief)

    @pytest.mark.parametrize("more", [{"error": "access_denied"}, {"iss": "https://evil.example"}])
    def test_when_the_provider_says_no_or_is_another(
        self, cast: Cast, provider: Provider, more: Any
    ) -> None:
        client = Client()
        brought = provider.authorize(ask(client), "wang") | more
        assert client.get(BACK, brought).status_code == 403 and not is_in(client)


class TestSick:
    @pytest.mark.parametrize("how", ["slow", "error", "html", "huge", "list", "redirect"])
    def test_a_sick_provider(self, cast: Cast, provider: Provider, how: str) -> None:
        provider.sick = how
        client = Client()
        answer = come(provider, client)
        assert answer.status_code == 502 and "暂时没有回应" in answer.content.decode()
        assert 'name="password"' in answer.content.decode()  # the other way in stays open
        assert not is_in(client) and last() == ("session.login_failed", "sso_provider")
        assert not any(path.endswith("elsewhere") for path in provider.asked)

    def test_a_provider_that_is_down(self, cast: Cast, provider: Provider) -> None:
        provider.close()
        assert Client().post("/login/sso/").status_code == 502

    @pytest.mark.parametrize(
        "told",
        [
            {"issuer": "https://evil.example"},
            {"token_endpoint": "http://evil.example/token"},
            {"jwks_uri": "file:///etc/passwd"},
            {"authorization_endpoint": "javascript:alert(1)"},
            {"authorization_endpoint": None},
        ],
    )
    def test_addresses_elsewhere_are_not_followed(
        self, cast: Cast, provider: Provider, told: Any
    ) -> None:
        provider.discovery = told
        assert Client().post("/login/sso/").status_code == 502

    def test_keys_that_are_none(self, cast: Cast, provider: Provider) -> None:
        come(provider, Client())
        for keys in ([{"kid": "one", "kty": "oct", "k": "AAAA"}], [{"kid": "one"}]):
            cache.set(f"sso:{provider.issuer}:keys", keys)
            assert come(provider, Client()).status_code == 403

    def test_keys_that_are_exchanged_there(self, cast: Cast, provider: Provider) -> None:
        cache.set(f"sso:{provider.issuer}:keys", [{"kid": "old", "kty": "RSA"}])
        assert come(provider, Client()).status_code == 302


class TestAgain:
    """Whoever has no password here confirms sensitive acts with the one there."""

    @pytest.fixture
    def client(self, cast: Cast, provider: Provider) -> Client:
        cast.wang.set_unusable_password()
        cast.wang.save()
        provider.claims = {"auth_time": int(time.time()) - 3600}
        client = Client()
        come(provider, client)
        provider.claims = {}
        return client

    def test_the_password_there_once_more(self, client: Client, provider: Provider) -> None:
        page = client.get("/me/confirm/?next=/me/phone/").content.decode()
        assert "再输一次密码" in page and 'name="current"' not in page
        assert client.post("/me/confirm/", {"next": "/me/phone/"}).status_code == 422
        more = "?again=1&next=/me/phone/"
        assert "prompt=login" in ask(client, more)
        assert come(provider, client, more=more)["Location"] == "/me/phone/"
        assert client.get("/me/phone/").status_code == 200

    def test_not_an_old_one_nor_somebody_elses(self, client: Client, provider: Provider) -> None:
        assert come(provider, client, "li", more="?again=1").status_code == 403
        provider.claims = {"auth_time": int(time.time()) - 3600}
        assert come(provider, client, more="?again=1").status_code == 403
        provider.without = ("auth_time",)
        assert come(provider, client, more="?again=1").status_code == 403
        assert client.get("/me/phone/").status_code == 302


def test_logged_out_there_too(cast: Cast, provider: Provider) -> None:
    client = Client()
    come(provider, client)
    address = client.post("/logout/")["Location"]
    assert address.startswith(f"{provider.issuer}/logout?client_id=map&post_logout_redirect_uri=")
    assert not is_in(client)
    client.post("/login/", {"username": "wang", "password": "pw"})
    assert client.post("/logout/")["Location"] == "/login/"  # came by password


def test_without_an_issuer_there_is_no_such_door(cast: Cast) -> None:
    """And nothing is asked of anybody: `only_this_machine` would not even see a try."""
    assert Client().post("/login/sso/").status_code == 404
    assert Client().get(BACK, {"code": "x", "state": "y"}).status_code == 404
    assert "/login/sso/" not in Client().get("/login/").content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"OIDC_ISSUER": "ftp://bank.example"}, ["map.E030"]),
        ({"OIDC_CLIENT_SECRET": ""}, ["map.E031"]),
        ({"OIDC_ALGORITHMS": ["RS256", "HS256"]}, ["map.E032"]),
        ({"OIDC_ALGORITHMS": ["none"]}, ["map.E032"]),
        ({"OIDC_ISSUER": "http://bank.example", "PRODUCTION": True}, ["map.E030"]),
        ({}, []),
        ({"OIDC_ISSUER": "", "OIDC_CLIENT_SECRET": ""}, []),
    ],
)
def test_what_is_configured_wrongly_is_said(settings: Any, fields: Any, said: list[str]) -> None:
    from marketing_map import checks

    settings.OIDC_ISSUER = "https://login.bank.example/realms/staff"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = "map", "secret"
    for name, value in fields.items():
        setattr(settings, name, value)
    assert [each.id for each in checks.banks_login_is_complete(None)] == said
