"""The branch tree from a file; the leads follow when numbers change."""

from django.db import transaction

from branches.imports import tree
from branches.imports.table import Result, read_table
from branches.models import Staff
from outreach.actions.move_branch_numbers import move_branch_numbers
from trust import audit


@transaction.atomic
def import_branches(*, data: bytes, by: Staff | None) -> Result:
    """Create and change branches as the file says; with a problem in it, nothing.

    Nobody is removed: a branch that closes is merged by hand.

    Raises:
        branches.imports.table.UnreadableFile: the file as a whole cannot be used.
    """
    rows = read_table(data, tree.REQUIRED)
    problems = tree.check(rows)
    if problems:
        return Result(rows=len(rows), problems=problems)
    result = tree.apply(rows)
    if result.created or result.updated:
        audit.record("branch.import", by=by, created=result.created, updated=result.updated)
        move_branch_numbers(by=by)
    return result
