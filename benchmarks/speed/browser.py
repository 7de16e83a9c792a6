"""A browser as the server sees it: one kept connection, cookies, compressed answers."""

import gzip
import http.client
import re
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from benchmarks.speed.views import Ask, Query

ENCODINGS = "gzip, deflate, br"


class TooSlow(Exception):
    """No answer within the time allowed."""


class WrongAnswer(Exception):
    """The server answered, but not what was asked for."""


@dataclass(frozen=True)
class Answer:
    status: int
    seconds: float
    wire: int  # bytes of the body as sent, compressed
    raw: bytes
    headers: dict[str, str]

    @property
    def body(self) -> bytes:
        encoding = self.headers.get("content-encoding", "")
        if encoding == "br":
            import brotli

            return bytes(brotli.decompress(self.raw))
        return gzip.decompress(self.raw) if encoding == "gzip" else self.raw

    @property
    def text(self) -> str:
        return self.body.decode()


class Browser:
    """Asks 127.0.0.1 on one kept connection; not to be shared between threads."""

    def __init__(self, port: int, *, patience: float = 60) -> None:
        self.port, self.patience = port, patience
        self.cookies: dict[str, str] = {}
        self.connection = self._new_connection()

    def _new_connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)

    def ask(self, ask: Ask, *, expect: tuple[int, ...] = (200, 204)) -> Answer:
        """The whole answer and how long it took until its last byte.

        Raises:
            TooSlow: nothing within `patience` seconds.
            WrongAnswer: another status than those expected.
        """
        headers = {"Accept-Encoding": ENCODINGS, "Accept": "*/*", **dict(ask.headers)}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        body = None
        if ask.form is not None:
            body = urlencode(ask.form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["X-CSRFToken"] = self.cookies.get("csrftoken", "")
            headers["Referer"] = f"http://127.0.0.1:{self.port}/"
        began = time.perf_counter()
        method = "GET" if body is None else "POST"
        try:
            found = self._send(method, ask.path, body, headers)
        except TimeoutError:
            self.connection.close()
            raise TooSlow(ask.path) from None
        raw = found.read()
        seconds = time.perf_counter() - began
        for value in found.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(value).items():
                self.cookies[name] = morsel.value
        if found.status not in expect:
            raise WrongAnswer(f"{found.status} to {method} {ask.path}: {raw[:200]!r}")
        lower = {name.lower(): value for name, value in found.headers.items()}
        return Answer(found.status, seconds, len(raw), raw, lower)

    def _send(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        try:
            self.connection.request(method, path, body, headers)
            return self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # The server had closed an idle connection: a browser tries once more, too.
            self.connection.close()
            self.connection.request(method, path, body, headers)
            return self.connection.getresponse()

    def log_in(self, username: str, password: str) -> None:
        """Through the login page, as a person does."""
        self.cookies.clear()
        page = self.ask(Ask("/login/"))
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        if token is None:
            raise WrongAnswer("the login page has no form")
        form: Query = (
            ("csrfmiddlewaretoken", token.group(1)),
            ("username", username),
            ("password", password),
        )
        self.ask(Ask("/login/", form), expect=(302,))
        self.connection.close()
