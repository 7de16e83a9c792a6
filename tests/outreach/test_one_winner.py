"""One customer, one holder: many at once, on real transactions.

Every round asks from several threads at the same moment. The last two tests
take one of the two walls away: without the guard the database refuses the
second holder, and without both there are two, so the rounds can fail.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection

from outreach.actions import assign as module
from outreach.actions.assign import AssignResult, CannotClaim, assign_leads, claim_lead
from outreach.models import Assignment, Lead, OperationKind
from outreach.querysets import LeadQuerySet
from tests.cast import Cast, make_cast, make_lead
from tests.database import as_table_owner

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 8
ROUNDS = 6


@pytest.fixture
def world(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def no_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """The conditional UPDATE without its condition; everybody thinks they won."""

    def unguarded(leads: LeadQuerySet, holder_id: int | None) -> LeadQuerySet:
        return leads

    monkeypatch.setattr(module, "_still_held_by", unguarded)


@pytest.fixture
def no_constraint(transactional_db: None) -> Iterator[None]:
    """The table without its unique open assignment, put back afterwards."""
    wall = next(c for c in Assignment._meta.constraints if c.name == "one_holder_a_lead")
    with as_table_owner(), connection.schema_editor() as editor:
        editor.remove_constraint(Assignment, wall)
    yield
    Assignment.objects.all().delete()
    with as_table_owner(), connection.schema_editor() as editor:
        editor.add_constraint(Assignment, wall)


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Run each in a thread and connection of its own; what came back, or was raised."""
    start = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        try:
            start.wait()
            results[number] = act()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def giving(world: Cast, seen: dict[int, int | None], to: Any) -> Callable[[], AssignResult]:
    return lambda: assign_leads(leads=seen, to=to, kind=OperationKind.LASSO, by=world.zhao)


def claiming(lead: Lead, who: Any) -> Callable[[], Any]:
    return lambda: claim_lead(lead=lead, by=who)


def holders_of(lead: Lead) -> list[int]:
    """Who has an open assignment of this lead."""
    found = Assignment.objects.filter(lead=lead, ended_at=None)
    return list(found.values_list("holder_id", flat=True))


def test_assigning_one_customer_has_one_winner(world: Cast) -> None:
    for _ in range(ROUNDS):
        lead = make_lead(world)
        managers = [world.wang, world.li] * (CLIENTS // 2)
        results = at_once([giving(world, {lead.pk: None}, to) for to in managers])
        assert not [each for each in results if isinstance(each, Exception)]
        winners = [to for to, each in zip(managers, results, strict=True) if each.assigned]
        assert len(winners) == 1 and holders_of(lead) == [winners[0].pk]
        name = winners[0].name
        for each in results:
            told = f"1 位已被 赵主管 抢先分配给 {name}"
            assert each.assigned or [str(lost) for lost in each.lost] == [told]


def test_claiming_one_customer_has_one_winner(world: Cast) -> None:
    for _ in range(ROUNDS):
        lead = make_lead(world)
        managers = [world.wang, world.li] * (CLIENTS // 2)
        results = at_once([claiming(lead, who) for who in managers])
        lost = [each for each in results if isinstance(each, CannotClaim)]
        assert len(lost) == CLIENTS - 1
        holder = Lead.objects.unscoped("test").get(pk=lead.pk).holder
        assert holders_of(lead) == [holder.pk]
        assert all(holder.name in str(each) for each in lost)


def test_the_cap_on_claims_holds_when_all_are_made_at_once(world: Cast, settings: Any) -> None:
    settings.CLAIMS_PER_DAY = 3
    leads = [make_lead(world) for _ in range(CLIENTS)]
    results = at_once([claiming(lead, world.wang) for lead in leads])
    assert sum(isinstance(each, CannotClaim) for each in results) == CLIENTS - 3
    assert Assignment.objects.filter(holder=world.wang, ended_at=None).count() == 3


def test_overlapping_bulk_assignments_share_out_without_loss(world: Cast) -> None:
    leads = [make_lead(world, holder=world.wang if n % 3 else None) for n in range(60)]
    seen = {lead.pk: lead.holder_id for lead in leads}
    backwards = dict(reversed(seen.items()))
    results = at_once([giving(world, part, world.li) for part in (seen, backwards) * 2])
    assert not [each for each in results if isinstance(each, Exception)]
    assert sum(each.assigned for each in results) == len(leads)
    assert all(holders_of(lead) == [world.li.pk] for lead in leads)


def test_without_the_guard_the_constraint_refuses_a_second_holder(
    world: Cast, no_guard: None
) -> None:
    lead = make_lead(world)
    results = at_once([giving(world, {lead.pk: None}, to) for to in (world.wang, world.li)])
    assert sum(isinstance(each, IntegrityError) for each in results) == 1
    assert len(holders_of(lead)) == 1


def test_without_both_there_are_two_winners(
    world: Cast, no_guard: None, no_constraint: None
) -> None:
    lead = make_lead(world)
    results = at_once([giving(world, {lead.pk: None}, to) for to in (world.wang, world.li)])
    assert [each.assigned for each in results] == [1, 1] and len(holders_of(lead)) == 2
