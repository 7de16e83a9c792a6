"""Every address says who may open it, and answers each role in an orderly way."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from branches.models import Role, Staff
from branches.tokens import IsSystem
from tests.cast import Cast, make_lead

# Addresses that another application guards: Django's admin by its own site.
GUARDED_ELSEWHERE = ("admin/",)


def patterns(
    resolver: URLResolver | None = None, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for each in (resolver or get_resolver()).url_patterns:
        route = prefix + str(each.pattern).removeprefix("^").removesuffix("$")
        if isinstance(each, URLResolver):
            yield from patterns(each, route)
        else:
            yield route, each


ROUTES = [(route, each) for route, each in patterns() if not route.startswith(GUARDED_ELSEWHERE)]


def is_guarded(view: Any) -> bool:
    if getattr(view, "allowed_roles", None):
        return True
    view_class = getattr(view, "cls", None) or getattr(view, "view_class", None)
    permissions = getattr(view_class, "permission_classes", [])
    return bool(permissions) and all(issubclass(each, IsSystem) for each in permissions)


@pytest.mark.parametrize("route", [route for route, _ in ROUTES])
def test_every_view_says_who_may_open_it(route: str) -> None:
    assert is_guarded(dict(ROUTES)[route].callback)


def test_a_bare_view_would_be_found() -> None:
    assert not is_guarded(lambda request: None)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM])
def test_pages_without_arguments_answer_each_role(cast: Cast, role: Role, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    staff = Staff.objects.filter(role=role, branch__number__lt=10_000).order_by("pk")[0]
    client = as_(staff)
    for route, pattern in ROUTES:
        if "<" in route or "(?P" in route:
            continue
        status = client.get(f"/{route}").status_code
        assert status in {200, 204, 302, 400, 401, 403, 404, 405, 422}, f"{route}: {status}"
        roles = getattr(pattern.callback, "allowed_roles", "public")
        if roles != "public" and role not in roles:
            assert status in {403, 405}, f"{route} lets {role} in: {status}"


def test_nobody_gets_in_without_login(cast: Cast) -> None:
    client = Client()
    for route, pattern in ROUTES:
        if "<" in route or getattr(pattern.callback, "allowed_roles", "") == "public":
            continue
        status = client.get(f"/{route}").status_code
        assert status in {302, 401, 403, 405}, f"{route}: {status}"
