"""May a customer be marketed to: the rule of `outreach.restating`, for one lead.

A refusal closes a lead while it is open. When it ends (reopened by 复核, or
taken back because it was a mistake) the lead follows its customer's offers
again, as it would have all along.
"""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from outreach.models import Assignment, Eligibility, EndReason, Lead, Refusal
from outreach.stages import IN_PROCESS
from whitelist.models import Offer

GONE = (Eligibility.WITHDRAWN, Eligibility.EXPIRED)


def eligibility_of(lead: Lead) -> Eligibility:
    """What a lead's eligibility is, from the refusals and offers on record."""
    if Refusal.objects.filter(customer_id=lead.customer_id, ended_at=None).exists():
        return Eligibility.REFUSED
    offers = Offer.objects.unscoped("all that a customer is offered decides, whoever offers it")
    in_force = offers.in_force().filter(customer_id=lead.customer_id)
    standing = list(in_force.values_list("valid_to", "is_control"))
    if not standing:
        return Eligibility.WITHDRAWN
    if any(is_control for _valid_to, is_control in standing):
        return Eligibility.CONTROL
    if all(valid_to < timezone.localdate() for valid_to, _is_control in standing):
        return Eligibility.EXPIRED
    return Eligibility.YES


@transaction.atomic
def restate_eligibility(lead: Lead) -> Eligibility:
    """Bring a lead to `eligibility_of`; off the list, its holder keeps only business in process.

    The rest of the lead (product, amount, expiry, branch) followed its offers
    while it was refused. A list that is taking effect has looked at refusals
    already: whoever ends one waits for it first (`applying.one_list_at_a_time`),
    before any lead is locked.
    """
    rows = Lead.objects.unscoped("brought to what is on record about it").filter(pk=lead.pk)
    rows.update(eligibility=F("eligibility"))  # takes the lock, changes nothing
    becomes = eligibility_of(lead)
    rows.update(eligibility=becomes)
    if becomes in GONE and rows.exclude(stage__in=IN_PROCESS).update(holder=None):
        Assignment.objects.filter(lead=lead, ended_at=None).update(
            ended_at=timezone.now(),
            end_reason=EndReason.EXPIRED if becomes == Eligibility.EXPIRED else EndReason.WITHDRAWN,
        )
    lead.refresh_from_db(fields=["eligibility", "holder"])
    return becomes
