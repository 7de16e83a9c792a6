"""Writing many rows at once: COPY on PostgreSQL, executemany on SQLite.

The ORM's bulk_create builds an object a row and, on SQLite, statements of two
dozen rows; a list has up to a million.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection

from whitelist.models import WhitelistUpload

ROW_COLUMNS = (
    "upload_id", "row_no", "customer_no", "id_index", "id_type", "name", "id_number",
    "phone", "phone2", "business_address", "home_address", "registered_address",
    "name_index", "phone_index", "phone_tail_index", "division_code", "branch_id",
    "manager_id", "product_id", "amount", "valid_from", "valid_to", "segment",
    "is_merchant", "score", "hq_contact_state", "do_not_contact", "details_digest",
    "place_id", "lon", "lat", "precision", "address_kind", "match_note", "customer_id",
    "change",
)  # fmt: skip
PROBLEM_COLUMNS = (
    "upload_id", "row_no", "column", "code", "level", "params", "customer_no", "shown",
    "id_index", "branch_id",
)  # fmt: skip


Rows = Iterable[Sequence[Any] | bytes]


def insert(table: str, columns: Sequence[str], rows: Rows) -> None:
    """Add rows, in the caller's transaction. Dates as ISO text, JSON as text, bytes as bytes.

    On PostgreSQL rows may also come as whole blocks of `copy_text`, made elsewhere.
    """
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    if connection.vendor == "postgresql":
        _copy(table, names, rows)
        return
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))  # noqa: S608


def _copy(table: str, names: str, rows: Rows) -> None:
    """By way of a temporary table: PostgreSQL refuses COPY into one that has policies (ADR 31)."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE copied ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"  # noqa: S608
        )
        with cursor.copy(f"COPY pg_temp.copied ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write(row if isinstance(row, bytes) else copy_text([row]))
        cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM pg_temp.copied")  # noqa: S608
        cursor.execute("DROP TABLE pg_temp.copied")


def copy_text(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as PostgreSQL's COPY reads them (its text format), many at once.

    In one block that is a fifth of what handing over value by value costs.
    """
    kinds = _COPIED
    return "".join(
        ["\t".join([kinds.get(type(v), _text)(v) for v in row]) + "\n" for row in rows]
    ).encode()


def _text(value: Any) -> str:
    text = str(value)
    if text.isprintable() and "\\" not in text:
        return text
    return text.translate(_ESCAPED)


_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_COPIED: dict[type, Callable[[Any], str]] = {
    str: _text,
    bytes: lambda value: rf"\\x{value.hex()}",
    bool: lambda value: "t" if value else "f",
    int: str,
    float: repr,
    type(None): lambda _: r"\N",
}


def insert_rows(rows: Rows) -> None:
    """Add checked rows, as `ROW_COLUMNS`."""
    insert("whitelist_uploadrow", ROW_COLUMNS, rows)


def insert_problems(rows: Rows) -> None:
    """Add problems, as `PROBLEM_COLUMNS`."""
    insert("whitelist_uploadproblem", PROBLEM_COLUMNS, rows)


def clear(upload: WhitelistUpload) -> None:
    """Remove what an earlier attempt wrote for this upload. Nothing of it is in force."""
    clear_rows(upload)
    upload.problems.all()._raw_delete(using=connection.alias)


def clear_rows(upload: WhitelistUpload) -> None:
    """Remove the staged rows alone; the database refuses if any of them is in force."""
    upload.rows.all()._raw_delete(using=connection.alias)
