"""Where values under keys stand: the sealed and indexed columns of every model, from the models."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db import connection

from trust.cipher import HEADER_BYTES, INDEX_BYTES, VERSION_OF
from trust.fields import EncryptedTextField, KeyedIndexField
from trust.keyring import Key, ring_of

Held = Counter[int]  # values by the id of the key they are under


@dataclass(frozen=True)
class Place:
    """One table: its sealed columns with what each is bound to, and its indexed ones."""

    table: str
    key: str  # column of the primary key, a number
    sealed: dict[str, str]
    indexed: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.sealed, *self.indexed)


def places() -> Iterator[Place]:
    """Every table of the project that holds values under keys."""
    for model in apps.get_models():
        fields = model._meta.local_concrete_fields
        sealed = {str(f.column): f.place for f in fields if isinstance(f, EncryptedTextField)}
        indexed = tuple(str(f.column) for f in fields if isinstance(f, KeyedIndexField))
        if sealed or indexed:
            yield Place(model._meta.db_table, str(model._meta.pk.column), sealed, indexed)


def rings() -> str:
    """The ids of the keys in force, as `Rotation.ring` notes them: ``2,1|1``."""
    return "|".join(ids_of(ring) for ring in (settings.FIELD_KEYS, settings.INDEX_KEYS))


def ids_of(spec: str) -> str:
    """The ids of a ring's keys, the one in use first: ``2,1``."""
    return ",".join(str(key.id) for key in ring_of(spec))


def field_head(key: Key) -> bytes:
    """How a value sealed under a key begins."""
    return bytes((VERSION_OF[key.family], key.id))


def is_old(column: str, place: Place) -> tuple[str, list[bytes]]:
    """An SQL condition with its values: the column is under another key than the one in use."""
    quoted = connection.ops.quote_name(column)
    if column in place.sealed:
        first = ring_of(settings.FIELD_KEYS)[0]
        return f"substr({quoted}, 1, {HEADER_BYTES}) <> %s", [field_head(first)]
    first, *former = ring_of(settings.INDEX_KEYS)
    if not former:  # the only key puts no id before its indexes
        return f"length({quoted}) <> {INDEX_BYTES}", []
    return f"(length({quoted}) = {INDEX_BYTES} OR substr({quoted}, 1, 1) <> %s)", [
        bytes((first.id,))
    ]


def held(place: Place, column: str) -> Held:
    """How many values of a column are under which key; reads the table.

    One that is of no known form, or says another algorithm than its key's, counts under 0.
    """
    quoted, table = (connection.ops.quote_name(name) for name in (column, place.table))
    if column in place.sealed:
        known = {field_head(key): key.id for key in ring_of(settings.FIELD_KEYS)}
        head = f"substr({quoted}, 1, {HEADER_BYTES})"
    else:
        known = {b"": ring_of(settings.INDEX_KEYS)[-1].id}
        head = f"CASE WHEN length({quoted}) <> {INDEX_BYTES} THEN substr({quoted}, 1, 1) END"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {head}, COUNT(*) FROM {table} WHERE {quoted} IS NOT NULL GROUP BY 1"  # noqa: S608
        )
        found = Held()
        for start, count in cursor.fetchall():
            found[key_of(bytes(start or b""), known)] += count
    return found


def key_of(head: bytes, known: dict[bytes, int]) -> int:
    """The id of the key a value says it is under; 0 when it contradicts the ring."""
    if head in known:
        return known[head]
    said = head[-1] if head else 0
    return 0 if said in known.values() else said
