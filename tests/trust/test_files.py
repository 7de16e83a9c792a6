"""A sealed file opens whole and unaltered, or not at all."""

import io

import pytest

from trust.cipher import Unreadable
from trust.files import CHUNK_BYTES, sealed, unsealed


def close(plain: bytes) -> bytes:
    return b"".join(sealed([plain]))


def reopen(closed: bytes) -> bytes:
    return b"".join(unsealed(io.BytesIO(closed)))


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES]
)
def test_any_size_opens_again(size: int) -> None:
    plain = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert reopen(close(plain)) == plain


def test_small_pieces_make_the_same_file() -> None:
    assert b"".join(unsealed(io.BytesIO(b"".join(sealed([b"ab", b"", b"c"]))))) == b"abc"


def test_nothing_of_the_content_shows() -> None:
    assert b"16900000001" not in close(b"16900000001" * 100)


@pytest.mark.parametrize("keep", [0, 3, 20, 40, 100])
def test_a_cut_file_does_not_open(keep: int) -> None:
    with pytest.raises(Unreadable):
        reopen(close(b"x" * 200)[:keep])


def test_a_file_cut_between_two_chunks_does_not_open() -> None:
    closed = close(b"x" * (2 * CHUNK_BYTES))
    first = 20 + 4 + int.from_bytes(closed[20:24], "big")
    with pytest.raises(Unreadable):
        reopen(closed[:first])


def test_chunks_in_another_order_do_not_open() -> None:
    closed = close(b"a" * CHUNK_BYTES + b"b" * CHUNK_BYTES + b"c")
    size = 4 + int.from_bytes(closed[20:24], "big")
    head, one, two, rest = (
        closed[:20],
        closed[20 : 20 + size],
        closed[20 + size : 20 + 2 * size],
        closed[20 + 2 * size :],
    )
    assert reopen(head + one + two + rest)
    with pytest.raises(Unreadable):
        reopen(head + two + one + rest)


def test_a_chunk_of_another_file_does_not_open() -> None:
    mine, other = close(b"mine"), close(b"other")
    with pytest.raises(Unreadable):
        reopen(mine[:20] + other[20:])


def test_one_changed_byte_does_not_open() -> None:
    closed = bytearray(close(b"x" * 50))
    closed[-1] ^= 1
    with pytest.raises(Unreadable):
        reopen(bytes(closed))


def test_clear_text_is_not_a_sealed_file() -> None:
    with pytest.raises(Unreadable):
        reopen(b"name,phone\n" * 10)
