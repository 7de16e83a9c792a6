"""Answers are compressed on the way out: Brotli where the browser takes it, else gzip.

Static files are compressed beforehand (WhiteNoise) and are answered before this.
A page that holds a secret (the CSRF token, a customer's name) and echoes what
somebody else can choose could be guessed from its compressed length (BREACH).
So a header of random length goes with each answer, except with those that say
they hold none: tiles, labels and outlines, which are small and asked for often.
"""

import re
import secrets
import zlib
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import brotli
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

Answer = Callable[[HttpRequest], HttpResponseBase]
SMALLEST = 300  # bytes; below, headers are most of the answer
BROTLI_QUALITY, GZIP_LEVEL = 5, 6
MOST_NOISE = 100  # characters
NOISE_HEADER = "X-Noise"
TYPES = ("text/html", "application/json", "text/csv", "text/plain")


def holds_no_secret(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Mark a view whose answers may be compressed without noise."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.holds_no_secret = True  # type: ignore[attr-defined]
        return response

    return marked


def compressed(get_response: Answer) -> Answer:
    """Middleware: compress what is text and not streamed."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(response, HttpResponse) and _is_worth_it(response):
            _compress(response, request.headers.get("Accept-Encoding", ""))
        return response

    return answer


def _is_worth_it(response: HttpResponse) -> bool:
    return (
        len(response.content) >= SMALLEST
        and not response.has_header("Content-Encoding")
        and response.get("Content-Type", "").startswith(TYPES)
    )


def _wanted(accepted: str) -> Iterator[tuple[str, float]]:
    """Encodings and their weights (RFC 9110, 12.5.3); a weight that is none counts as 0."""
    for each in accepted.split(","):
        name, *parameters = (part.strip().lower() for part in each.split(";"))
        weight = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
        is_weight = re.fullmatch(r"[01](\.\d{0,3})?", weight) is not None
        yield name, float(weight) if is_weight else 0.0


def _compress(response: HttpResponse, accepted: str) -> None:
    patch_vary_headers(response, ("Accept-Encoding",))
    names = {name for name, quality in _wanted(accepted) if quality > 0}
    if "br" in names:
        content, name = brotli.compress(response.content, quality=BROTLI_QUALITY), "br"
    elif "gzip" in names:
        packer = zlib.compressobj(GZIP_LEVEL, wbits=31)
        content, name = packer.compress(response.content) + packer.flush(), "gzip"
    else:
        return
    response.content = content
    response["Content-Encoding"] = name
    response["Content-Length"] = str(len(content))
    etag = response.get("ETag", "")
    if etag.startswith('"'):
        response["ETag"] = f"W/{etag}"  # the same answer, another encoding
    if not getattr(response, "holds_no_secret", False):
        response[NOISE_HEADER] = "." * (1 + secrets.randbelow(MOST_NOISE))
