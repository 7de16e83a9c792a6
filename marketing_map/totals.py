"""The four numbers above a list of leads, and on the chips of the map."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from outreach.models import Stage
from outreach.querysets import LeadQuerySet

Totals = dict[str, int]


def totals(leads: LeadQuerySet) -> Totals:
    """How many, how many of them to contact, unassigned, expiring.

    All that is asked of a lead stands in the index that finds it (``lead_tile_counts``), so
    that no row is fetched to be counted: not even its id, which that index lacks.
    """
    soon = timezone.localdate() + timedelta(days=settings.EXPIRING_DAYS)
    return leads.order_by().aggregate(
        all=Count("*"),
        to_contact=Count("stage", filter=Q(stage=Stage.TO_CONTACT)),
        unassigned=Count("stage", filter=Q(holder=None)),
        expiring=Count("stage", filter=Q(valid_to__lte=soon)),
    )
