"""Who may open a view. A test walks the URL resolver: a view without this fails."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from branches.models import Role, Staff

View = Callable[..., HttpResponseBase]


class StaffRequest(HttpRequest):
    """The request of a logged-in member of staff, as views behind `allow` get it."""

    user: Staff  # type: ignore[assignment]
    htmx: Any


def allow(*roles: Role) -> Callable[[View], View]:
    """Let these roles in, answer 403 to the rest (who have no such link anywhere).

    What a role sees inside is decided by `visible_to(user)`, nowhere else.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.allowed_roles = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return decorate


def everybody(view: View) -> View:
    """Any logged-in member of staff."""
    return allow(*(role for role in Role if role != Role.SYSTEM))(view)


def public(view: View) -> View:
    """Open without login: the login page, health, and nothing that reads a customer."""
    view.allowed_roles = "public"  # type: ignore[attr-defined]
    return login_not_required(view)


FIELD_ROLES = (Role.MANAGER, Role.SUPERVISOR)
LIST_ROLES = (Role.CLERK, Role.REVIEWER)
