"""Sealed files brought under the key in use: written anew beside, then put in their place."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from trust.cipher import Unreadable
from trust.files import MAGIC, heads, sealed, unsealed
from trust.keyring import ring_of
from trust.rotation.places import Held, field_head, key_of

UNFINISHED = ".renewing"  # the name of a file being written ends so


def sealed_files() -> Iterator[Path]:
    """Every sealed file in the store, however it came there."""
    root = Path(default_storage.path(""))
    for path in sorted(root.rglob("*")) if root.exists() else ():
        if path.is_file() and not path.name.endswith(UNFINISHED) and _is_sealed(path):
            yield path


def _is_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def heads_of(path: Path) -> set[bytes]:
    """How the pieces of a file begin: one value when all are under one key."""
    with path.open("rb") as file:
        return set(heads(file))


def held_by_files() -> Held:
    """Files by the key they are under; 0 for one that is under several, or cut short."""
    known = {field_head(key): key.id for key in ring_of(settings.FIELD_KEYS)}
    found = Held()
    for path in sealed_files():
        try:
            begins = heads_of(path)
        except (Unreadable, FileNotFoundError):
            begins = set()
        found[key_of(begins.pop() if len(begins) == 1 else b"", known)] += 1
    return found


def renew_files() -> int:
    """Seal every file anew that is not under the key in use; how many.

    Killed in the middle, it leaves an unfinished copy, which goes at the next run.

    Raises:
        Unreadable: a file is under an unknown key, or damaged; it stays as it is.
    """
    root = Path(default_storage.path(""))
    for left in root.rglob(f"*{UNFINISHED}") if root.exists() else ():
        left.unlink(missing_ok=True)
    now = {field_head(ring_of(settings.FIELD_KEYS)[0])}
    return sum(_renew(path) for path in sealed_files() if heads_of(path) != now)


def _renew(path: Path) -> bool:
    beside = path.with_name(path.name + UNFINISHED)
    try:
        with path.open("rb") as old, beside.open("wb") as new:
            for piece in sealed(unsealed(old)):
                new.write(piece)
            new.flush()
            os.fsync(new.fileno())
        shutil.copymode(path, beside)
        if not path.exists():  # deleted meanwhile: it must not come back
            return False
        beside.replace(path)
        return True
    except Unreadable as error:
        raise Unreadable(f"{path.name}: {error}") from error
    finally:
        beside.unlink(missing_ok=True)
