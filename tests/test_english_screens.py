"""The main screens in English: no Chinese is left but names of people, places and products."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import translation

from branches.models import Branch, Staff
from outreach.models import Stage
from tests.cast import Cast, make_lead
from whitelist.models import Customer, Place, Product, Programme

HAN = re.compile(r"[\u3400-\u9fff]+")
FULL_WIDTH = re.compile(r"[：，。；（）、？！]")
UNSEEN = {"script", "style"}
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "use"}

SCREENS = [
    ("wang", "/map/"),
    ("wang", "/map/list/?bounds=118,36,119,37"),
    ("wang", "/leads/"),
    ("wang", "/today/"),
    ("wang", "/me/"),
    ("wang", "/logs/waiting/"),
    ("wang", "/leads/{lead}/card/"),
    ("wang", "/leads/{lead}/log/"),
    ("wang", "/leads/{lead}/return/"),
    ("wang", "/map/villages/{village}/"),
    ("wang", "/today/new/"),
    ("wang", "/leads/{lead}/wrong/"),
    ("wang", "/leads/{lead}/correct/phone/"),
    ("wang", "/map/villages/{village}/print/"),
    ("wang", "/map/villages/{village}/profile/"),
    ("wang", "/me/pin/"),
    ("wang", "/me/password/"),
    ("wang", "/me/authenticator/"),
    ("zhao", "/briefing/"),
    ("zhao", "/targets/"),
    ("zhao", "/staff/"),
    ("zhao", "/staff/forgotten/"),
    ("zhao", "/map/"),
    ("zhao", "/leads/"),
    ("zhao", "/funnel/"),
    ("zhao", "/assign/"),
    ("zhao", "/exports/"),
    ("zhao", "/exports/new/"),
    ("zhao", "/lists/unlocated/"),
    ("qian", "/lists/"),
    ("qian", "/lists/new/"),
    ("qian", "/lists/feeds/"),
    ("qian", "/lists/feeds/new/"),
    ("feng", "/lists/"),
    ("feng", "/lists/corrections/"),
    ("feng", "/lists/refusals/"),
    ("feng", "/lists/exports/"),
    ("zhou", "/audit/"),
    ("zhou", "/lists/customers/"),
]


@pytest.fixture(autouse=True)
def language_of_the_next_test() -> Iterator[None]:
    """A page in English leaves the thread in English; the next test starts in Chinese."""
    yield
    translation.deactivate()


class Said(HTMLParser):
    """Every text a page says, those of attributes too, outside elements in Chinese."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[tuple[str, bool]] = []

    @property
    def is_quiet(self) -> bool:
        return any(quiet for _, quiet in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        quiet = tag in UNSEEN or (dict(attrs).get("lang") or "").startswith("zh")
        if not quiet and not self.is_quiet:
            self.texts += [value for _, value in attrs if value]
        if tag not in VOID:
            self.open.append((tag, quiet))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.is_quiet:
            self.texts.append(data)


def names() -> str:
    """Everything that keeps its Chinese name in any language, in one text."""
    people = Customer.objects.unscoped("names in the test")
    parts = [*people.values_list("name", flat=True), *people.values_list("home_address", flat=True)]
    for model in (Branch, Staff, Place, Product, Programme):
        parts += model._default_manager.values_list("name", flat=True)
    parts += Product.objects.values_list("terms", flat=True)
    return "\n".join(parts)


def left_in_chinese(html: str, kept: str) -> Iterator[str]:
    reader = Said()
    reader.feed(html)
    for text in reader.texts:
        if FULL_WIDTH.search(text) or any(run not in kept for run in HAN.findall(text)):
            yield text.strip()


@pytest.mark.parametrize(("who", "path"), SCREENS, ids=lambda value: str(value).strip("/"))
def test_a_screen_in_english(cast: Cast, as_: Any, who: str, path: str) -> None:
    lead = make_lead(cast, holder=cast.wang)
    make_lead(cast, holder=cast.wang, stage=Stage.INTERESTED)
    make_lead(cast)
    make_lead(cast, point=None)
    client: Client = as_(getattr(cast, who))
    client.cookies["django_language"] = "en"
    page = client.get(path.format(lead=lead.pk, village=cast.village.code))
    assert page.status_code == 200
    assert list(left_in_chinese(page.content.decode(), names())) == []


def test_the_login_in_english(client: Client, db: None) -> None:
    client.cookies["django_language"] = "en"
    page = client.get("/login/").content.decode()
    assert "Log in" in page
    assert list(left_in_chinese(page, "")) == []


def test_what_modules_say_comes_with_the_page_in_english_only(cast: Cast, as_: Any) -> None:
    client: Client = as_(cast.wang)
    assert 'id="texts"' not in client.get("/map/").content.decode()
    client.cookies["django_language"] = "en"
    assert "Zoom in" in client.get("/map/").content.decode()


def test_labels_of_choices_are_in_english() -> None:
    with translation.override("en"):
        left = [
            f"{model.__name__}.{field.name}: {label}"
            for model in apps.get_models()
            if model.__module__.split(".")[0] in {"branches", "outreach", "whitelist", "jobs"}
            for field in model._meta.fields
            for _, label in field.flatchoices
            if HAN.search(str(label))
        ]
    assert left == []
