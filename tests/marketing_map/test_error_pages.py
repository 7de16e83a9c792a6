"""Pages that say what happened, what is safe and what to do; and betray nothing."""

import re
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.views.defaults import bad_request, server_error

from tests.cast import Cast, make_lead


def text(answer: Any) -> str:
    """The page without what differs each time anyway: tokens and nonces."""
    page: str = answer.content.decode()
    page = re.sub(r'nonce="[^"]*"', "", page)
    return re.sub(r'(X-CSRFToken": "|csrfmiddlewaretoken" value=")[^"]*', "", page)


@pytest.mark.parametrize("address", ["/leads/{}/card/", "/leads/{}/call/", "/staff/{}/reset/"])
def test_foreign_and_missing_look_the_same(cast: Cast, as_: Any, address: str) -> None:
    foreign = make_lead(cast, holder=cast.sun)
    client: Client = as_(cast.wang)
    pk = foreign.pk if "leads" in address else cast.sun.pk
    ask = client.post if "call" in address else client.get
    there, nowhere = ask(address.format(pk)), ask(address.format(99_999_999))
    assert there.status_code == nowhere.status_code == 404
    assert text(there) == text(nowhere) and "没有找到这一页" in text(there)
    assert "吕" not in text(there)


def test_what_a_role_may_not_open(cast: Cast, as_: Any) -> None:
    answer = as_(cast.wang).get("/audit/")
    assert answer.status_code == 403 and "您的角色不能打开这一页" in text(answer)


def test_a_form_kept_open_too_long(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.wang)
    answer = client.post("/me/phone/", {"phone": "16900001234"})
    assert answer.status_code == 403
    assert "没有提交上去" in text(answer) and "什么都没有改动" in text(answer)
    assert "16900001234" not in text(answer)


def test_a_stranger_learns_nothing_either(db: None) -> None:
    answer = Client().get("/no/such/page/")
    assert answer.status_code == 404 and "no/such" not in text(answer).split("<main")[1]


def test_errors_without_a_user_or_a_context() -> None:
    request = RequestFactory().get("/")
    assert "没有生效" in server_error(request).content.decode()
    page = bad_request(request, Exception("secret detail")).content.decode()
    assert "看不懂" in page and "secret" not in page


def test_in_english(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang)
    client.cookies["django_language"] = "en"
    assert client.get("/nowhere/").status_code == 404
