"""Holes that are not in the product, behind its login: a tool that does not find them is blind.

One of each kind that the tools look for. The directory leads a tool to every address of the
product that its role is let into, with every parameter that the views read.
"""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import include, path
from django.utils.html import format_html, format_html_join

from benchmarks.attacks.house import ENDS_THE_LOGIN, Address, addresses


@login_not_required
def directory(request: HttpRequest) -> HttpResponse:
    """Every address as a link, and as a form of each method with every parameter."""
    staff = request.user if request.user.is_authenticated else None
    part = request.GET.get("part")  # holes, house, door
    is_door = part == "door"
    chosen = [each for each in addresses(staff) if (each.name in ENDS_THE_LOGIN) is is_door]  # type: ignore[arg-type]
    token = get_token(request)
    if part == "holes":
        entries = format_html_join("\n", "{}", ((_hole(kind),) for kind in HOLES))
    else:
        entries = format_html_join("\n", "{}", ((_entry(each, token),) for each in chosen))
    return HttpResponse(format_html("<html><body>{}</body></html>", entries))


def _hole(kind: str) -> str:
    return format_html(
        '<form action="/planted/{}/"><input name="q" value="1"><button>x</button></form>', kind
    )


def _entry(address: Address, token: str) -> str:
    return format_html(
        '<a href="{0}">{0}</a><form action="{0}">{1}<button>x</button></form>'
        '<form method="post" action="{0}">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{2}">{3}<button>x</button></form>',
        address.path, _fields(address.reads), token, _fields(address.posts),
    )  # fmt: skip


def _fields(names: tuple[str, ...]) -> str:
    fields = ((name, _likely(name)) for name in names)
    return format_html_join("", '<input name="{}" value="{}">', fields)


def _likely(name: str) -> str:
    """A value that passes the first check, so that the next line is reached."""
    if name.endswith(("date", "day", "from", "until")):
        return "2026-11-27"
    return "1"


def reflected(request: HttpRequest) -> HttpResponse:
    """What was sent comes back as HTML."""
    return HttpResponse(f"<html><body>{request.GET.get('q', '')}</body></html>")


def sql(request: HttpRequest) -> HttpResponse:
    """What was sent is pasted into a statement."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"SELECT code FROM branches_branch WHERE id = {request.GET.get('q')}")
            rows = cursor.fetchall()
        except Exception as error:  # as careless servers do: the database's words to whoever asks
            return HttpResponse(f"<html><body>{error}</body></html>", status=500)
    return HttpResponse(f"<html><body>{rows}</body></html>")


def file(request: HttpRequest) -> HttpResponse:
    """What was sent is opened."""
    try:
        return HttpResponse((Path(settings.BASE_DIR) / request.GET.get("q", "")).read_bytes())
    except (OSError, ValueError):
        return HttpResponse("<html><body>none</body></html>", status=404)


def elsewhere(request: HttpRequest) -> HttpResponse:
    """What was sent is where the browser goes next."""
    return HttpResponseRedirect(request.GET.get("q", "/"))


HOLES = {"reflected": reflected, "sql": sql, "file": file, "elsewhere": elsewhere}

urlpatterns = [
    path("planted/", directory),
    *(path(f"planted/{kind}/", view) for kind, view in HOLES.items()),
    path("", include("marketing_map.urls")),
]
