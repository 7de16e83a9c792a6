"""Two middlewares of the attacked server: a shield over the login, and what was asked.

Both keep to the folder that ATTACK_HOME names: while `shield` stands there, the addresses that
would end a tool's login are not there; `seen` gets one line a request.
"""

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from benchmarks.attacks.house import ENDS_THE_LOGIN

Answer = Callable[[HttpRequest], HttpResponseBase]


def shield(get_response: Answer) -> Answer:
    """Middleware: while the shield is up, no logging out, and no locking of doors."""
    up = Path(os.environ["ATTACK_HOME"]) / "shield"

    def answer(request: HttpRequest) -> HttpResponseBase:
        if up.exists() and _name(request) in ENDS_THE_LOGIN:
            return HttpResponse(status=404)
        return get_response(request)

    return answer


def note(get_response: Answer) -> Answer:
    """Middleware: who asked which address how, and what was answered."""
    seen = os.open(
        f"{os.environ['ATTACK_HOME']}/seen", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600
    )

    def answer(request: HttpRequest) -> HttpResponseBase:
        status = 500  # an exception leaves none
        try:
            response = get_response(request)
            status = response.status_code
            return response
        finally:
            line = _line(request, status)
            os.write(seen, (json.dumps(line) + "\n").encode())

    return answer


def _name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info, "marketing_map.urls").view_name or ""
    except Resolver404:
        return ""


def digest(request: HttpRequest) -> str:
    """A few letters that differ when anything that was sent differs."""
    sent = repr(sorted(request.GET.lists())).encode()
    with suppress(Exception):  # a body that nobody has read, or that cannot be read
        sent += repr(sorted(request.POST.lists())).encode()
    return hashlib.sha256(sent).hexdigest()[:10]


def _line(request: HttpRequest, status: int) -> dict[str, Any]:
    return {
        "who": getattr(request.user, "username", "") or "",
        "name": _name(request),
        "method": request.method,
        "status": status,
        # How many times as many values as addresses: a tool at work, not a crawl.
        "asked": digest(request),
    }
