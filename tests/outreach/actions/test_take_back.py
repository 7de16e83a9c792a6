"""收回 and 离岗释放: what goes back, what stays, one winner, and the way back."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from outreach.actions.assign import assign_leads, undo_assignment
from outreach.actions.take_back import release_leaver, take_back, undo_take_back
from outreach.models import (
    Assignment,
    AssignmentOperation,
    ContactLog,
    Eligibility,
    Lead,
    OperationKind,
)
from tests.cast import Cast, make_cast, make_lead
from tests.outreach.test_one_winner import at_once
from trust.audit import digest_of_ids
from trust.models import AuditEvent


def fresh(lead: Lead) -> Lead:
    return Lead.objects.unscoped("test").get(pk=lead.pk)


def back(cast: Cast, *leads: Lead, **options: Any) -> Any:
    return take_back(leads={lead.pk: lead.holder_id for lead in leads}, by=cast.zhao, **options)


def open_holders(lead: Lead) -> list[int]:
    return list(
        Assignment.objects.filter(lead=lead, ended_at=None).values_list("holder", flat=True)
    )


def is_whole(lead: Lead) -> bool:
    """Whoever holds a lead has the one open assignment of it, and nobody else has."""
    holder = fresh(lead).holder_id
    return open_holders(lead) == ([holder] if holder else [])


def test_the_customers_are_nobodys_again_and_the_history_says_why(cast: Cast) -> None:
    leads = [make_lead(cast, holder=cast.wang), make_lead(cast, holder=cast.li)]
    result = back(cast, *leads)
    assert (result.count, result.lost) == (2, 0)
    assert (result.operation.kind, result.operation.count) == (OperationKind.TAKE_BACK, 2)
    for lead in leads:
        assert fresh(lead).holder is None and is_whole(lead)
        assert Assignment.objects.get(lead=lead).end_reason == "taken_back"
    event = AuditEvent.objects.get(action="lead.take_back")
    assert event.detail["leads_digest"] == digest_of_ids(lead.pk for lead in leads)
    assert event.actor_id == cast.zhao.pk and event.detail["count"] == 2


def test_business_in_process_stays_unless_it_is_asked_for(cast: Cast) -> None:
    applied = make_lead(cast, holder=cast.wang, stage="applied")
    refused_once = make_lead(cast, holder=cast.wang, stage="applied", application_refused=True)
    assert back(cast, applied, refused_once).count == 1
    assert fresh(applied).holder == cast.wang and fresh(refused_once).holder is None
    assert back(cast, applied, include_in_process=True).count == 1
    assert fresh(applied).holder is None


def test_what_changed_hands_meanwhile_is_lost(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    assign_leads(leads={lead.pk: cast.wang.pk}, to=cast.li, kind=OperationKind.LASSO, by=cast.zhao)
    result = back(cast, lead)  # seen with 王经理
    assert (result.operation, result.count, result.lost) == (None, 0, 1)
    assert fresh(lead).holder == cast.li and is_whole(lead)
    assert not AssignmentOperation.objects.filter(kind="take_back").exists()
    assert not AuditEvent.objects.filter(action="lead.take_back").exists()


def test_one_of_several_is_lost_and_the_others_go_back(cast: Cast) -> None:
    kept, gone = make_lead(cast, holder=cast.wang), make_lead(cast, holder=cast.wang)
    back(cast, gone)
    result = back(cast, kept, gone)
    assert (result.count, result.lost) == (1, 1)
    assert is_whole(kept) and is_whole(gone)
    assert Assignment.objects.filter(lead=gone).count() == 1


def test_nothing_out_of_scope_or_closed(cast: Cast) -> None:
    foreign = make_lead(cast, holder=cast.sun)
    closed = make_lead(cast, holder=cast.wang, eligibility="refused")
    unheld = make_lead(cast)
    assert back(cast, foreign, closed, unheld).count == 0
    assert fresh(foreign).holder == cast.sun and fresh(closed).holder == cast.wang


def test_undo_gives_each_back_to_who_had_it(cast: Cast) -> None:
    leads = [make_lead(cast, holder=holder) for holder in (cast.wang, cast.li)]
    operation = back(cast, *leads).operation
    result = undo_take_back(operation=operation, by=cast.zhao)
    assert (result.restored, result.kept) == (2, {})
    assert [fresh(lead).holder for lead in leads] == [cast.wang, cast.li]
    assert all(is_whole(lead) for lead in leads)
    assert Assignment.objects.exclude(end_reason="", end_note="").count() == 0
    assert AuditEvent.objects.get(action="lead.take_back_undo").detail["count"] == 2
    with pytest.raises(ValueError, match="already"):
        undo_take_back(operation=operation, by=cast.zhao)


def test_undo_leaves_what_was_touched_and_says_why(cast: Cast) -> None:
    leads = [make_lead(cast, holder=cast.wang) for _ in range(4)]
    of_li = make_lead(cast, holder=cast.li)
    untouched, given_on, called, withdrawn = leads
    operation = back(cast, *leads, of_li).operation
    assign_leads(leads={given_on.pk: None}, to=cast.li, kind=OperationKind.LASSO, by=cast.zhao)
    ContactLog.objects.create(
        uuid=uuid.uuid4(), lead=called, channel="hq_call", started_at=timezone.now()
    )
    Lead.objects.unscoped("test").filter(pk=withdrawn.pk).update(eligibility="withdrawn")
    cast.li.is_active = False
    cast.li.save()
    result = undo_take_back(operation=operation, by=cast.zhao)
    assert result.restored == 1 and fresh(untouched).holder == cast.wang
    assert result.kept == {
        "已有新的持有人": 1,
        "已有联系记录": 1,
        "已移出、过期或拒绝营销": 1,
        "原持有人已离岗": 1,
    }
    assert all(is_whole(lead) for lead in (*leads, of_li))


def test_an_undo_that_restores_nothing_can_be_tried_again(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    operation = back(cast, lead).operation
    assign_leads(leads={lead.pk: None}, to=cast.li, kind=OperationKind.LASSO, by=cast.zhao)
    assert undo_take_back(operation=operation, by=cast.zhao).restored == 0
    operation.refresh_from_db()
    assert operation.undone_at is None


def test_a_leaver_is_freed_of_everything(cast: Cast) -> None:
    leads = [
        make_lead(cast, holder=cast.wang),
        make_lead(cast, holder=cast.wang, stage="applied"),
        make_lead(cast, holder=cast.wang, eligibility="withdrawn", stage="drawn"),
        make_lead(cast, holder=cast.wang, branch=cast.sister_outlet),
    ]
    other = make_lead(cast, holder=cast.li)
    result = release_leaver(staff=cast.wang, by=cast.zhao)
    assert (result.count, result.lost, result.operation.kind) == (4, 0, OperationKind.LEAVER)
    assert all(fresh(lead).holder is None and is_whole(lead) for lead in leads)
    assert fresh(other).holder == cast.li
    assert set(Assignment.objects.exclude(lead=other).values_list("end_reason", flat=True)) == {
        "left"
    }
    event = AuditEvent.objects.get(action="lead.release")
    assert (event.detail["staff"], event.detail["to"]) == (cast.wang.pk, None)
    assert undo_take_back(operation=result.operation, by=cast.zhao).restored == 4
    assert all(fresh(lead).holder == cast.wang and is_whole(lead) for lead in leads)


def test_a_leavers_customers_go_to_a_colleague_also_when_disabled_before(cast: Cast) -> None:
    cast.wang.is_active = False
    cast.wang.save()
    leads = [make_lead(cast, holder=cast.wang, stage=stage) for stage in ("to_contact", "applied")]
    result = release_leaver(staff=cast.wang, by=cast.zhao, to=cast.li)
    assert result.count == 2 and result.operation.to == cast.li
    for lead in leads:
        assert fresh(lead).holder == cast.li and is_whole(lead)
        assert Assignment.objects.get(lead=lead, ended_at=None).previous_holder == cast.wang
    undo_assignment(operation=result.operation, by=cast.zhao)
    assert all(fresh(lead).holder is None and is_whole(lead) for lead in leads)


def test_a_handover_is_undone_to_whoever_is_still_there(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    result = release_leaver(staff=cast.wang, by=cast.zhao, to=cast.li)
    undo_assignment(operation=result.operation, by=cast.zhao)
    assert fresh(lead).holder == cast.wang and is_whole(lead)


def test_a_leaver_out_of_scope_keeps_theirs_and_receivers_are_managers_here(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.sun)
    assert release_leaver(staff=cast.sun, by=cast.zhao).operation is None
    assert fresh(lead).holder == cast.sun
    for to in (cast.wang, cast.sun, cast.zhao):
        with pytest.raises(ValueError, match="manager"):
            release_leaver(staff=cast.wang, by=cast.zhao, to=to)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_have_one_winner(transactional_db: None) -> None:
    world = make_cast()
    for _round in range(4):
        lead = make_lead(world, holder=world.wang)
        before = timezone.now() - timedelta(seconds=1)

        def act(lead: Lead = lead) -> Any:
            return take_back(leads={lead.pk: world.wang.pk}, by=world.zhao)

        def give(lead: Lead = lead) -> Any:
            return assign_leads(
                leads={lead.pk: world.wang.pk},
                to=world.li,
                kind=OperationKind.LASSO,
                by=world.zhao,
            )

        results = at_once([act, act, act, give, give])
        assert [each for each in results if isinstance(each, Exception)] == []
        assert sum(bool(each.operation) for each in results) == 1
        assert is_whole(lead)
        assert AssignmentOperation.objects.filter(at__gte=before, count=1, by=world.zhao).exists()


@pytest.mark.parametrize("eligibility", [Eligibility.REFUSED, Eligibility.CONTROL])
def test_undone_it_gives_nobody_back_who_may_not_be_contacted(cast: Cast, eligibility: str) -> None:
    lead = make_lead(cast, holder=cast.wang, stage="applied")
    operation = back(cast, lead, include_in_process=True).operation
    Lead.objects.unscoped("test").filter(pk=lead.pk).update(eligibility=eligibility)
    undone = undo_take_back(operation=operation, by=cast.zhao)
    assert undone.restored == 0 and undone.kept == {"已移出、过期或拒绝营销": 1}
    assert fresh(lead).holder is None
