"""Every address of the product, filled in with what one member of staff may see.

The list is the URL resolver's. What a view reads from a request is found in its source: the names
it takes from GET and POST, and the fields of the forms of its module. So a tool is given each
address with each of its parameters, whether or not a link leads there.
"""

import inspect
import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.test import RequestFactory
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from branches.models import RememberedDevice, Role, Staff
from outreach.models import AssignmentOperation, ContactLog, Feed, Lead, Refusal, Share
from whitelist.models import Correction, Customer, Place, PlaceLevel, WhitelistUpload

# Where a tool would end its own login, or shut the door to the demo's people. Each is attacked
# in a last run of its own, when the login is no longer needed.
ENDS_THE_LOGIN = (
    *("logout", "login", "login_by_pin", "login_code", "password", "pin", "second_factor"),
    *("second_factor_off", "recovery_codes", "device_logout", "staff_reset", "staff_factor_reset"),
    *("confirm", "others_logout", "staff_end_sessions", "staff_forgotten", "passkey_remove"),
    *("admin:logout", "admin:auth_user_password_change"),
)
ADMIN = "admin/"  # its addresses come of what is registered there
OF_EVERY_LIST = ("q", "o", "p", "e", "all", "_to_field", "_popup")


class Address(NamedTuple):
    """One address with the names of what it reads."""

    name: str
    route: str
    path: str
    reads: tuple[str, ...]
    posts: tuple[str, ...]


def patterns(
    resolver: URLResolver | None = None, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Each address of the product with its pattern, in the resolver's order."""
    for each in (resolver or get_resolver("marketing_map.urls")).url_patterns:
        route = prefix + str(each.pattern).removeprefix("^").removesuffix("$")
        if isinstance(each, URLResolver):
            yield from patterns(each, route)
        elif not route.startswith(ADMIN):
            yield route, each


def addresses(staff: Staff | None) -> list[Address]:
    """What this person (None: nobody who logged in) is let into, with ids of things they see."""
    found = []
    for route, pattern in patterns():
        name = pattern.name or ""
        if name.startswith("api-") or not _let_in(pattern.callback, staff):
            continue
        try:
            path = reverse(name, kwargs=_arguments(name, route, staff))
        except NoReverseMatch:
            continue
        reads, posts = names_read_by(pattern.callback)
        found.append(Address(name, route, path, reads, posts))
    return found + list(_of_the_admin(staff))


def _of_the_admin(staff: Staff | None) -> Iterator[Address]:
    """Lists and forms of Django's admin, for whoever is let in."""
    request: Any = RequestFactory().get("/")
    request.user = staff or AnonymousUser()
    if not admin.site.has_permission(request):
        return
    yield Address("admin:index", ADMIN, reverse("admin:index"), (), ())
    for model, page in admin.site._registry.items():
        if not page.has_view_or_change_permission(request):
            continue
        rows = page.get_queryset(request).order_by("pk")
        row = (rows.exclude(pk=staff.pk) if staff and model is Staff else rows).first()
        for what, may, of in (
            ("changelist", True, None),
            ("add", page.has_add_permission(request), None),
            ("change", row is not None, row),
            ("history", row is not None, row),
            ("delete", row is not None and page.has_delete_permission(request, row), row),
        ):
            if may:
                name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}"
                path = reverse(name, args=[of.pk] if of else [])
                posts = tuple(page.get_form(request, of).base_fields)
                yield Address(name, ADMIN, path, OF_EVERY_LIST, posts)


def _let_in(view: Any, staff: Staff | None) -> bool:
    roles = getattr(view, "allowed_roles", ())
    return roles == "public" or (staff is not None and Role(staff.role) in roles)


def names_read_by(view: Callable[..., Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of query and of form that the view's module reads."""
    module = inspect.getmodule(inspect.unwrap(view))
    source = inspect.getsource(module) if module else ""
    asked = r'\.(get|getlist)\(\s*"(\w+)"|\["(\w+)"\]'
    reads = {a or b for _, a, b in re.findall(r"GET(?:" + asked + ")", source)}
    posts = {a or b for _, a, b in re.findall(r"POST(?:" + asked + ")", source)}
    either = {a or b for _, a, b in re.findall(r"\b(?:form|query|asked)(?:" + asked + ")", source)}
    for thing in vars(module).values() if module else ():
        if isinstance(thing, type) and issubclass(thing, forms.BaseForm):
            posts |= set(getattr(thing, "base_fields", {}))
        base = getattr(thing, "base_filters", None)
        if base is not None:
            reads |= set(base)
    return tuple(sorted(reads | either)), tuple(sorted(posts | either))


def _arguments(name: str, route: str, staff: Staff | None) -> dict[str, Any]:
    """Ids for the arguments of an address: of things this person sees, where there are any."""
    if "<int:z>" in route:
        return {"z": 9, "x": 421, "y": 199}
    if name.startswith("shared_"):
        code = Share._base_manager.values_list("code", flat=True).first()
        return {"code": code or "abcdefghijklmnop"}
    if "<str:code>" in route:
        place = Place.objects.filter(level=PlaceLevel.VILLAGE).values_list("code", flat=True)
        return {"code": place.first() or "370783100201"}
    if "<" not in route or staff is None:
        return {}
    if "log_uuid" in route:
        logs = ContactLog.objects.visible_to(staff).order_by("outcome", "-pk")
        return {"log_uuid": logs.values_list("uuid", flat=True).first() or uuid.uuid4()}
    rest: dict[str, Any] = {"pk": _number(name, staff)}
    if "<slug:what>" in route:
        rest["what"] = "phone"
    if "<int:operation>" in route:
        rest["operation"] = AssignmentOperation.objects.values_list("pk", flat=True).first() or 1
    return rest


def _number(name: str, staff: Staff) -> int:
    rows: QuerySet[Any] = Lead.objects.visible_to(staff).order_by("-holder", "pk")
    if "lead" not in name:
        for beginning, found in (
            ("customer_trace", Customer.objects.visible_to(staff)),
            ("share_", Share.objects.visible_to(staff).filter(staff=staff)),
            ("refusal", Refusal.objects.order_by("pk")),
            ("assign_undo", AssignmentOperation.objects.filter(by=staff)),
            ("staff", Staff.objects.visible_to(staff).filter(role=Role.MANAGER)),
            ("device", RememberedDevice.objects.filter(staff=staff)),
            ("feed", Feed.objects.visible_to(staff)),
            ("correction", Correction.objects.visible_to(staff)),
            ("upload", WhitelistUpload.objects.visible_to(staff)),
            ("list_", WhitelistUpload.objects.visible_to(staff)),
        ):
            if name.startswith(beginning):
                rows = found
    return int(rows.values_list("pk", flat=True).first() or 1)
