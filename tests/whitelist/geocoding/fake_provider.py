"""A provider on a socket of this machine, which answers well or misbehaves on demand."""

import json
import socket
import struct
import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit


class FakeProvider:
    """`mode` says what every request gets; `asked` holds the queries that came."""

    def __init__(self) -> None:
        self.mode = "answers"
        self.body: Any = []
        self.asked: list[dict[str, str]] = []
        self.closing = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.closing.set()
        # Closing alone does not wake accept(): knock once.
        with socket.create_connection(self._socket.getsockname()):
            pass
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while not self.closing.is_set():
            connection, _ = self._socket.accept()
            with connection:
                if not self.closing.is_set():
                    try:
                        self._answer(connection)
                    except OSError:
                        continue  # the client hung up first

    def _answer(self, connection: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            piece = connection.recv(65536)
            if not piece:
                return
            request += piece
        query = urlsplit(request.split(b" ")[1].decode()).query
        self.asked.append({key: values[0] for key, values in parse_qs(query).items()})
        getattr(self, "_" + self.mode)(connection)

    def _send(
        self, connection: socket.socket, body: bytes, status: str = "200 OK", more: str = ""
    ) -> None:
        head = (
            f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n"
        )
        connection.sendall(head.encode() + body)

    # --- modes ------------------------------------------------------------------

    def _answers(self, connection: socket.socket) -> None:
        body = json.dumps(self.body).encode()
        self._send(connection, body, more="Content-Type: application/json\r\n")

    def _html(self, connection: socket.socket) -> None:
        self._send(connection, b"<html><body>Maintenance</body></html>")

    def _too_many(self, connection: socket.socket) -> None:
        self._send(connection, b"slow down", "429 Too Many Requests", "Retry-After: 120\r\n")

    def _error(self, connection: socket.socket) -> None:
        self._send(connection, b"oops", "500 Internal Server Error")

    def _redirect(self, connection: socket.socket) -> None:
        self._send(connection, b"", "302 Found", "Location: http://127.0.0.1:1/\r\n")

    def _stall(self, connection: socket.socket) -> None:
        self.closing.wait(30)

    def _trickle(self, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not self.closing.wait(0.05):
            connection.sendall(b" ")

    def _reset(self, connection: socket.socket) -> None:
        # Linger of nothing: close sends RST instead of FIN.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _cut(self, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[{")

    def _huge(self, connection: socket.socket) -> None:
        self._send(connection, b"[" + b" " * 10_000_000 + b"]")

    def _nested(self, connection: socket.socket) -> None:
        self._send(connection, b"[" * 100_000)
