"""Key rings, as the environment writes them: ``"3:sm:hex,2:hex,1:hex"``.

The first entry is the key in use: it seals, indexes and signs. Those after it are there
for what was made before. An entry is ``id:hex``, or ``id:sm:hex`` for a key of the
national algorithms (SM4, SM3). Ids are 1 to 255 and are never given to another key.
"""

from functools import lru_cache
from typing import NamedTuple

SM = "sm"
BYTES = {"": 32, SM: 16}  # a sealing key: AES-256, SM4
MAC_BYTES = 32  # a key of HMAC, either hash


class NoRing(ValueError):
    """The text is no key ring; says which entry is wrong, never the key."""


class Key(NamedTuple):
    id: int
    family: str  # "" or SM
    secret: bytes


@lru_cache(maxsize=16)
def ring_of(spec: str) -> tuple[Key, ...]:
    """The keys of a ring, the one in use first.

    Raises:
        NoRing: an entry cannot be read, or two have one id.
    """
    keys = tuple(_key(entry, at) for at, entry in enumerate(spec.split(","), start=1))
    if len({key.id for key in keys}) != len(keys):
        raise NoRing("two keys have the same id")
    return keys


def _key(entry: str, at: int) -> Key:
    parts = entry.strip().split(":")
    family = parts[1] if len(parts) == 3 else ""
    try:
        key = Key(int(parts[0]), family, bytes.fromhex(parts[-1]))
    except ValueError:
        raise NoRing(f"entry {at} is not id:hex") from None
    if len(parts) not in {2, 3} or family not in BYTES or not 1 <= key.id <= 255:
        raise NoRing(f"entry {at} is neither id:hex nor id:sm:hex, with an id of 1 to 255")
    if not key.secret:
        raise NoRing(f"entry {at} has no key")
    return key
