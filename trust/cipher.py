"""Field encryption and keyed look-ups.

A sealed value is ``version(1) | key id(1) | nonce(12) | ciphertext | tag(16)``,
AES-256-GCM, with the table and column it belongs to as associated data: a value
moved to another column does not open. Errors are strict: a wrong key or a
changed byte raises `Unreadable`, never returns the ciphertext.

A keyed index is HMAC-SHA256 under a key of its own, cut to 16 bytes: equal
values give equal indexes, and without the key nobody can try out phone numbers.
"""

import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = 1
NONCE_BYTES = 12
INDEX_BYTES = 16


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


def keyed_index(kind: str, value: str) -> bytes:
    """Sixteen bytes that stand for `value` in look-ups; `kind` separates their uses.

    The caller normalises first (upper-case X of an ID number, digits of a phone).
    """
    key = bytes.fromhex(settings.INDEX_KEY)
    return hmac.digest(key, f"{kind}\0{value}".encode(), "sha256")[:INDEX_BYTES]
