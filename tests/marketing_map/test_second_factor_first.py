"""Who must have a second factor reaches no page before it, whatever the address."""

import re
from typing import Any

import pytest
from django.test import Client

from branches.models import Staff, SystemToken
from tests.cast import Cast, make_lead
from tests.factors import Phone, enrolled
from tests.test_access import patterns

ENROL = "/me/authenticator/"
ALL = ["supervisor", "admin", "reviewer", "auditor"]
OPEN = {"me/authenticator/", "me/passkeys/", "logout/", "language/", "display/"}


@pytest.fixture(autouse=True)
def in_earnest(settings: Any) -> None:
    settings.MFA_ROLES = ALL


def addresses() -> list[str]:
    """Every address of the project and of its admin, with something in each argument's place."""
    filled = [
        re.sub(r"<(?:(\w+):)?\w+>", lambda found: "1" if found[1] == "int" else "a", route)
        for route, _ in patterns()
        if "(?P" not in route
    ]
    return sorted({route for route in filled if route not in OPEN})


@pytest.mark.parametrize("who", ["zhao", "feng", "zhou", "administrator", "superuser"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_page_before_enrolling(cast: Cast, as_: Any, who: str, method: str) -> None:
    make_lead(cast, holder=cast.wang)
    if who in {"administrator", "superuser"}:  # with a role that need not
        flag = {"administrator": "is_staff", "superuser": "is_superuser"}[who]
        Staff.objects.filter(pk=cast.qian.pk).update(**{flag: True})
    staff = getattr(cast, who, cast.qian)
    client: Client = as_(staff)
    routes = addresses()
    assert len(routes) > 100 and "admin/" in routes and "me/password/" in routes
    for route in routes:
        answer = getattr(client, method)(f"/{route}")
        assert answer.status_code == 302, f"{route}: {answer.status_code}"
        assert answer["Location"].startswith(f"{ENROL}?next="), route
        script = getattr(client, method)(f"/{route}", headers={"HX-Request": "true"})
        assert script.headers["HX-Redirect"] == ENROL and script.content == b"", route
    assert client.get(ENROL).status_code == 200


def test_a_role_that_need_not_goes_on(cast: Cast, as_: Any) -> None:
    for staff in (cast.wang, cast.qian):
        assert as_(staff).get("/me/").status_code == 200


def test_outside_production_nobody_must(settings: Any) -> None:
    """The demo's logins work with their password alone."""
    from marketing_map import settings as of_a_clone

    assert of_a_clone.MFA_ROLES == [] and set(of_a_clone.PRIVILEGED) == set(ALL)


def test_led_to_enrol_right_after_the_password_and_then_to_the_page(cast: Cast) -> None:
    client = Client()
    client.post("/login/", {"username": "zhao", "password": "pw", "next": "/briefing/"})
    to = client.get("/briefing/")["Location"]
    page = client.get(to).content.decode()
    assert "先设置手机验证器" in page and 'name="current"' not in page and "退出登录" in page
    secret = re.search(r"secret=([A-Z2-7]{32})", page)
    assert secret
    form = {"code": Phone(secret[1]).code(), "next": "/briefing/"}
    codes = client.post(ENROL, form).content.decode()
    assert 'href="/briefing/"' in codes
    assert client.get("/briefing/").status_code == 200


def test_a_password_of_ones_own_comes_first(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.zhao.pk).update(must_change_password=True)
    client = Client()
    client.post("/login/", {"username": "zhao", "password": "pw"})
    assert client.get("/briefing/")["Location"].startswith("/me/password/")
    assert client.get(ENROL)["Location"].startswith("/me/password/")
    form = {"password": "spring-rain-26", "again": "spring-rain-26"}
    assert client.post("/me/password/", form).status_code == 302
    assert client.get("/briefing/")["Location"].startswith(ENROL)


def test_a_session_without_the_code_ends(cast: Cast, as_: Any) -> None:
    enrolled(cast.zhao)
    assert as_(cast.zhao).get("/briefing/")["Location"] == "/login/?next=/briefing/"
    assert as_(cast.zhao).get("/briefing/", headers={"HX-Request": "true"}).status_code == 401


def test_with_password_and_code_every_page_is_open(cast: Cast) -> None:
    phone = enrolled(cast.zhao)
    client = Client()
    client.post("/login/", {"username": "zhao", "password": "pw"})
    client.post("/login/code/", {"code": phone.code()})
    assert client.get("/briefing/").status_code == 200


def test_a_new_phone_is_enrolled_at_once(cast: Cast) -> None:
    phone = enrolled(cast.zhao)
    client = Client()
    client.post("/login/", {"username": "zhao", "password": "pw"})
    client.post("/login/code/", {"code": phone.code()})
    form = {"current": "pw", "code": phone.recovery_codes[0]}
    assert client.post(f"{ENROL}off/", form)["Location"] == ENROL
    assert client.get("/briefing/")["Location"].startswith(ENROL)


def test_tokens_are_for_machines(cast: Cast, settings: Any) -> None:
    settings.MFA_ROLES = [*ALL, "manager", "clerk"]
    _token, text = SystemToken.issue(cast.system, "crm")
    headers = {"Authorization": f"Bearer {text}"}
    assert Client().get("/api/v1/leads/", headers=headers).status_code == 200


def test_every_role_but_machines_may_be_named(settings: Any) -> None:
    from marketing_map import checks

    settings.MFA_ROLES = [*ALL, "manager", "clerk"]
    assert checks.roles_of_the_second_factor_are_known(None) == []


@pytest.mark.parametrize("name", ["supervisors", "system", ""])
def test_a_role_that_is_none_is_said(settings: Any, name: str) -> None:
    from marketing_map import checks

    settings.MFA_ROLES = [*ALL, name]
    assert [each.id for each in checks.roles_of_the_second_factor_are_known(None)] == ["map.E009"]
