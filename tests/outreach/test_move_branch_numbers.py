"""A new branch renumbers the tree; leads follow at the same moment."""

import threading
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from branches.models import Branch, BranchLevel
from outreach import restating
from outreach.actions.move_branch_numbers import move_branch_numbers
from outreach.actions.put_list_in_force import put_list_in_force
from outreach.models import Lead
from tests.cast import Cast, make_branch, make_cast, make_lead
from tests.lists import approved, compared
from tests.outreach.test_one_winner import at_once


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


@pytest.mark.django_db(transaction=True)
def test_a_list_that_takes_effect_meanwhile_writes_the_new_numbers(monkeypatch: Any) -> None:
    """The list has read the numbers and not yet written them when the tree moves."""
    cast = make_cast()
    upload = approved(cast, compared(cast, [{"no": "A1", "branch": cast.sister_outlet}]))
    has_read, may_go_on = threading.Event(), threading.Event()

    def pause(name: str) -> None:
        if name == "applying:standing":
            has_read.set()
            may_go_on.wait(30)

    monkeypatch.setattr(restating, "crash_point", pause)

    def move_the_tree() -> int:
        has_read.wait(30)
        with transaction.atomic():
            make_branch("H37078300", "新网点", BranchLevel.OUTLET, cast.county)
            threading.Timer(0.5, may_go_on.set).start()  # meanwhile we wait for the list, or not
            return move_branch_numbers(by=None)

    in_force, moved = at_once(
        [lambda: put_list_in_force(upload=upload, by=cast.feng), move_the_tree]
    )
    assert not [each for each in (in_force, moved) if isinstance(each, Exception)]
    lead = Lead.objects.unscoped("test").select_related("branch").get()
    assert (lead.branch, lead.branch_number) == (cast.sister_outlet, lead.branch.number)


def test_a_number_that_is_not_the_branchs_is_found(cast: Cast) -> None:
    make_lead(cast, holder=cast.wang)
    call_command("verify_pyramid")
    Lead.objects.unscoped("test").update(branch_number=cast.sister_outlet.number)
    with pytest.raises(CommandError, match="1 leads count under a number"):
        call_command("verify_pyramid")
