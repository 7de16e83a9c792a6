"""What every request to another system keeps to: no redirects, so many bytes, so many seconds."""

import time
from typing import Any
from urllib.request import HTTPRedirectHandler

LARGEST = 256 * 1024  # bytes of an answer


class NoRedirects(HTTPRedirectHandler):
    """An answer that leads elsewhere is an error: the hosts stand in settings."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def read_capped(answer: Any, until: float) -> bytes:
    """The body of an answer.

    Args:
        until: the moment of the monotonic clock by which it must be there.

    Raises:
        ValueError: it is too large.
        TimeoutError: it is too slow.
    """
    body = bytearray()
    while piece := answer.read1(16_384):
        body += piece
        if len(body) > LARGEST:
            raise ValueError("too large")
        if time.monotonic() > until:
            raise TimeoutError("too slow")
    return bytes(body)
