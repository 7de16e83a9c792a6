"""大字 and 阳光模式: how large and how strong, kept in a cookie of this browser."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from branches.access import public
from branches.next_page import next_page

MODES = ("large", "sunlight")  # classes on <html>, see tokens.css and sunlight.css
A_YEAR = 365 * 24 * 3600


def modes_of(request: HttpRequest) -> list[str]:
    """The modes switched on in this browser."""
    chosen = request.COOKIES.get(settings.DISPLAY_COOKIE_NAME, "").split(".")
    return [mode for mode in MODES if mode in chosen]


@public
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Switch one mode on or off, and show the page again."""
    chosen, switched = modes_of(request), request.POST.get("mode")
    kept = [mode for mode in MODES if (mode in chosen) != (mode == switched)]
    response = redirect(next_page(request, "home"))
    response.set_cookie(
        settings.DISPLAY_COOKIE_NAME,
        ".".join(kept),
        max_age=A_YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.HTTPS,
    )
    return response
