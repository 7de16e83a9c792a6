"""The bank's call platform, played by a small server on a socket: well, slow, broken."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest

from outreach.call_gateway import DialUnsure, NotDialled, dial

CALL = UUID("11111111-2222-3333-4444-555555555555")
Behaviour = Callable[[socket.socket], None]


def read_request(connection: socket.socket) -> bytes:
    """Everything up to the end of the announced body."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(4096)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(4096)
    return head + b"\r\n\r\n" + body


@contextmanager
def platform(settings: Any, behave: Behaviour) -> Iterator[list[bytes]]:
    """A platform that reads one request and then behaves so; what it read is yielded."""
    listener = socket.create_server(("127.0.0.1", 0))
    settings.CALL_GATEWAY = "http"
    settings.CALL_GATEWAY_URL = f"http://127.0.0.1:{listener.getsockname()[1]}/calls"
    settings.CALL_GATEWAY_TOKEN = "secret"
    settings.CALL_GATEWAY_TIMEOUT = 0.5
    requests: list[bytes] = []

    def serve() -> None:
        try:
            connection, _address = listener.accept()
        except OSError:
            return
        with connection:
            requests.append(read_request(connection))
            behave(connection)

    server = threading.Thread(target=serve)
    server.start()
    try:
        yield requests
    finally:
        listener.close()
        server.join(timeout=5)


def answer(status: str, extra: str = "") -> Behaviour:
    text = f"HTTP/1.1 {status}\r\n{extra}Content-Length: 0\r\nConnection: close\r\n\r\n"
    return lambda connection: connection.sendall(text.encode())


def say_nothing(connection: socket.socket) -> None:
    connection.settimeout(5)
    connection.recv(1)  # until the other side gives up


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def talk_nonsense(connection: socket.socket) -> None:
    connection.sendall(b"\x00\x01 not http\r\n\r\n")


def ask() -> None:
    dial(call_id=CALL, agent_no="wang", number="16900001234")


def test_the_platform_is_told_who_calls_whom(settings: Any) -> None:
    with platform(settings, answer("202 Accepted")) as requests:
        ask()
    head, _, body = requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /calls HTTP/1.1")
    assert b"Authorization: Bearer secret" in head
    assert json.loads(body) == {"call_id": str(CALL), "agent": "wang", "number": "16900001234"}


@pytest.mark.parametrize("status", ["400 Bad Request", "403 Forbidden", "429 Too Many Requests"])
def test_a_clear_no_is_not_dialled(settings: Any, status: str) -> None:
    with platform(settings, answer(status)), pytest.raises(NotDialled):
        ask()


@pytest.mark.parametrize(
    "behave",
    [answer("500 Internal Server Error"), answer("503 Busy"), say_nothing, reset, talk_nonsense],
)
def test_a_sick_platform_leaves_it_open_whether_it_rang(settings: Any, behave: Behaviour) -> None:
    with platform(settings, behave), pytest.raises(DialUnsure):
        ask()


def test_nobody_listening_is_not_dialled(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings.CALL_GATEWAY_URL = f"http://127.0.0.1:{port}/"
    with pytest.raises(NotDialled):
        ask()


def test_a_redirect_is_not_followed(settings: Any) -> None:
    """The number goes to the configured address and nowhere else."""
    elsewhere = "Location: http://127.0.0.1:9/\r\n"
    with platform(settings, answer("307 Temporary Redirect", elsewhere)), pytest.raises(NotDialled):
        ask()


def test_errors_do_not_quote_the_number(settings: Any) -> None:
    with platform(settings, reset), pytest.raises(DialUnsure) as error:
        ask()
    assert "1690000" not in str(error.value) and error.value.__suppress_context__


def test_only_http_addresses_are_asked(settings: Any) -> None:
    settings.CALL_GATEWAY_URL = "file:///etc/passwd"
    with pytest.raises(NotDialled):
        ask()
