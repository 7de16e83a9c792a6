"""Leads are locked in one order, so that nobody waits in a circle."""

from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from outreach.actions import deadlock
from outreach.actions.assign import assign_leads
from outreach.actions.lead_lock import lock_in_order, locked
from outreach.actions.take_back import take_back
from outreach.models import Lead, OperationKind
from tests.cast import Cast, make_cast, make_lead
from tests.outreach.test_one_winner import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> Cast:
    return make_cast()


def test_a_locked_lead_is_read_by_all_and_written_by_nobody_else(world: Cast) -> None:
    lead = make_lead(world)
    leads = Lead.objects.unscoped("test")

    def write_at_once() -> None:
        with transaction.atomic():
            leads.select_for_update(nowait=True).get(pk=lead.pk)

    with transaction.atomic():
        assert locked(lead.pk).pk == lead.pk
        if connection.vendor == "postgresql":
            [refused] = at_once([write_at_once])
            assert isinstance(refused, OperationalError)
        [seen] = at_once([lambda: leads.get(pk=lead.pk).pk])
        assert seen == lead.pk


def test_no_such_lead(world: Cast) -> None:
    with transaction.atomic(), pytest.raises(Lead.DoesNotExist):
        lock_in_order([10**9])
        locked(10**9)


def test_acts_over_the_same_leads_never_wait_in_a_circle(
    world: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Groups by holder come in the order seen: without one order of locks this ends in deadlocks."""
    monkeypatch.setattr(deadlock, "TRIES", 1)  # a deadlock is an error here
    for _ in range(4):
        leads = [make_lead(world, holder=world.wang if n % 2 else None) for n in range(40)]
        seen = {lead.pk: lead.holder_id for lead in leads}
        backwards = dict(reversed(seen.items()))
        later = dict(list(seen.items())[1:])

        def give(part: Any) -> Any:
            return lambda: assign_leads(
                leads=part, to=world.li, kind=OperationKind.LASSO, by=world.zhao
            )

        def free(part: Any) -> Any:
            return lambda: take_back(leads=part, by=world.zhao)

        acts = [give(seen), give(backwards), give(later), free(backwards), free(seen)]
        results = at_once(acts)
        assert not [each for each in results if isinstance(each, Exception)]
