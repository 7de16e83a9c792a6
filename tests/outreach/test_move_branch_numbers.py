"""A new branch renumbers the tree; leads follow at the same moment."""

from branches.models import Branch, BranchLevel
from outreach.actions.move_branch_numbers import move_branch_numbers
from outreach.models import Lead
from tests.cast import Cast, make_branch, make_lead


def test_leads_follow_their_branch(cast: Cast) -> None:
    lead, far = make_lead(cast, holder=cast.wang), make_lead(cast, holder=cast.sun)
    make_branch("H36", "江西分行", BranchLevel.PROVINCE, cast.hq)  # stands before 山东
    assert move_branch_numbers(by=None) == 2
    for moved in (lead, far):
        moved.refresh_from_db()
        assert moved.branch_number == Branch.objects.get(pk=moved.branch_id).number
    cast.zhao.branch.refresh_from_db()
    assert set(Lead.objects.visible_to(cast.zhao)) == {lead}
    assert move_branch_numbers(by=None) == 0
