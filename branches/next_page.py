"""Where to go afterwards: the page asked for, and nowhere outside."""

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def next_page(request: HttpRequest, default: str) -> str:
    """`next` of the form or the address when it stays on this host; else the page `default`,
    if there is one."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    inside = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    if inside:
        return wanted
    return resolve_url(default) if default else ""
