"""The numbers of the branch tree."""

from django.db import transaction

from branches.models import Branch
from branches.pinyin import sort_key

GAP = 16  # free numbers after each branch, so that a new outlet seldom renumbers others


@transaction.atomic
def renumber_branches() -> dict[int, int]:
    """Give every branch its preorder number, with gaps, and the end of its subtree.

    Siblings stand by code. Returns the new number of each branch whose number
    changed, by primary key: rows that carry a copy (leads) must follow in the
    same transaction, see `outreach.actions.move_branch_numbers`.
    """
    branches = list(Branch.objects.all())
    children: dict[int | None, list[Branch]] = {}
    for branch in sorted(branches, key=lambda each: each.code):
        children.setdefault(branch.parent_id, []).append(branch)

    changed: dict[int, int] = {}
    counter = 0

    def walk(branch: Branch) -> None:
        nonlocal counter
        counter += GAP
        old = (branch.number, branch.last_number, branch.sort_key)
        if branch.number != counter:
            changed[branch.pk] = counter
        branch.number = counter
        for child in children.get(branch.pk, []):
            walk(child)
        branch.last_number = counter + GAP - 1
        branch.sort_key = sort_key(branch.name)
        if old != (branch.number, branch.last_number, branch.sort_key):
            branch.save(update_fields=["number", "last_number", "sort_key"])

    for root in children.get(None, []):
        walk(root)
    return changed
