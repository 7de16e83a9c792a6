"""How the child's findings come back: length-prefixed JSON, so that no byte confuses it."""

import json
from typing import Any, BinaryIO, Protocol

MAX_FRAME = 64 * 1024 * 1024
_LENGTH = 4


class Readable(Protocol):
    """Whatever gives that many bytes, or fewer at its end."""

    def read(self, size: int, /) -> bytes: ...


def write(stream: BinaryIO, message: dict[str, Any]) -> None:
    """Send one message."""
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    stream.write(len(body).to_bytes(_LENGTH, "big") + body)
    stream.flush()


def read(stream: Readable) -> dict[str, Any] | None:
    """The next message; None when the other side has ended, in whatever way."""
    head = stream.read(_LENGTH)
    size = int.from_bytes(head, "big")
    if len(head) < _LENGTH or size > MAX_FRAME:
        return None
    body = stream.read(size)
    if len(body) < size:
        return None
    message: dict[str, Any] = json.loads(body)
    return message
