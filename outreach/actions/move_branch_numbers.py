"""Renumbering the branch tree, and every copy of a number with it."""

from django.db import transaction
from django.db.models import F

from branches.actions import renumber_branches
from branches.models import Staff
from outreach.actions.lead_lock import lock_in_order
from outreach.models import Lead
from outreach.pyramid.folding import follow_the_tree
from trust import audit
from trust.wall import whole_bank
from whitelist.imports.applying import one_list_at_a_time
from whitelist.imports.statements import execute


@whole_bank("the tree is every branch's")
@transaction.atomic
def move_branch_numbers(*, by: Staff | None) -> int:
    """Number the branches by the tree, and the leads by their branches, at one moment.

    Returns how many leads moved. Call it after any change to the tree.
    """
    one_list_at_a_time()  # a list copies numbers, too: it would write those of before
    changed = renumber_branches()
    leads = Lead.objects.unscoped("their copy of a branch's number")
    stale = leads.exclude(branch_number=F("branch__number"))
    lock_in_order(stale.order_by().values_list("pk", flat=True))
    moved = execute(
        """
        UPDATE outreach_lead AS l SET branch_number = b.number FROM branches_branch b
        WHERE b.id = l.branch_id AND l.branch_number <> b.number
        """
    )
    follow_the_tree()
    audit.record("branch.renumber", by=by, branches=len(changed), leads=moved)
    return moved
