"""The pool of an outlet, as those who take from it see it."""

from branches.models import Staff
from outreach.actions.assign import Lost, who_has
from outreach.local_day import midnight
from outreach.models import Assignment, Eligibility


def taken_today(pk: int, *, from_outlet_of: Staff) -> Lost | None:
    """Who has a customer that was in this manager's pool today, and has it no more.

    Somebody who looks at the pool a moment too late is told who was first. Of
    any other customer (a colleague's for long, another outlet's, one a list gave
    to somebody) it says nothing, as if they never were.
    """
    taken = Assignment.objects.out_of_the_pool_since(midnight()).filter(
        lead=pk, lead__branch_number__range=from_outlet_of.branch.number_range, ended_at=None
    )
    if not taken.exclude(lead__eligibility=Eligibility.CONTROL).exists():
        return None
    return who_has([pk])[0]
