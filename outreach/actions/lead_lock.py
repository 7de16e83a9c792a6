"""One lead at a time: whoever writes about a customer waits for whoever does so already.

The lead is locked before its logs, everywhere: two that lock in different
orders would wait for each other. Whoever needs the lists' lock as well takes
that one first (`applying.one_list_at_a_time`).
"""

from django.db.models import F

from outreach.models import Lead


def locked(lead_id: int) -> Lead:
    """The lead as it stands, with its customer; nobody else writes it until the transaction ends.

    Raises:
        Lead.DoesNotExist: no such lead.
    """
    leads = Lead.objects.unscoped("found by its key, after the scope was checked")
    this = leads.filter(pk=lead_id)
    this.update(eligibility=F("eligibility"))  # takes the lock, changes nothing
    lead: Lead = this.select_related("customer").get()
    return lead
