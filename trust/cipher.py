"""Field encryption and keyed look-ups.

A sealed value is ``version(1) | key id(1) | nonce(12) | ciphertext | tag(16)``, with
the table and column it belongs to as associated data: a value moved to another
column does not open. Version 1 is AES-256-GCM, version 2 SM4-GCM. Errors are
strict: a wrong key or a changed byte raises `Unreadable`, never returns the ciphertext.

A keyed index is an HMAC under a key of its own, cut to 16 bytes: equal values
give equal indexes, and without the key nobody can try out phone numbers. A new
key of INDEX_KEYS is put **over** the old ones: an index under it is
``key id(1) | HMAC(new key, index under the old one)``, cut alike. So every index can be
brought under a new key without the value it stands for (docs/adr/0032).
"""

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings

from trust.algorithms import AESGCM, Aead, HmacSha256, HmacSm3, InvalidTag, Mac, Sm4Gcm
from trust.keyring import SM, Key, ring_of

VERSION_OF = {"": 1, SM: 2}
NONCE_BYTES = 12
INDEX_BYTES = 16
HEADER_BYTES = 2


class Unreadable(Exception):
    """The value was sealed under another key, for another column, or was altered."""


class _Sealer(NamedTuple):
    head: bytes  # version, key id
    aead: Aead


@lru_cache(maxsize=8)
def _sealers(spec: str) -> tuple[_Sealer, dict[int, _Sealer]]:
    """The key that seals, and all keys by id."""
    keys = [
        _Sealer(bytes((VERSION_OF[key.family], key.id)), _aead_of(key)) for key in ring_of(spec)
    ]
    return keys[0], {sealer.head[1]: sealer for sealer in keys}


def _aead_of(key: Key) -> Aead:
    return Sm4Gcm(key.secret) if key.family == SM else AESGCM(key.secret)


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
    first, _ = _sealers(settings.FIELD_KEYS)
    nonce = os.urandom(NONCE_BYTES)
    return first.head + nonce + first.aead.encrypt(nonce, plain, bound_to)


def seal_each(texts: Sequence[str], bound_to: Sequence[bytes]) -> list[bytes | None]:
    """Encrypt the values of one row, each for its column; None for an empty one.

    One look at the key ring and one call for randomness serve them all: a list
    has millions of values.
    """
    first, _ = _sealers(settings.FIELD_KEYS)
    head, encrypt = first.head, first.aead.encrypt
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
    if len(sealed) < HEADER_BYTES + NONCE_BYTES or sealed[0] not in VERSION_OF.values():
        raise Unreadable("not a sealed value")
    _, keys = _sealers(settings.FIELD_KEYS)
    key = keys.get(sealed[1])
    if key is None:
        raise Unreadable(f"no key {sealed[1]} in FIELD_KEYS")
    if key.head[0] != sealed[0]:
        raise Unreadable(f"key {sealed[1]} of FIELD_KEYS is one of another algorithm")
    rest = sealed[HEADER_BYTES:]
    try:
        return key.aead.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], bound_to)
    except InvalidTag:
        raise Unreadable("wrong key, wrong column or altered bytes") from None


def is_current(sealed: bytes) -> bool:
    """Whether a sealed value is under the key that seals now."""
    return sealed[:HEADER_BYTES] == _sealers(settings.FIELD_KEYS)[0].head


# --- keyed look-ups ------------------------------------------------------------------


class _Layer(NamedTuple):
    id: int
    head: bytes  # before the digest: empty for the ring's oldest key
    mac: Mac


@lru_cache(maxsize=8)
def _layers(spec: str) -> tuple[_Layer, ...]:
    """The keys of the index, the oldest first: each goes over those before it."""
    oldest_first = ring_of(spec)[::-1]
    return tuple(
        _Layer(key.id, bytes((key.id,)) if at else b"", mac_of_key(key))
        for at, key in enumerate(oldest_first)
    )


def mac_of_key(key: Key) -> Mac:
    """The keyed hash a key is for."""
    return HmacSm3(key.secret) if key.family == SM else HmacSha256(key.secret)


def keyed_index(kind: str, value: str) -> bytes:
    """What stands for `value` in look-ups, under the newest key; `kind` separates their uses.

    Sixteen bytes, or 17 once INDEX_KEYS has more than one key. The caller normalises
    first (upper-case X of an ID number, digits of a phone).
    """
    return keyed_indexes(kind, value)[0]


def keyed_indexes(kind: str, value: str) -> list[bytes]:
    """All that may stand for `value` while the index is brought under a new key, newest first.

    Look-ups ask for any of them (``phone_index__in=…``).
    """
    oldest, *newer = _layers(settings.INDEX_KEYS)
    found = [oldest.mac(f"{kind}\0{value}".encode())[:INDEX_BYTES]]
    for layer in newer:
        found.insert(0, _over(layer, found[0]))
    return found


def renewed_index(index: bytes) -> bytes:
    """The same index under the newest key; itself when it is there already.

    Raises:
        Unreadable: it was made under a key that is not in INDEX_KEYS.
    """
    return forms_of(index)[-1]


def index_layer(index: bytes) -> int:
    """Under how many keys of the ring an index is, less one: 0 is the oldest alone.

    Raises:
        Unreadable: its key is not in INDEX_KEYS.
    """
    if len(index) == INDEX_BYTES:
        return 0
    for at, layer in enumerate(_layers(settings.INDEX_KEYS)):
        if at and index[:1] == layer.head and len(index) == INDEX_BYTES + 1:
            return at
    raise Unreadable(f"no key {index[0] if index else '?'} over another in INDEX_KEYS")


def forms_of(index: bytes | None) -> list[bytes]:
    """An index as it stands and as it will: what a row read a moment ago may say by now."""
    if index is None:
        return []
    forms = [index]
    for layer in _layers(settings.INDEX_KEYS)[index_layer(index) + 1 :]:
        forms.append(_over(layer, forms[-1]))
    return forms


def same_index(one: bytes | None, other: bytes | None) -> bool:
    """Whether two indexes stand for one value, whatever keys they are under; never two Nones."""
    return one is not None and other is not None and renewed_index(one) == renewed_index(other)


def _over(layer: _Layer, index: bytes) -> bytes:
    return layer.head + layer.mac(index)[:INDEX_BYTES]
