"""Leads somebody asks about on the map, in the two forms that answers come from."""

from dataclasses import dataclass

from branches.models import Staff
from outreach.pyramid.question import CellQuestion
from outreach.querysets import LeadQuerySet


@dataclass(frozen=True)
class Asked:
    """One question: as a query over leads, and for the cells when they can answer it.

    Both are of the viewer's scope and mean the same leads.
    """

    viewer: Staff
    leads: LeadQuerySet
    question: CellQuestion | None = None
