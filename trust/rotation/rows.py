"""The rows of a table brought under the keys in use: in chunks, to be gone on with after a death.

The product runs meanwhile, with the same key rings: what it writes is under the keys
in use already. A chunk is one transaction that takes rows nobody else holds (on
PostgreSQL; SQLite has one writer), writes a value only where it still is what was
read, and notes how far it came. So nothing is lost, and nobody waits long.
"""

# Only names of this project's columns are put into statements; values are parameters.
# ruff: noqa: S608

import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from trust.cipher import Unreadable, is_current, renewed_index, seal_bytes, unseal_bytes
from trust.models import Rotation
from trust.rotation.places import Place, is_old, rings
from trust.wall import whole_bank

CHUNK = 500
PASSES = 20  # over a table; after so many somebody else holds the rest
Progress = Callable[[Place, int], None]


class StillHeld(Exception):
    """Rows were held by others in every pass: run again later."""


@whole_bank("keys are changed in every branch")
def renew(place: Place, *, chunk: int = CHUNK, pause: float = 0.0, tell: Progress) -> int:
    """Bring one table under the keys in use; returns how many values were renewed by this run.

    Args:
        pause: seconds to leave to others after each chunk.
        tell: called after each chunk with the values renewed so far.

    Raises:
        Unreadable: a value is under an unknown key, or was altered; nothing of it is changed.
        StillHeld: see there.
    """
    state, _ = Rotation.objects.get_or_create(place=place.table, defaults={"ring": rings()})
    if state.ring != rings():
        _note(state, ring=rings(), after=0, renewed=0, finished_at=None)
    renewed = 0
    for _pass in range(PASSES):
        for count in _walk(place, state, chunk):
            renewed += count
            tell(place, renewed)
            time.sleep(pause)
        if not _anything_old(place):
            _note(state, after=0, finished_at=timezone.now())
            return renewed
        _note(state, after=0)  # held by others a moment ago, or written since
        time.sleep(max(pause, 0.05))
    raise StillHeld(f"{place.table}: rows are held by others; run again later")


def _walk(place: Place, state: Rotation, chunk: int) -> Iterator[int]:
    while True:
        with transaction.atomic():
            rows = _take(place, state.after, chunk)
            if not rows:
                return
            count = _write(place, rows)
            _note(state, after=rows[-1][0], renewed=state.renewed + count)
        yield count


def _take(place: Place, after: int, chunk: int) -> list[tuple[Any, ...]]:
    """The next rows with anything old, locked: key, then the columns as bytes or None."""
    names = ", ".join(_quoted(name) for name in (place.key, *place.columns))
    old, values = _old(place)
    lock = " FOR NO KEY UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {names} FROM {_quoted(place.table)} WHERE {_quoted(place.key)} > %s"
            f" AND ({old}) ORDER BY {_quoted(place.key)} LIMIT {chunk:d}{lock}",
            [after, *values],
        )
        return [
            (pk, *(None if value is None else bytes(value) for value in held))
            for pk, *held in cursor.fetchall()
        ]


def _write(place: Place, rows: list[tuple[Any, ...]]) -> int:
    """Write the renewed values where the row is as it was read; how many values."""
    changes = [(pk, held, _renewed(place, pk, held)) for pk, *held in rows]
    sets = ", ".join(f"{_quoted(name)} = %s" for name in place.columns)
    same = " AND ".join(f"{_quoted(name)} IS NOT DISTINCT FROM %s" for name in place.columns)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {_quoted(place.table)} SET {sets} WHERE {_quoted(place.key)} = %s AND {same}",
            [(*new, pk, *held) for pk, held, new in changes],
        )
    return sum(
        one is not other for _, held, new in changes for one, other in zip(held, new, strict=True)
    )


def _renewed(place: Place, pk: int, values: list[bytes | None]) -> list[bytes | None]:
    found: list[bytes | None] = []
    for column, value in zip(place.columns, values, strict=True):
        try:
            found.append(_one(value, place.sealed.get(column)))
        except Unreadable as error:
            raise Unreadable(f"{place.table}.{column}, row {pk}: {error}") from error
    return found


def _one(value: bytes | None, bound_to: str | None) -> bytes | None:
    """A value under the key in use; the very same object when it is there already."""
    if value is None:
        return None
    if bound_to is None:
        return renewed_index(value)
    if is_current(value):
        return value
    return seal_bytes(unseal_bytes(value, bound_to.encode()), bound_to.encode())


def _anything_old(place: Place) -> bool:
    old, values = _old(place)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {_quoted(place.table)} WHERE {old} LIMIT 1", values)
        return cursor.fetchone() is not None


def _old(place: Place) -> tuple[str, list[bytes]]:
    conditions = [is_old(column, place) for column in place.columns]
    values = [value for _, wanted in conditions for value in wanted]
    return " OR ".join(condition for condition, _ in conditions), values


def _note(state: Rotation, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(state, name, value)
    state.save(update_fields=list(changes))


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
