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
    write_frame(stream, as_json(message))


def write_frame(stream: BinaryIO, body: bytes) -> None:
    """Send bytes as they are."""
    stream.write(len(body).to_bytes(_LENGTH, "big") + body)
    stream.flush()


def as_json(value: Any) -> bytes:
    """A value as `write` sends it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def read(stream: Readable) -> dict[str, Any] | None:
    """The next message; None when the other side has ended, in whatever way."""
    body = read_frame(stream)
    if body is None:
        return None
    message: dict[str, Any] = json.loads(body)
    return message


def read_frame(stream: Readable, limit: int = MAX_FRAME) -> bytes | None:
    """The next frame's bytes; None when the other side has ended, in whatever way."""
    head = stream.read(_LENGTH)
    size = int.from_bytes(head, "big")
    if len(head) < _LENGTH or size > limit:
        return None
    body = stream.read(size)
    return body if len(body) == size else None
