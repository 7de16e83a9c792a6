"""No copies are kept, and no NUL character reaches a view (PostgreSQL would answer 500)."""

from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast, make_lead


@pytest.mark.parametrize("path", ["/leads/", "/map/", "/map/list/?bounds=118,36,119,37", "/me/"])
def test_pages_with_personal_data_are_kept_nowhere(cast: Cast, as_: Any, path: str) -> None:
    make_lead(cast, holder=cast.wang)
    assert as_(cast.wang).get(path)["Cache-Control"] == "private, no-store"


def test_tiles_say_themselves_how_they_are_kept(cast: Cast, as_: Any) -> None:
    assert as_(cast.wang).get("/map/tiles/3/6/3/")["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/funnel/?product=%00",
        "/funnel/?branch=%00",
        "/assign/?q=%00",
        "/assign/panel/?village=%00",
        "/assign/panel/?kind=filter&filter=branch%3D%00",
        "/leads/?village=%00&%00=1",
    ],
)
def test_nul_in_a_question_finds_nothing(cast: Cast, as_: Any, path: str) -> None:
    assert as_(cast.zhao).get(path).status_code in {200, 404, 422}


def test_nul_in_a_form_finds_nothing(cast: Cast, as_: Any) -> None:
    sent = as_(cast.zhao).post("/assign/panel/", {"outlet": "H370783\0"})
    assert sent.status_code == 404


def test_nul_in_a_path_is_404(cast: Cast, as_: Any) -> None:
    assert as_(cast.wang).get("/map/villages/%00/").status_code == 404


def test_a_cookie_with_nul_is_not_there(db: None) -> None:
    client = Client()
    client.cookies["sessionid"] = "a" * 32 + "\0"
    assert client.get("/me/").status_code == 302


def test_an_upload_still_arrives(cast: Cast, as_: Any) -> None:
    """Reading the form early must not swallow the file."""
    answer = as_(cast.qian).post("/lists/new/", {"programme": "\0", "mode": "full"})
    assert answer.status_code == 422
    assert "programme" in answer.context["form"].errors


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "said", "language"),
    [("", "登录", "zh-hans"), ("en", "Log in", "en"), ("fr", "登录", "zh-hans")],
)
def test_chinese_unless_the_switch_was_used(cookie: str, said: str, language: str) -> None:
    client = Client(headers={"accept-language": "en-US,en;q=0.9"})
    if cookie:
        client.cookies["django_language"] = cookie
    page = client.get("/login/")
    assert said in page.content.decode()
    assert page["Content-Language"] == language
