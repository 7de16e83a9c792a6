"""大字 and 阳光模式: a cookie, a class on <html>, no script."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast


def test_modes_are_switched_on_and_off(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang)
    for mode, expected in (
        ("large", "large"),
        ("sunlight", "large sunlight"),
        ("large", "sunlight"),
    ):
        answer = client.post("/display/", {"mode": mode, "next": "/me/"})
        assert answer["Location"] == "/me/"
        page = client.get("/me/").content.decode()
        assert f'<html lang="zh-hans" class="{expected}">' in page
    assert 'sunlight.css" media="all"' in page


def test_before_the_login_too(db: None) -> None:
    client = Client()
    assert client.post("/display/", {"mode": "large", "next": "/login/"}).status_code == 302
    page = client.get("/login/").content.decode()
    assert 'class="large"' in page and 'media="(prefers-contrast: more)"' in page


@pytest.mark.parametrize("value", ['"><script>', "large\0", "x" * 4000, "..."])
def test_a_strange_cookie_is_no_class(db: None, value: str) -> None:
    client = Client()
    client.cookies["display"] = value
    page = client.get("/login/")
    assert page.status_code == 200
    assert '<html lang="zh-hans" class="' in page.content.decode()
    assert "<script>" not in page.content.decode().split("<body")[0].split("importmap")[0]


def test_strange_wishes_change_nothing(db: None) -> None:
    client = Client()
    answer = client.post("/display/", {"mode": "dark", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/" and client.cookies["display"].value == ""
    assert client.get("/display/").status_code == 405


@pytest.mark.parametrize("wanted", ["logout", "a;env;", "|env", "lead_card", "../x", "?page=2"])
def test_what_is_no_path_leads_home(db: None, wanted: str) -> None:
    """Not tried as the name of a view, which would be an error, or a page that nobody asked for."""
    response = Client().post("/display/", {"mode": "large", "next": wanted})
    assert (response.status_code, response["Location"]) == (302, "/")
