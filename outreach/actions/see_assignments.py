"""知道了: a manager was told what is new in their hands."""

from django.db import transaction
from django.utils import timezone

from branches.models import Staff
from outreach.fieldwork.new_assignments import unseen
from outreach.models import Assignment
from trust import audit


@transaction.atomic
def see_assignments(*, by: Staff, up_to: int) -> int:
    """Mark what was announced as seen; what was assigned since stays new.

    Args:
        up_to: the newest assignment that was announced.

    Returns how many. Once more changes nothing and is not recorded again.
    """
    told = list(unseen(by).filter(pk__lte=up_to).values_list("pk", "lead"))
    rows = Assignment.objects.filter(pk__in=[pk for pk, _ in told], seen_at=None)
    count = rows.update(seen_at=timezone.now())
    if count:
        digest = audit.digest_of_ids(lead for _, lead in told)
        audit.record(
            "assignment.seen", by=by, target=f"leads:{count}", count=count, leads_digest=digest
        )
    return count
