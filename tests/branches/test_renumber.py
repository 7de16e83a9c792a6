"""Any scope is one contiguous range of branch numbers."""

import random

from branches.actions import renumber_branches
from branches.models import Branch, BranchLevel
from tests.cast import Cast, make_branch


def subtree(branch: Branch) -> set[int]:
    below = {branch.pk}
    for child in branch.children.all():
        below |= subtree(child)
    return below


def test_a_range_holds_the_subtree_and_nothing_else(cast: Cast) -> None:
    parents = list(Branch.objects.all())
    chooser = random.Random(7)
    for serial in range(40):
        parent = chooser.choice(parents)
        parents.append(make_branch(f"X{serial:03d}", f"网点{serial}", BranchLevel.OUTLET, parent))
    renumber_branches()
    for branch in Branch.objects.all():
        assert set(Branch.objects.within(branch).values_list("pk", flat=True)) == subtree(branch)


def test_renumbering_twice_changes_nothing(cast: Cast) -> None:
    renumber_branches()
    assert renumber_branches() == {}


def test_a_new_branch_reports_who_moved(cast: Cast) -> None:
    make_branch("H370783015", "新网点", BranchLevel.OUTLET, cast.county)
    moved = renumber_branches()
    assert cast.sister_outlet.pk in moved
    assert cast.hq.pk not in moved
