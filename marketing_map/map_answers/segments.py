"""客群 that occur in a branch's list."""

from branches.models import Branch
from outreach.models import Eligibility, Lead, LeadCell
from outreach.pyramid.layers import Kind, layer_for
from outreach.pyramid.question import is_far_down

MOST = 50


def segments_of(branch: Branch) -> list[str]:
    """Names of 客群 in the branch's scope, from cells counted beforehand where there are any."""
    if not is_far_down(branch):
        return _of_cells(branch)
    leads = Lead.objects.unscoped("names of 客群 in the branch").in_branch(branch)
    leads = leads.filter(
        eligibility=Eligibility.YES
    )  # of whom the map shows, as the cells know them
    found = leads.exclude(segment="").order_by().values_list("segment", flat=True).distinct()
    return sorted(found[:MOST])


def _of_cells(branch: Branch) -> list[str]:
    layer = layer_for(Kind.OFFER, 0, 2)
    if layer is None:
        return []
    cells = LeadCell.objects.filter(layer=layer.number, grain__range=branch.number_range, n__gt=0)
    found = cells.exclude(segment="").order_by().values_list("segment", flat=True).distinct()
    return sorted(found[:MOST])
