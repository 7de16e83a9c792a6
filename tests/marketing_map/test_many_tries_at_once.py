"""Wrong passwords sent at the same moment: no more are checked than one after the other."""

import time
from collections import Counter
from typing import Any

import pytest
from django.test import Client

from branches.models import Staff
from tests.cast import Cast, make_cast
from tests.factors import enrolled
from tests.outreach.test_one_winner import at_once
from trust.models import AuditEvent

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = 10


@pytest.fixture
def world(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that is compared with the one on record, which takes its time."""
    seen: list[str] = []
    compare = Staff.check_password

    def slowly(staff: Staff, password: str) -> bool:
        seen.append(password)
        time.sleep(0.05)
        return compare(staff, password)

    monkeypatch.setattr(Staff, "check_password", slowly)
    return seen


def results() -> Counter[str]:
    tries = AuditEvent.objects.filter(action="session.login_failed")
    return Counter(tries.values_list("result", flat=True))


def test_at_the_login(world: Cast, checked: list[str]) -> None:
    def try_once(number: int) -> Any:
        form = {"username": "wang", "password": f"wrong-{number}"}
        return lambda: Client().post("/login/", form).status_code

    assert at_once([try_once(number) for number in range(TRIES)]) == [200] * TRIES
    assert results() == {"failed": 5, "locked": TRIES - 5} and len(checked) == 5


def test_where_the_present_password_is_asked(world: Cast, checked: list[str]) -> None:
    clients = [Client() for _ in range(TRIES)]
    for client in clients:
        client.force_login(world.wang)

    def try_once(number: int) -> Any:
        form = {"current": f"wrong-{number}", "pin": "482915", "again": "482915"}
        return lambda: clients[number].post("/me/pin/", form).status_code

    assert at_once([try_once(number) for number in range(TRIES)]) == [422] * TRIES
    assert results() == {"failed": 5, "locked": TRIES - 5} and len(checked) == 5


def test_where_the_code_is_asked(world: Cast) -> None:
    phone = enrolled(world.wang)
    clients = [Client() for _ in range(TRIES)]
    for client in clients:
        client.post("/login/", {"username": "wang", "password": "pw"})

    def try_once(number: int) -> Any:
        form = {"code": phone.wrong()}
        return lambda: clients[number].post("/login/code/", form).status_code

    assert at_once([try_once(number) for number in range(TRIES)]) == [200] * TRIES
    assert results() == {"failed": 5, "locked": TRIES - 5}


@pytest.mark.parametrize("kind", ["code", "recovery"])
def test_a_right_code_lets_one_in(world: Cast, kind: str, settings: Any) -> None:
    settings.LOGIN_FAILURES = TRIES + 1
    phone = enrolled(world.wang)
    code = phone.code() if kind == "code" else phone.recovery_codes[0]
    clients = [Client() for _ in range(TRIES)]
    for client in clients:
        client.post("/login/", {"username": "wang", "password": "pw"})

    def try_once(number: int) -> Any:
        return lambda: clients[number].post("/login/code/", {"code": code}).status_code

    found = at_once([try_once(number) for number in range(TRIES)])
    assert sorted(found) == [200] * (TRIES - 1) + [302]


def test_the_new_password_is_no_second_try(world: Cast, checked: list[str]) -> None:
    """Else "the same as the present one" would answer a guess that nobody counts."""
    client = Client()
    client.force_login(world.wang)
    page = client.post("/me/password/", {"current": "wrong", "password": "pw", "again": "pw"})
    assert page.status_code == 422 and checked == ["wrong"]
    assert "和现在的一样" not in page.content.decode()
