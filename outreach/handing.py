"""Assignments follow from leads: after a list or the clock changed holders, they say the same.

Works on the temporary tables of `restating.py`, inside its transaction.
"""

from datetime import datetime

from django.db.models import F

from outreach.models import AssignmentOperation, OperationKind
from whitelist.imports.statements import execute, fetch, keep_for_now, keep_rows_for_now


def end_assignments(now: datetime) -> None:
    """Close those whose lead has another holder by now, or none."""
    execute(
        """
        UPDATE outreach_assignment AS a SET ended_at = %(now)s,
            end_reason = CASE WHEN s.eligibility IN ('withdrawn', 'expired') THEN s.eligibility
                              WHEN l.eligibility = 'withdrawn' THEN 'withdrawn'
                              ELSE 'moved' END
        FROM list_standing s JOIN outreach_lead l ON l.customer_id = s.customer_id
        WHERE a.lead_id = l.id AND a.ended_at IS NULL AND a.holder_id IS DISTINCT FROM l.holder_id
        """,
        now=now,
    )


def begin_assignments(now: datetime, operations: dict[int, int]) -> None:
    """One operation a manager, for the leads they got; by nobody: the list did it.

    `operations`: those of this list so far, by manager; the first call (for new
    leads, before others' leads are locked) leaves them for the second.
    """
    handed = keep_for_now(
        "list_handed",
        """
        SELECT l.id AS lead_id, l.holder_id FROM list_touched t
        JOIN outreach_lead l ON l.customer_id = t.customer_id
        LEFT JOIN outreach_assignment a ON a.lead_id = l.id AND a.ended_at IS NULL
        WHERE l.holder_id IS NOT NULL AND a.id IS NULL
        """,
        key="holder_id",
    )
    if not handed:
        return
    counts = dict(fetch("SELECT holder_id, COUNT(*) FROM list_handed GROUP BY holder_id"))
    _count_in(operations, counts)
    keep_rows_for_now(
        "list_operations",
        "operation_id bigint, holder_id bigint",
        [(operations[holder_id], holder_id) for holder_id in counts],
        key="holder_id",
    )
    execute(
        """
        INSERT INTO outreach_assignment (lead_id, holder_id, operation_id, previous_holder_id, at,
            end_reason, end_note)
        SELECT h.lead_id, h.holder_id, o.operation_id, NULL, %(now)s, '', ''
        FROM list_handed h JOIN list_operations o ON o.holder_id = h.holder_id
        """,
        now=now,
    )


def _count_in(operations: dict[int, int], counts: dict[int, int]) -> None:
    """Add so many leads to each manager's operation of this list, which may have to be made."""
    for holder_id in counts.keys() & operations.keys():
        AssignmentOperation.objects.filter(pk=operations[holder_id]).update(
            count=F("count") + counts[holder_id]
        )
    made = AssignmentOperation.objects.bulk_create(
        AssignmentOperation(kind=OperationKind.LIST, to_id=holder_id, by=None, count=count)
        for holder_id, count in sorted(counts.items())
        if holder_id not in operations
    )
    operations.update((operation.to_id, operation.pk) for operation in made if operation.to_id)
