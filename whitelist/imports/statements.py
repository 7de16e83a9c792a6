"""Set-based SQL that reads the same on SQLite and PostgreSQL.

Lists have up to a million rows; they are compared and applied by a handful of
statements over whole sets. The common ground of both engines is wide enough:
``UPDATE … FROM``, ``ON CONFLICT``, window functions, ``IS DISTINCT FROM``.
Values are always parameters (``%(name)s``); only names written in this code
are ever put into a statement's text.
"""

# Only text of this code is put into statements; values are parameters.
# ruff: noqa: S608

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection


def execute(sql: str, **values: Any) -> int:
    """Run one statement; returns how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(sql, _adapted(values))
        return int(cursor.rowcount)


def fetch(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """All rows of a query. Sealed and keyed columns come as raw bytes."""
    with connection.cursor() as cursor:
        cursor.execute(sql, _adapted(values))
        return list(cursor.fetchall())


def stream(sql: str, **values: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, a few thousand at a time: for as many as a list has."""
    with connection.cursor() as cursor:
        cursor.execute(sql, _adapted(values))
        while rows := cursor.fetchmany(5_000):
            yield from rows


def plan_for_sets() -> None:
    """For the rest of this transaction, join whole sets by hash or merge.

    Right after staging, PostgreSQL's statistics know nothing of the upload and
    promise one row where there are a hundred thousand; a nested loop over that
    runs for hours. (ANALYZE would need the tables' owner.) SQLite plans by
    indexes alone.
    """
    if connection.vendor == "postgresql":
        execute("SET LOCAL enable_nestloop = off")


def check_references_now() -> None:
    """Check the foreign keys of what was written so far, instead of all at the commit.

    Done before rows are locked that others write to, it is no part of their wait.
    """
    if connection.vendor == "postgresql":
        execute("SET CONSTRAINTS ALL IMMEDIATE")


def scalar(sql: str, **values: Any) -> Any:
    """The one value of a query."""
    return fetch(sql, **values)[0][0]


def keep_for_now(name: str, select: str, *, key: str = "", **values: Any) -> int:
    """A temporary table of this transaction, filled from a query; returns its size.

    Args:
        key: the column later statements join on.
    """
    drop_for_now(name)
    on_commit = "ON COMMIT DROP" if connection.vendor == "postgresql" else ""
    execute(f"CREATE TEMPORARY TABLE {name} {on_commit} AS {select}", **values)
    _settle(name, key)
    return int(scalar(f"SELECT COUNT(*) FROM {name}"))


def keep_rows_for_now(
    name: str, columns: str, rows: Iterable[Sequence[Any]], *, key: str = ""
) -> None:
    """A temporary table of this transaction, filled from Python.

    Args:
        columns: as in CREATE TABLE, types included.
    """
    drop_for_now(name)
    on_commit = "ON COMMIT DROP" if connection.vendor == "postgresql" else ""
    execute(f"CREATE TEMPORARY TABLE {name} ({columns}) {on_commit}")
    rows = [tuple(row) for row in rows]
    marks = ", ".join(["%s"] * (columns.count(",") + 1))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
    _settle(name, key)


def drop_for_now(name: str) -> None:
    """Remove a temporary table if there is one; a table of that name in the schema stays."""
    schema = "pg_temp" if connection.vendor == "postgresql" else "temp"
    execute(f"DROP TABLE IF EXISTS {schema}.{name}")


def _settle(name: str, key: str) -> None:
    """Index it, and let PostgreSQL know its size: it plans a fresh table blindly."""
    if key:
        execute(f"CREATE INDEX {name}_{key} ON {name} ({key})")
    if connection.vendor == "postgresql":
        execute(f"ANALYZE {name}")


def _adapted(values: dict[str, Any]) -> dict[str, Any] | None:
    adapted = {}
    for name, value in values.items():
        if isinstance(value, datetime):
            value = connection.ops.adapt_datetimefield_value(value)
        elif isinstance(value, date):
            value = connection.ops.adapt_datefield_value(value)
        adapted[name] = value
    return adapted or None
