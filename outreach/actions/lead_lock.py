"""Whoever writes about customers waits for whoever does so already, and in one order.

The lead is locked before its logs and assignments, and many leads in the order
of their keys, everywhere: two that lock in different orders would wait for each
other until PostgreSQL ends one of them (a second later). Whoever needs the
lists' lock as well takes that one first (`applying.one_list_at_a_time`).
"""

from collections.abc import Iterable

from django.db import connection

from outreach.among import Among
from outreach.models import Lead

CHUNK = 10_000


def lock_in_order(lead_ids: Iterable[int]) -> None:
    """Nobody else writes these leads until the transaction ends; readers do not notice.

    Must be called in a transaction. On SQLite there is nothing to do: every
    transaction of ours takes the one write lock when it begins (BEGIN IMMEDIATE).
    """
    if not connection.features.has_select_for_update:
        return
    leads = Lead.objects.unscoped("only locked; what may be done with them is asked afterwards")
    ids = sorted(lead_ids)
    for start in range(0, len(ids), CHUNK):
        these = leads.filter(Among("pk", ids[start : start + CHUNK])).order_by("pk")
        list(these.select_for_update(no_key=True).values_list("pk"))


def locked(lead_id: int) -> Lead:
    """The lead as it stands, with its customer; nobody else writes it until the transaction ends.

    Raises:
        Lead.DoesNotExist: no such lead.
    """
    lock_in_order([lead_id])
    leads = Lead.objects.unscoped("found by its key, after the scope was checked")
    lead: Lead = leads.select_related("customer").get(pk=lead_id)
    return lead
