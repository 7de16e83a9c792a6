"""Rows into tables as fast as each engine takes them.

Indexes, foreign keys and triggers of the tables are put aside and made again at
the end, by the definitions the database itself gives: the same tables as after a
migrate, filled in a fraction of the time. What triggers would have kept is then
rebuilt by the application's own command.
"""

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.core.management import call_command, get_commands
from django.db import connection, transaction

from benchmarks.province.customers import COLUMNS, Chunk


def load(chunks: Iterable[Chunk]) -> None:
    """Store every chunk; the tables must be empty."""
    with _bare_tables():
        for chunk in chunks:
            with transaction.atomic():
                for table, rows in chunk.tables.items():
                    _store(table, COLUMNS[table].split(), rows)
    _continue_numbers()
    if "rebuild_pyramid" in get_commands():
        call_command("rebuild_pyramid", verbosity=0)
    with connection.cursor() as cursor:
        # As autovacuum leaves a table that is at rest.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _store(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(columns))
            cursor.connection.executemany(
                f"INSERT INTO {table} ({names}) VALUES ({marks})",
                [tuple(_plain(value) for value in row) for row in rows],
            )


def _plain(value: Any) -> Any:
    """As Django stores it in SQLite."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(" ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


@contextmanager
def _bare_tables() -> Iterator[None]:
    put_aside = _postgres_extras() if connection.vendor == "postgresql" else _sqlite_extras()
    removed = list(put_aside)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = OFF")
            cursor.execute("PRAGMA synchronous = OFF")
        for remove, _ in removed:
            cursor.execute(remove)
    yield
    with connection.cursor() as cursor:
        for _, restore in reversed(removed):
            cursor.execute(restore)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys = ON")


def _postgres_extras() -> Iterator[tuple[str, str]]:
    """Statements that remove each foreign key, unique constraint and index, and restore it."""
    tables = list(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND (conrelid::regclass::text = ANY(%s)"
            " OR confrelid::regclass::text = ANY(%s)) ORDER BY 1, 2",
            [tables, tables],
        )
        keys = cursor.fetchall()
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'u' AND conrelid::regclass::text = ANY(%s) ORDER BY 1, 2",
            [tables],
        )
        unique = cursor.fetchall()
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname"
            " NOT IN (SELECT conname FROM pg_constraint WHERE contype IN ('p', 'u')) ORDER BY 1",
            [tables],
        )
        indexes = cursor.fetchall()
    for table, name, definition in [*keys, *unique]:
        yield (
            f'ALTER TABLE {table} DROP CONSTRAINT "{name}"',
            f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}',
        )
    for name, definition in indexes:
        yield f'DROP INDEX "{name}"', definition
    for table in tables:
        yield (
            f"ALTER TABLE {table} DISABLE TRIGGER USER",
            f"ALTER TABLE {table} ENABLE TRIGGER USER",
        )


def _sqlite_extras() -> Iterator[tuple[str, str]]:
    marks = ", ".join(["%s"] * len(COLUMNS))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger')"
            f" AND sql IS NOT NULL AND tbl_name IN ({marks})",
            list(COLUMNS),
        )
        extras = cursor.fetchall()
    for kind, name, definition in extras:
        yield f'DROP {kind} "{name}"', definition


def _continue_numbers() -> None:
    """The next row the application adds gets the next number."""
    if connection.vendor != "postgresql":
        return  # SQLite follows the highest by itself
    with connection.cursor() as cursor:
        for table in (*COLUMNS, "outreach_assignmentoperation"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'),"
                f" (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
            )
