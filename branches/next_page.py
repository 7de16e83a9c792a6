"""Where to go afterwards: the page asked for, and nowhere outside."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def next_page(request: HttpRequest, default: str) -> str:
    """`next` of the form or the address when it is a path of this host; else the page `default`,
    if there is one. What is no path is not tried as the name of a view, as `redirect` would."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    inside = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    if inside and wanted.startswith(("/", "http://", "https://")):
        return wanted
    return resolve_url(default) if default else ""


def page_of_the_form(request: HttpRequest) -> str:
    """The page on which a form stood that was not taken; sending it is no page to return to."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return reverse("home")
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")
