"""Files at rest, sealed: encrypted chunk by chunk, so that any size streams.

A sealed file is ``"MMF1" | file id(16)`` and then frames: length(4), and a
chunk sealed as `trust.cipher` seals fields. Each chunk is bound to the file's
id, its own position and whether it is the last, so a file that was cut,
reordered or pieced together from two does not open.
"""

import os
from collections.abc import Iterable, Iterator
from typing import IO, Any

from trust.cipher import HEADER_BYTES, Unreadable, seal_bytes, unseal_bytes

MAGIC = b"MMF1"
CHUNK_BYTES = 1024 * 1024
_ID_BYTES = 16
_MAX_FRAME = CHUNK_BYTES + 64


def sealed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The sealed form of a stream of bytes, piece by piece, for writing to a file."""
    file_id = os.urandom(_ID_BYTES)
    yield MAGIC + file_id
    position = 0
    held = b""
    for chunk in _of_one_size(chunks):
        if held:
            yield _frame(held, file_id, position, last=False)
            position += 1
        held = chunk
    yield _frame(held, file_id, position, last=True)


def unsealed(file: IO[Any]) -> Iterator[bytes]:
    """The plain bytes of a sealed file, a chunk at a time.

    Raises:
        Unreadable: not a sealed file, another key, altered, or cut short.
    """
    head = file.read(len(MAGIC) + _ID_BYTES)
    if head[: len(MAGIC)] != MAGIC or len(head) != len(MAGIC) + _ID_BYTES:
        raise Unreadable("not a sealed file")
    file_id, position = head[len(MAGIC) :], 0
    frame = _next_frame(file)
    while frame is not None:
        following = _next_frame(file)
        yield unseal_bytes(frame, _binding(file_id, position, last=following is None))
        frame = following
        position += 1
    if position == 0:
        raise Unreadable("the sealed file is cut short")


def heads(file: IO[Any]) -> Iterator[bytes]:
    """The first bytes of each piece of a sealed file, which say its key; nothing is opened.

    Raises:
        Unreadable: not a sealed file, or cut short.
    """
    if file.read(len(MAGIC) + _ID_BYTES)[: len(MAGIC)] != MAGIC:
        raise Unreadable("not a sealed file")
    while (frame := _next_frame(file)) is not None:
        yield frame[:HEADER_BYTES]


def _of_one_size(chunks: Iterable[bytes]) -> Iterator[bytes]:
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while len(buffer) >= CHUNK_BYTES:
            yield bytes(buffer[:CHUNK_BYTES])
            del buffer[:CHUNK_BYTES]
    if buffer:
        yield bytes(buffer)


def _binding(file_id: bytes, position: int, *, last: bool) -> bytes:
    return b"file\0" + file_id + position.to_bytes(8, "big") + (b"\1" if last else b"\0")


def _frame(chunk: bytes, file_id: bytes, position: int, *, last: bool) -> bytes:
    closed = seal_bytes(chunk, _binding(file_id, position, last=last))
    return len(closed).to_bytes(4, "big") + closed


def _next_frame(file: IO[Any]) -> bytes | None:
    size_bytes = file.read(4)
    if not size_bytes:
        return None
    size = int.from_bytes(size_bytes, "big")
    frame = file.read(size) if size <= _MAX_FRAME else b""
    if len(size_bytes) != 4 or len(frame) != size:
        raise Unreadable("the sealed file is cut short")
    return frame
