"""Field encryption and keyed look-ups.

A sealed value is ``version(1) | key id(1) | nonce(12) | ciphertext | tag(16)``,
AES-256-GCM, with the table and column it belongs to as associated data: a value
moved to another column does not open. Errors are strict: a wrong key or a
changed byte raises `Unreadable`, never returns the ciphertext.

A keyed index is HMAC-SHA256 under a key of its own, cut to 16 bytes: equal
values give equal indexes, and without the key nobody can try out phone numbers.
"""

import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = 1
NONCE_BYTES = 12
INDEX_BYTES = 16
_BLOCK = 64  # of SHA-256, in bytes


class Unreadable(Exception):
    """The value was sealed under another key, for another column, or was altered."""


@lru_cache(maxsize=4)
def _ring(spec: str) -> tuple[int, dict[int, AESGCM]]:
    """The key ring of ``"2:hex,1:hex"``: id of the key that seals, and all keys by id."""
    keys = {}
    for entry in spec.split(","):
        key_id, _, key = entry.strip().partition(":")
        keys[int(key_id)] = AESGCM(bytes.fromhex(key))
    return next(iter(keys)), keys


def seal(text: str, bound_to: str) -> bytes:
    """Encrypt `text` for one place, named ``"table.column"``."""
    return seal_bytes(text.encode(), bound_to.encode())


def unseal(sealed: bytes, bound_to: str) -> str:
    """Decrypt what `seal` made for the same place.

    Raises:
        Unreadable: wrong key, wrong column, or altered bytes.
    """
    return unseal_bytes(bytes(sealed), bound_to.encode()).decode()


def seal_bytes(plain: bytes, bound_to: bytes) -> bytes:
    """Encrypt bytes; they open only with the same `bound_to`."""
    key_id, keys = _ring(settings.FIELD_KEYS)
    nonce = os.urandom(NONCE_BYTES)
    return bytes((VERSION, key_id)) + nonce + keys[key_id].encrypt(nonce, plain, bound_to)


def seal_each(texts: Sequence[str], bound_to: Sequence[bytes]) -> list[bytes | None]:
    """Encrypt the values of one row, each for its column; None for an empty one.

    One look at the key ring and one call for randomness serve them all: a list
    has millions of values.
    """
    key_id, keys = _ring(settings.FIELD_KEYS)
    head, encrypt = bytes((VERSION, key_id)), keys[key_id].encrypt
    nonces = os.urandom(NONCE_BYTES * len(texts))
    sealed: list[bytes | None] = []
    start = 0
    for text, place in zip(texts, bound_to, strict=True):
        if text:
            nonce = nonces[start : start + NONCE_BYTES]
            sealed.append(head + nonce + encrypt(nonce, text.encode(), place))
        else:
            sealed.append(None)
        start += NONCE_BYTES
    return sealed


def unseal_bytes(sealed: bytes, bound_to: bytes) -> bytes:
    """Decrypt what `seal_bytes` made.

    Raises:
        Unreadable: wrong key, bound to something else, or altered bytes.
    """
    if len(sealed) < 2 + NONCE_BYTES or sealed[0] != VERSION:
        raise Unreadable("not a sealed value")
    _, keys = _ring(settings.FIELD_KEYS)
    key = keys.get(sealed[1])
    if key is None:
        raise Unreadable(f"no key {sealed[1]} in FIELD_KEYS")
    nonce, rest = sealed[2 : 2 + NONCE_BYTES], sealed[2 + NONCE_BYTES :]
    try:
        return key.decrypt(nonce, rest, bound_to)
    except InvalidTag:
        raise Unreadable("wrong key, wrong column or altered bytes") from None


@lru_cache(maxsize=4)
def _hashes(key: str) -> tuple[Any, Any]:
    """The inner and outer hash of HMAC (RFC 2104), the key already taken in: copied for each use."""
    plain = bytes.fromhex(key)
    padded = (hashlib.sha256(plain).digest() if len(plain) > _BLOCK else plain).ljust(_BLOCK, b"\0")
    return (
        hashlib.sha256(bytes(byte ^ 0x36 for byte in padded)),
        hashlib.sha256(bytes(byte ^ 0x5C for byte in padded)),
    )


def keyed_index(kind: str, value: str) -> bytes:
    """Sixteen bytes that stand for `value` in look-ups; `kind` separates their uses.

    The caller normalises first (upper-case X of an ID number, digits of a phone).
    """
    inner, outer = _hashes(settings.INDEX_KEY)
    inner, outer = inner.copy(), outer.copy()
    inner.update(f"{kind}\0{value}".encode())
    outer.update(inner.digest())
    digest: bytes = outer.digest()
    return digest[:INDEX_BYTES]
