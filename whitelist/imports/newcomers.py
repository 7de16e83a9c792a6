"""What is done before a list takes effect: unknown customers are created, the control group drawn.

A customer without an offer or lead is seen by nobody, so this runs in chunks,
each a transaction of its own, and goes on where a dead worker stopped.
"""

# Only text of this code is put into statements; values are parameters.
# ruff: noqa: S608

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from jobs.faults import crash_point
from trust.cipher import keyed_index
from whitelist.imports.diffing import Progress
from whitelist.imports.statements import execute, fetch, scalar
from whitelist.models import Programme, WhitelistUpload

CHUNK = 20_000
PERSONAL = (
    "id_type",
    "name",
    "id_number",
    "phone",
    "phone2",
    "business_address",
    "home_address",
    "registered_address",
    "name_index",
    "phone_index",
    "phone_tail_index",
    "division_code",
)


def stage_customers(upload: WhitelistUpload, now: datetime, progress: Progress) -> None:
    """Create the customers nobody knew yet, and point their rows to them. Goes on where it stopped.

    Args:
        progress: called before each chunk; it keeps the lease, or raises.
    """
    last = _last_row(upload)
    for low in range(0, last + 1, CHUNK):
        progress(gettext_noop("建立客户"), low, last)
        with transaction.atomic():
            _stage_chunk(upload, low, low + CHUNK - 1, now)
        crash_point("applying:customers")


def _stage_chunk(upload: WhitelistUpload, low: int, high: int, now: datetime) -> None:
    chunk = {"upload": upload.pk, "low": low, "high": high}
    rows = (
        "r.upload_id = %(upload)s AND r.row_no BETWEEN %(low)s AND %(high)s"
        " AND r.customer_id IS NULL AND r.change = 'new'"
    )
    columns = ", ".join(PERSONAL)
    execute(
        f"""
        INSERT INTO whitelist_customer (customer_no, id_index, {columns}, created_at)
        SELECT NULLIF(r.customer_no, ''), r.id_index, {", ".join(f"r.{c}" for c in PERSONAL)},
            %(now)s
        FROM whitelist_uploadrow r WHERE {rows} ORDER BY r.row_no
        ON CONFLICT DO NOTHING
        """,
        now=now,
        **chunk,
    )
    _point_rows(chunk)


def _point_rows(chunk: dict[str, int]) -> None:
    for same in (
        "r.customer_no <> '' AND c.customer_no = r.customer_no",
        "r.customer_no = '' AND c.customer_no IS NULL AND c.id_index = r.id_index",
    ):
        execute(
            f"""
            UPDATE whitelist_uploadrow AS r SET customer_id = c.id FROM whitelist_customer c
            WHERE r.upload_id = %(upload)s AND r.row_no BETWEEN %(low)s AND %(high)s
            AND r.customer_id IS NULL AND r.change = 'new' AND {same}
            """,
            **chunk,
        )


def draw_control_group(upload: WhitelistUpload, percent: int) -> list[int]:
    """Customers of the new rows who fall into the programme's control group.

    A keyed hash of the customer's identity under the programme decides: the
    draw cannot be steered by the order of a file, nor be repeated with luck.
    Whether they are new to the programme is looked at when offers are added.
    """
    if percent <= 0:
        return []
    drawn: set[int] = set()
    for low in range(0, _last_row(upload) + 1, CHUNK):
        customers = fetch(
            """
            SELECT DISTINCT c.id, c.customer_no, c.id_index FROM whitelist_uploadrow r
            JOIN whitelist_customer c ON c.id = r.customer_id
            WHERE r.upload_id = %(upload)s AND r.row_no BETWEEN %(low)s AND %(high)s
            AND r.change = 'new'
            """,
            upload=upload.pk,
            low=low,
            high=low + CHUNK - 1,
        )
        drawn.update(
            pk
            for pk, customer_no, id_index in customers
            if is_drawn(upload.programme, customer_no or bytes(id_index or b"").hex(), percent)
        )
    return sorted(drawn)


def _last_row(upload: WhitelistUpload) -> int:
    """The number of the last row that was accepted; 0 when there is none."""
    return int(
        scalar(
            "SELECT COALESCE(MAX(row_no), 0) FROM whitelist_uploadrow WHERE upload_id = %(upload)s",
            upload=upload.pk,
        )
    )


def is_drawn(programme: Programme, identity: str, percent: int) -> bool:
    """Whether a customer (客户号, or their keyed ID index as hex) falls into the control group."""
    number = int.from_bytes(keyed_index(f"control:{programme.code}", identity)[:8], "big")
    return number % 100 < percent
