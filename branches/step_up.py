"""Sensitive acts ask once more who sits here (ASVS 7.5.3): password and second factor, for a while.

    @everybody
    @step_up                       # the whole view
    def export(request): …

    if many and not stepped_up(request):   # or when it turns out to be much
        return ask_who(request)

Whoever gave both within `STEP_UP_MINUTES`, at the login too, is not asked again. After a form or
a request of htmx one comes back to the page it was sent from and presses the button again:
nothing that was typed is kept meanwhile.
"""

import time
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from branches.access import View
from branches.next_page import page_of_the_form

CONFIRMED = "confirmed"  # key of the session: when everything was given here, seconds since 1970


def note_confirmed(request: HttpRequest) -> None:
    """Password and, for whoever has one, second factor were given a moment ago."""
    request.session[CONFIRMED] = int(time.time())


def stepped_up(request: HttpRequest) -> bool:
    """Whether that was within `STEP_UP_MINUTES`."""
    at: int = request.session.get(CONFIRMED, 0)
    return time.time() - at <= settings.STEP_UP_MINUTES * 60


def ask_who(request: HttpRequest) -> HttpResponse:
    """Lead to the page that asks, and from there back to where the act was begun."""
    address = f"{reverse('confirm')}?{urlencode({'next': _where_it_began(request)})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


def step_up(view: View) -> View:
    """Let nobody into the view who did not give password and second factor a while ago."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if stepped_up(request) else ask_who(request)

    return guarded


def _where_it_began(request: HttpRequest) -> str:
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    if page.netloc == request.get_host():  # the fragment says where the map stood
        return page._replace(scheme="", netloc="").geturl()
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.get_full_path()
    return page_of_the_form(request)
