"""What only shows across the rows of one file.

Done with sets in the database after the rows are staged, so that memory does
not grow with the file. Conflicts with customers already known are found while
comparing (`identity.py`), since those change between one look and the next.
"""

import json
from collections.abc import Iterable
from itertools import groupby, islice
from typing import Any

from django.db import transaction

from whitelist.imports.staging import insert_problems
from whitelist.imports.statements import execute, fetch, plan_for_sets
from whitelist.models import ProblemLevel, WhitelistUpload

SHARED_PHONE_CUSTOMERS = 3  # husband and wife share one; more is worth a word
_SHOWN_ROWS = 5
_CHUNK = 500

_CONFLICTING = {
    "customer_no": """
        SELECT row_no, customer_no, id_index, branch_id FROM whitelist_uploadrow
        WHERE upload_id = %(upload)s AND customer_no IN (
            SELECT customer_no FROM whitelist_uploadrow
            WHERE upload_id = %(upload)s AND customer_no <> '' AND id_index IS NOT NULL
            GROUP BY customer_no HAVING COUNT(DISTINCT id_index) > 1)
        ORDER BY customer_no, row_no
    """,
    "id_number": """
        SELECT row_no, customer_no, id_index, branch_id FROM whitelist_uploadrow
        WHERE upload_id = %(upload)s AND id_index IN (
            SELECT id_index FROM whitelist_uploadrow
            WHERE upload_id = %(upload)s AND customer_no <> '' AND id_index IS NOT NULL
            GROUP BY id_index HAVING COUNT(DISTINCT customer_no) > 1)
        ORDER BY id_index, row_no
    """,
}
_SAME = """
    r.details_digest = f.details_digest AND r.amount = f.amount
    AND r.valid_from = f.valid_from AND r.valid_to = f.valid_to
    AND COALESCE(r.score, -1) = COALESCE(f.score, -1)
"""


def _repeated(by: str) -> str:
    """Rows that name a customer and product an earlier row has named."""
    return f"""
        SELECT r.row_no, f.row_no, CASE WHEN {_SAME} THEN 1 ELSE 0 END,
            r.customer_no, r.id_index, r.branch_id
        FROM (
            SELECT row_no, FIRST_VALUE(row_no) OVER (
                PARTITION BY {by}, COALESCE(product_id, 0) ORDER BY row_no) AS first_no
            FROM whitelist_uploadrow
            WHERE upload_id = %(upload)s AND {by} IS NOT NULL AND {by} <> %(nothing)s
        ) seen
        JOIN whitelist_uploadrow r ON r.upload_id = %(upload)s AND r.row_no = seen.row_no
        JOIN whitelist_uploadrow f ON f.upload_id = %(upload)s AND f.row_no = seen.first_no
        WHERE seen.row_no <> seen.first_no ORDER BY r.row_no
    """  # noqa: S608


@transaction.atomic
def check_across(upload: WhitelistUpload, headings: dict[str, str]) -> int:
    """Reject conflicts and repetitions, warn of shared phones; how many rows were rejected.

    `headings`: field → column as the file names it.
    """
    plan_for_sets()
    rejected = _reject_conflicts(upload, headings)
    rejected += _reject_repeated(upload, "customer_no", "", headings)
    rejected += _reject_repeated(upload, "id_index", b"", headings)
    _warn_of_shared_phones(upload, headings)
    return rejected


def _reject_conflicts(upload: WhitelistUpload, headings: dict[str, str]) -> int:
    """One 客户号 with two ID numbers, or the reverse: nobody can say which is right, so all go."""
    problems: dict[int, tuple[Any, ...]] = {}
    for field, query in _CONFLICTING.items():
        at = 1 if field == "customer_no" else 2
        rows = fetch(query, upload=upload.pk)
        for _, group in groupby(rows, key=lambda row: _plain(row[at])):
            same = list(group)
            for row_no, customer_no, id_index, branch in same:
                others = [str(other[0]) for other in same if other[0] != row_no]
                params = {"rows": "、".join(others[:_SHOWN_ROWS])}
                problems[row_no] = _problem(
                    upload, row_no, headings.get(field, ""), "identity_conflict_rows", params,
                    customer_no, id_index, branch,
                )  # fmt: skip
    return _reject(upload, problems)


def _reject_repeated(
    upload: WhitelistUpload, by: str, nothing: str | bytes, headings: dict[str, str]
) -> int:
    column = headings.get("customer_no" if by == "customer_no" else "id_number", "")
    problems = {
        row_no: _problem(
            upload,
            row_no,
            column,
            "duplicate_in_file" if same else "duplicate_differs",
            {"row": first},
            customer_no,
            id_index,
            branch,
        )
        for row_no, first, same, customer_no, id_index, branch in fetch(
            _repeated(by), upload=upload.pk, nothing=nothing
        )
    }
    return _reject(upload, problems)


def _warn_of_shared_phones(upload: WhitelistUpload, headings: dict[str, str]) -> None:
    rows = fetch(
        """
        SELECT row_no, phone_index, customer_no, id_index, branch_id FROM whitelist_uploadrow
        WHERE upload_id = %(upload)s AND phone_index IN (
            SELECT phone_index FROM whitelist_uploadrow
            WHERE upload_id = %(upload)s AND phone_index IS NOT NULL
            GROUP BY phone_index HAVING COUNT(*) >= %(many)s)
        ORDER BY phone_index, row_no
        """,
        upload=upload.pk,
        many=SHARED_PHONE_CUSTOMERS,
    )
    problems = []
    for _, group in groupby(rows, key=lambda row: _plain(row[1])):
        same = list(group)
        people = len({row[2] or _plain(row[3]) for row in same})
        if people >= SHARED_PHONE_CUSTOMERS:
            problems += [
                _problem(upload, row_no, headings.get("phone", ""), "phone_shared",
                         {"count": people}, customer_no, id_index, branch,
                         level=ProblemLevel.WARNING.value)
                for row_no, _, customer_no, id_index, branch in same
            ]  # fmt: skip
    insert_problems(problems)


def _problem(
    upload: WhitelistUpload,
    row_no: int,
    column: str,
    code: str,
    params: dict[str, Any],
    customer_no: str,
    id_index: Any,
    branch: int,
    level: str = ProblemLevel.ERROR.value,
) -> tuple[Any, ...]:
    return (
        upload.pk, row_no, column[:60], code, level, json.dumps(params), customer_no, "",
        _plain(id_index), branch,
    )  # fmt: skip


def _plain(value: Any) -> Any:
    """Bytes are bytes on both engines."""
    return bytes(value) if isinstance(value, memoryview) else value


def _reject(upload: WhitelistUpload, problems: dict[int, tuple[Any, ...]]) -> int:
    insert_problems(problems.values())
    for row_nos in _chunks(problems):
        marks = ", ".join(str(int(number)) for number in row_nos)
        execute(
            f"DELETE FROM whitelist_uploadrow WHERE upload_id = %(upload)s AND row_no IN ({marks})",  # noqa: S608
            upload=upload.pk,
        )
    return len(problems)


def _chunks(numbers: Iterable[int]) -> Iterable[list[int]]:
    iterator = iter(numbers)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
