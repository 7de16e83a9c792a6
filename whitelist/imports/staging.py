"""Writing many rows at once: COPY on PostgreSQL, executemany on SQLite.

The ORM's bulk_create builds an object a row and, on SQLite, statements of two
dozen rows; a list has up to a million.
"""

from collections.abc import Iterable, Sequence
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


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows, in the caller's transaction. Dates as ISO text, JSON as text, bytes as bytes."""
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))  # noqa: S608


def insert_rows(rows: Iterable[Sequence[Any]]) -> None:
    """Add checked rows, as `ROW_COLUMNS`."""
    insert("whitelist_uploadrow", ROW_COLUMNS, rows)


def insert_problems(rows: Iterable[Sequence[Any]]) -> None:
    """Add problems, as `PROBLEM_COLUMNS`."""
    insert("whitelist_uploadproblem", PROBLEM_COLUMNS, rows)


def clear(upload: WhitelistUpload) -> None:
    """Remove what an earlier attempt wrote for this upload. Nothing of it is in force."""
    clear_rows(upload)
    upload.problems.all()._raw_delete(using=connection.alias)


def clear_rows(upload: WhitelistUpload) -> None:
    """Remove the staged rows alone; the database refuses if any of them is in force."""
    upload.rows.all()._raw_delete(using=connection.alias)
