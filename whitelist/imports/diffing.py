"""The diff of a list file against what is in force, inside its declared scope.

Each accepted row gets its customer and its change; the withdrawn are those in
force whom the file does not name. Nothing else is changed, so the preview and
putting in force run the same code.

- new: no offer in force of this programme and product within the scope (never
  listed, withdrawn before, or listed in another branch outside the scope).
- amount: the amount differs. Details that differ as well are applied too, but
  the row counts once, as amount.
- details: anything else but dates and score differs (`details_digest`).
- kept: the rest. New dates and score are applied, and are no change.
- withdrawn: only 全量 withdraws whom it does not name, only 调出 whom it does
  name, 增量 nobody. An invalid row of a listed customer keeps them as they were.
"""

# Only text of this code is put into statements; values are parameters.
# ruff: noqa: S608

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from branches.models import Branch
from whitelist.imports.first_assignment import FALLS
from whitelist.imports.identity import CUSTOMER_OF_ROW, reject_unclear_identities
from whitelist.imports.statements import execute, fetch, plan_for_sets, scalar
from whitelist.models import Change, Mode, WhitelistBatch, WhitelistUpload

CHUNK = 50_000  # rows in one statement: other writers get their turn between two
NUMBERS = {  # change → its name in the report
    Change.NEW: "new",
    Change.KEPT: "kept",
    Change.AMOUNT: "amount_changed",
    Change.DETAILS: "details_changed",
    Change.WITHDRAWN: "withdrawn",
}
Progress = Callable[[str, int, int], object]
HeldCounter = Callable[[WhitelistUpload], dict[str, int]]
_held_counters: list[HeldCounter] = []

_IN_SCOPE = """
    FROM whitelist_offer o JOIN branches_branch b ON b.id = o.branch_id
    WHERE o.programme_id = %(programme)s AND o.is_in_force
    AND b.number BETWEEN %(first)s AND %(last)s
"""
# NOT IN over lists without NULL: both engines hash them once.
_NOT_NAMED = f"""
    SELECT o.id, o.customer_id, o.branch_id, o.row_id {_IN_SCOPE}
    AND NOT EXISTS (SELECT 1 FROM whitelist_uploadrow r WHERE r.upload_id = %(upload)s
        AND r.customer_id = o.customer_id AND r.product_id = o.product_id)
    AND o.customer_id NOT IN (
        SELECT c.id FROM whitelist_uploadproblem x
        JOIN whitelist_customer c ON c.customer_no = x.customer_no
        WHERE x.upload_id = %(upload)s AND x.level = 'error' AND x.customer_no <> ''
        UNION ALL
        SELECT c.id FROM whitelist_uploadproblem x
        JOIN whitelist_customer c ON c.id_index = x.id_index
        WHERE x.upload_id = %(upload)s AND x.level = 'error' AND x.id_index IS NOT NULL)
"""
# A row of a 调出 list that names no product means every offer of the programme.
_NAMED = f"""
    SELECT o.id, o.customer_id, o.branch_id, o.row_id {_IN_SCOPE}
    AND EXISTS (SELECT 1 FROM whitelist_uploadrow r WHERE r.upload_id = %(upload)s
        AND r.customer_id = o.customer_id
        AND (r.product_id = o.product_id OR r.product_id IS NULL))
"""
_NOBODY = f"SELECT o.id, o.customer_id, o.branch_id, o.row_id {_IN_SCOPE} AND 1 = 0"
# The offers a list withdraws: id, customer, branch and row. `scope_values` has the parameters.
WITHDRAWALS = {Mode.FULL: _NOT_NAMED, Mode.WITHDRAW: _NAMED, Mode.ADD: _NOBODY}


def counts_held(counter: HeldCounter) -> HeldCounter:
    """Register who counts the held leads a diff touches: they are the upper floor's."""
    _held_counters.append(counter)
    return counter


def scope_values(upload: WhitelistUpload) -> dict[str, Any]:
    """The parameters of the statements about an upload's programme and scope."""
    return {
        "upload": upload.pk,
        "programme": upload.programme_id,
        "first": upload.scope.number,
        "last": upload.scope.last_number,
    }


def base_of(upload: WhitelistUpload) -> str:
    """Digest of the batches that shaped what is in force in the scope.

    It changes exactly when some batch of the programme, in a scope that
    overlaps, took effect or was undone.
    """
    batches = WhitelistBatch.objects.filter(
        programme_id=upload.programme_id,
        scope__number__lte=upload.scope.last_number,
        scope__last_number__gte=upload.scope.number,
    )
    ids = batches.order_by("pk").values_list("pk", flat=True)
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()


def compare(upload: WhitelistUpload, progress: Progress | None = None) -> None:
    """Find what the upload would change, and fill in its totals, diff and base.

    Safe to run again, after a crash or when another list has taken effect since.
    """
    upload.base = base_of(upload)
    reject_unclear_identities(upload)
    mark_rows(upload, progress)
    with transaction.atomic():
        _fill_in(upload)
        upload.save(update_fields=["totals", "diff", "base"])


def mark_rows(upload: WhitelistUpload, progress: Progress | None = None) -> None:
    """Give every row its customer and change, in chunks."""
    last = scalar(
        "SELECT COALESCE(MAX(row_no), 0) FROM whitelist_uploadrow WHERE upload_id = %(upload)s",
        upload=upload.pk,
    )
    for low in range(0, last + 1, CHUNK):
        if progress:
            progress(gettext_noop("比对"), low, last)
        execute(_MARK[Mode(upload.mode)], low=low, high=low + CHUNK - 1, **scope_values(upload))


def _marking(change: str, product: str = "who.product_id") -> str:
    return f"""
    UPDATE whitelist_uploadrow SET customer_id = found.customer_id, change = found.change
    FROM (
        SELECT who.row_id, who.customer_id, {change} AS change
        FROM (
            SELECT r.id AS row_id, r.product_id, r.amount, r.details_digest,
                COALESCE(by_no.id, by_id.id) AS customer_id
            FROM whitelist_uploadrow r {CUSTOMER_OF_ROW}
            WHERE r.upload_id = %(upload)s AND r.row_no BETWEEN %(low)s AND %(high)s
        ) who
        LEFT JOIN whitelist_offer o ON o.customer_id = who.customer_id
            AND o.programme_id = %(programme)s AND o.product_id = {product} AND o.is_in_force
            AND o.branch_id IN (SELECT id FROM branches_branch
                                WHERE number BETWEEN %(first)s AND %(last)s)
    ) found
    WHERE found.row_id = whitelist_uploadrow.id
    AND (whitelist_uploadrow.change <> found.change
         OR whitelist_uploadrow.customer_id IS DISTINCT FROM found.customer_id)
    """


_COMPARED = f"""
    CASE WHEN o.id IS NULL THEN '{Change.NEW.value}'
         WHEN o.amount <> who.amount THEN '{Change.AMOUNT.value}'
         WHEN o.details_digest IS DISTINCT FROM who.details_digest THEN '{Change.DETAILS.value}'
         ELSE '{Change.KEPT.value}' END
"""
_CALLED_OFF = f"CASE WHEN o.id IS NULL THEN '' ELSE '{Change.WITHDRAWN.value}' END"
_MARK = {
    Mode.FULL: _marking(_COMPARED),
    Mode.ADD: _marking(_COMPARED),
    Mode.WITHDRAW: _marking(_CALLED_OFF, "COALESCE(who.product_id, o.product_id)"),
}


def _fill_in(upload: WhitelistUpload) -> None:
    plan_for_sets()
    values = scope_values(upload)
    by_branch: dict[int, dict[str, int]] = {}
    changes = fetch(
        """
        SELECT branch_id, change, COUNT(*) FROM whitelist_uploadrow
        WHERE upload_id = %(upload)s AND change NOT IN ('', 'withdrawn')
        GROUP BY branch_id, change
        """,
        upload=upload.pk,
    )
    withdrawn = fetch(
        f"SELECT branch_id, 'withdrawn', COUNT(*) FROM ({WITHDRAWALS[Mode(upload.mode)]}) w"
        " GROUP BY branch_id",
        **values,
    )
    totals = dict.fromkeys(NUMBERS.values(), 0)
    for branch_id, change, count in [*changes, *withdrawn]:
        by_branch.setdefault(branch_id, dict.fromkeys(NUMBERS.values(), 0))
        by_branch[branch_id][NUMBERS[Change(change)]] += count
        totals[NUMBERS[Change(change)]] += count
    upload.totals = {**upload.totals, **_row_totals(upload), **totals}
    in_force = scalar(f"SELECT COUNT(*) {_IN_SCOPE}", **values)
    unmatched = _unmatched_branches(upload, set(withdrawn_branches(withdrawn)))
    needs = []
    if totals["withdrawn"] * 100 > settings.WITHDRAW_ALARM_PERCENT * in_force:
        needs.append("withdrawals")
    if unmatched:
        needs.append("unmatched")
    upload.diff = {
        "by_branch": _named(by_branch),
        "held": _held(upload),
        "first_assignment": _first_assignment(upload),
        "withdraw_share": round(totals["withdrawn"] * 100 / in_force, 1) if in_force else 0,
        "unmatched_branches": unmatched,
        "needs": needs,
    }


def withdrawn_branches(withdrawn: list[tuple[Any, ...]]) -> list[int]:
    """The branches that would lose somebody."""
    return [branch_id for branch_id, _, count in withdrawn if count]


def _row_totals(upload: WhitelistUpload) -> dict[str, int]:
    """Rows accepted and rejected, after unclear identities were taken out."""
    accepted = upload.rows.count()
    rows = upload.totals.get("rows", accepted)
    return {"rows": rows, "accepted": accepted, "rejected": max(0, rows - accepted)}


def _named(by_branch: dict[int, dict[str, int]]) -> list[dict[str, Any]]:
    branches = Branch.objects.in_bulk(list(by_branch))
    ordered = sorted(by_branch, key=lambda pk: branches[pk].number)
    return [
        {"code": branches[pk].code, "name": branches[pk].name, **by_branch[pk]} for pk in ordered
    ]


def _held(upload: WhitelistUpload) -> dict[str, int]:
    held = {"amount_changed": 0, "details_changed": 0, "withdrawn": 0}
    for counter in _held_counters:
        held.update(counter(upload))
    return held


def _first_assignment(upload: WhitelistUpload) -> dict[str, int]:
    fallen = fetch(
        f"SELECT falls, COUNT(*) FROM ({FALLS}"
        " WHERE r.upload_id = %(upload)s AND r.change = 'new') f GROUP BY falls",
        upload=upload.pk,
    )
    return {"by_manager": 0, "by_outlet": 0, "by_place": 0, "unassigned": 0, **dict(fallen)}


def _unmatched_branches(upload: WhitelistUpload, losing: set[int]) -> list[str]:
    """Branches that would lose somebody and have an invalid row that matches nobody.

    That row might be one of those about to be withdrawn. A row whose branch is
    unreadable might be about any branch of the scope: it stands for all of them.
    """
    if upload.mode != Mode.FULL or not losing:
        return []
    matched = """
        EXISTS (SELECT 1 FROM whitelist_customer c
                WHERE x.customer_no <> '' AND c.customer_no = x.customer_no)
        OR EXISTS (SELECT 1 FROM whitelist_customer c WHERE c.id_index = x.id_index)
        OR EXISTS (SELECT 1 FROM whitelist_uploadrow r WHERE r.upload_id = x.upload_id
                   AND x.customer_no <> '' AND r.customer_no = x.customer_no)
        OR EXISTS (SELECT 1 FROM whitelist_uploadrow r WHERE r.upload_id = x.upload_id
                   AND r.id_index = x.id_index)
    """
    rows = fetch(
        f"""
        SELECT MAX(branch_id), MAX(is_matched) FROM (
            SELECT x.row_no, x.branch_id, CASE WHEN {matched} THEN 1 ELSE 0 END AS is_matched
            FROM whitelist_uploadproblem x
            WHERE x.upload_id = %(upload)s AND x.level = 'error' AND x.row_no > 0
        ) invalid GROUP BY row_no HAVING MAX(is_matched) = 0
        """,
        upload=upload.pk,
    )
    suspect = {branch_id for branch_id, _ in rows}
    if None in suspect:
        return [upload.scope.code]
    affected = Branch.objects.filter(pk__in=suspect)
    numbers = set(Branch.objects.filter(pk__in=losing).values_list("number", flat=True))
    return sorted(
        branch.code
        for branch in affected
        if any(branch.number <= number <= branch.last_number for number in numbers)
    )
