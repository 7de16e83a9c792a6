"""What holds for every request and every answer, whatever the view."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils import translation

from trust import wall

Answer = Callable[[HttpRequest], HttpResponseBase]
NUL = "\0"
IN_ITS_PLACE = "\ufffd"  # "not a character": what asks for it finds nothing
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


def keep_no_copy(get_response: Answer) -> Answer:
    """Nobody keeps an answer, neither a proxy nor the browser for its back button after log-out.

    Views that say themselves how long they may be kept (tiles, which hold no
    personal data) are left alone. Static files are served before this.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response

    return answer


def within_their_branches(get_response: Answer) -> Answer:
    """The database shows a request the rows of its user's branches, a stranger's none (ADR 31).

    Stands right behind authentication. Systems say who they are later, to the
    API (`branches.tokens`); a page for customers opens what it needs itself.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        with wall.within(user.reach if user.is_authenticated else wall.NOTHING):
            response = get_response(request)
            wall.keep_while_sent(response)
        return response

    return answer


def without_nul(get_response: Answer) -> Answer:
    """No NUL character reaches a view: PostgreSQL refuses it in every text, with an error.

    A path with one is 404, a cookie with one is not there, and in parameters it
    is replaced, so that the question finds nothing instead of something else.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if NUL in request.path_info:
            raise Http404
        request.COOKIES = {name: text for name, text in request.COOKIES.items() if NUL not in text}
        request.GET = _cleaned(request.GET)
        return get_response(request)

    return answer


def in_the_chosen_language(get_response: Answer) -> Answer:
    """Chinese, unless the switch was used (its cookie).

    What a browser prefers does not count: many phones in the field were never
    set up, and nobody there asked for English.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response

    return answer


class LoginRequired(LoginRequiredMiddleware):
    """Django's, but a script is told 401 where a person is led to the login page.

    A request of htmx would follow the redirect and put the login page into the sheet;
    told so, the page itself goes there and comes back to the open sheet (`frame.js`).
    """

    def handle_no_permission(  # type: ignore[override]  # 401 is no redirect
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=401)
        return super().handle_no_permission(request, view_func)


class FormsWithoutNul:
    """The same for what forms send; the last middleware, so that strangers' forms stay unread."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        if request.method == "POST" and request.content_type in FORMS:
            request.POST = _cleaned(request.POST)  # type: ignore[assignment]


def _cleaned(given: Any) -> Any:
    """The same parameters without NUL, in values and in names."""
    if not any(NUL in text for name, values in given.lists() for text in (name, *values)):
        return given
    clean = QueryDict(mutable=True)
    for name, values in given.lists():
        clean.setlist(_replaced(name), [_replaced(text) for text in values])
    clean._mutable = False
    return clean


def _replaced(text: str) -> str:
    return text.replace(NUL, IN_ITS_PLACE)
