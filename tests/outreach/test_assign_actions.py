"""Assigning, undoing, claiming: what changes hands, what does not, and what is said."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from outreach.actions.assign import (
    CannotClaim,
    assign_leads,
    claim_lead,
    undo_assignment,
    who_has,
)
from outreach.models import Assignment, AssignmentOperation, ContactLog, Lead, OperationKind
from tests.cast import Cast, make_lead, make_staff
from trust.audit import digest_of_ids
from trust.models import AuditEvent


def fresh(lead: Lead) -> Lead:
    return Lead.objects.unscoped("test").get(pk=lead.pk)


def open_assignment(lead: Lead) -> Assignment:
    return Assignment.objects.get(lead=lead, ended_at=None)


def give(cast: Cast, *leads: Lead, to: Any = None, **seen: Any) -> Any:
    return assign_leads(
        leads={lead.pk: lead.holder_id for lead in leads},
        to=to or cast.wang,
        kind=OperationKind.LASSO,
        by=cast.zhao,
    )


def call(cast: Cast, lead: Lead, at: Any = None) -> ContactLog:
    return ContactLog.objects.create(
        uuid=uuid.uuid4(),
        lead=lead,
        staff=cast.wang,
        channel="call",
        started_at=at or timezone.now(),
    )


def test_pool_and_held_leads_change_hands(cast: Cast) -> None:
    pool, held = make_lead(cast), make_lead(cast, holder=cast.li)
    result = give(cast, pool, held)
    assert (result.assigned, result.lost) == (2, [])
    assert fresh(pool).holder == fresh(held).holder == cast.wang
    assert open_assignment(pool).previous_holder is None
    assert open_assignment(held).previous_holder == cast.li
    ended = Assignment.objects.get(lead=held, holder=cast.li)
    assert ended.ended_at and ended.end_reason == "reassigned"
    assert result.operation.count == 2
    assert fresh(held).branch == cast.outlet  # the manager's outlet is not the lead's


def test_one_audit_event_with_the_digest_of_the_ids(cast: Cast) -> None:
    leads = [make_lead(cast) for _ in range(3)]
    give(cast, *leads)
    event = AuditEvent.objects.get(action="lead.assign")
    assert event.detail["leads_digest"] == digest_of_ids(lead.pk for lead in leads)
    assert event.detail["count"] == 3 and event.detail["to"] == cast.wang.pk


def test_a_lead_that_changed_hands_meanwhile_is_lost_and_says_to_whom(cast: Cast) -> None:
    mine, taken = make_lead(cast), make_lead(cast)
    seen = {mine.pk: None, taken.pk: None}
    give(cast, taken, to=cast.li)
    result = assign_leads(leads=seen, to=cast.wang, kind=OperationKind.LASSO, by=cast.zhao)
    assert result.assigned == 1 and fresh(taken).holder == cast.li
    assert [str(lost) for lost in result.lost] == ["1 位已被 赵主管 抢先分配给 李经理"]


def test_lost_to_the_same_manager_is_lost_all_the_same(cast: Cast) -> None:
    lead = make_lead(cast)
    give(cast, lead)
    result = give(cast, lead)  # seen as 待分配, but already with the very manager
    assert result.operation is None and result.assigned == 0
    assert Assignment.objects.filter(lead=lead).count() == 1
    assert AssignmentOperation.objects.count() == 1
    assert AuditEvent.objects.filter(action="lead.assign").count() == 1


def test_withdrawn_expired_refused_and_control_are_never_assigned(cast: Cast) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    closed = [
        make_lead(cast, eligibility=e) for e in ("withdrawn", "expired", "refused", "control")
    ]
    closed.append(make_lead(cast, valid_to=yesterday))
    result = give(cast, *closed)
    assert result.assigned == 0 and not Assignment.objects.exists()
    assert str(result.lost[0]) == "5 位有变动，已不能分配"


def test_nothing_outside_the_supervisors_subtree(cast: Cast) -> None:
    foreign = make_lead(cast, branch=cast.far_outlet)
    assert give(cast, foreign).assigned == 0
    assert fresh(foreign).holder is None
    with pytest.raises(ValueError, match="manager"):
        give(cast, make_lead(cast), to=cast.sun)


@pytest.mark.parametrize("who", ["zhao", "qian", "zhou", "system"])
def test_only_managers_receive(cast: Cast, who: str) -> None:
    with pytest.raises(ValueError, match="manager"):
        give(cast, make_lead(cast), to=getattr(cast, who))


def test_a_manager_who_left_receives_nothing(cast: Cast) -> None:
    cast.li.is_active = False
    cast.li.save()
    with pytest.raises(ValueError, match="manager"):
        give(cast, make_lead(cast), to=cast.li)


def test_undo_gives_back_what_nobody_touched(cast: Cast) -> None:
    pool, held = make_lead(cast), make_lead(cast, holder=cast.li)
    operation = give(cast, pool, held).operation
    result = undo_assignment(operation=operation, by=cast.zhao)
    assert (result.restored, result.kept) == (2, {})
    assert fresh(pool).holder is None and not Assignment.objects.filter(lead=pool, ended_at=None)
    assert fresh(held).holder == cast.li and open_assignment(held).holder == cast.li
    assert Assignment.objects.filter(operation=operation, end_reason="undone").count() == 2
    assert AuditEvent.objects.get(action="lead.assign_undo").detail["count"] == 2


def test_undo_leaves_touched_leads_and_says_why(cast: Cast) -> None:
    untouched, called, given_on, returned = leads = [make_lead(cast) for _ in range(4)]
    operation = give(cast, *leads).operation
    call(cast, called)
    give(cast, fresh(given_on), to=cast.li)
    Assignment.objects.filter(lead=returned).update(ended_at=timezone.now(), end_reason="returned")
    Lead.objects.unscoped("test").filter(pk=returned.pk).update(holder=None)
    result = undo_assignment(operation=operation, by=cast.zhao)
    assert result.restored == 1 and result.kept == {"已有联系记录": 1, "改派": 1, "退回": 1}
    assert fresh(untouched).holder is None
    assert fresh(called).holder == cast.wang and fresh(given_on).holder == cast.li


def test_a_contact_before_the_assignment_does_not_hinder_undo(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.li)
    call(cast, lead, at=timezone.now() - timedelta(days=1))
    operation = give(cast, lead).operation
    assert undo_assignment(operation=operation, by=cast.zhao).restored == 1


def test_undo_twice_is_refused(cast: Cast) -> None:
    operation = give(cast, make_lead(cast)).operation
    undo_assignment(operation=operation, by=cast.zhao)
    with pytest.raises(ValueError, match="already"):
        undo_assignment(operation=operation, by=cast.zhao)


def test_an_undo_that_restores_nothing_does_not_count_as_undone(cast: Cast) -> None:
    lead = make_lead(cast)
    operation = give(cast, lead).operation
    call(cast, lead)
    assert undo_assignment(operation=operation, by=cast.zhao).restored == 0
    operation.refresh_from_db()
    assert operation.undone_at is None


def test_undo_gives_the_leads_of_a_manager_who_left_to_the_pool(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.li)
    operation = give(cast, lead).operation
    cast.li.is_active = False
    cast.li.save()
    undo_assignment(operation=operation, by=cast.zhao)
    assert fresh(lead).holder is None
    assert not Assignment.objects.filter(lead=lead, ended_at=None).exists()


def test_every_holder_has_exactly_one_open_assignment_throughout(cast: Cast) -> None:
    leads = [make_lead(cast, holder=holder) for holder in (None, cast.li, cast.wang, None)]
    first = give(cast, *leads[:2]).operation
    give(cast, *(fresh(lead) for lead in leads[1:]), to=cast.li)
    undo_assignment(operation=first, by=cast.zhao)
    for lead in leads:
        holders = Assignment.objects.filter(lead=lead, ended_at=None).values_list(
            "holder", flat=True
        )
        holder_id = fresh(lead).holder_id
        assert list(holders) == ([holder_id] if holder_id else [])


def test_claim(cast: Cast) -> None:
    lead = make_lead(cast)
    operation = claim_lead(lead=lead, by=cast.wang)
    assert fresh(lead).holder == cast.wang and operation.kind == OperationKind.CLAIM
    assert open_assignment(lead).operation == operation
    assert AuditEvent.objects.get(action="lead.claim").target == f"lead:{lead.pk}"


def test_the_second_claim_is_told_who_was_first(cast: Cast) -> None:
    lead = make_lead(cast)
    claim_lead(lead=lead, by=cast.li)
    with pytest.raises(CannotClaim, match="李经理 抢先认领"):
        claim_lead(lead=lead, by=cast.wang)


def test_claims_have_a_daily_cap(cast: Cast, settings: Any) -> None:
    settings.CLAIMS_PER_DAY = 2
    for _ in range(2):
        claim_lead(lead=make_lead(cast), by=cast.wang)
    with pytest.raises(CannotClaim, match="2 位"):
        claim_lead(lead=make_lead(cast), by=cast.wang)
    claim_lead(lead=make_lead(cast), by=cast.li)  # a colleague's cap is their own
    yesterday = timezone.now() - timedelta(days=1)
    AssignmentOperation.objects.filter(by=cast.wang).update(at=yesterday)
    claim_lead(lead=make_lead(cast), by=cast.wang)


def test_no_claim_beyond_the_outlet_or_of_the_closed(cast: Cast) -> None:
    for lead in (
        make_lead(cast, branch=cast.sister_outlet),
        make_lead(cast, eligibility="refused"),
    ):
        with pytest.raises(CannotClaim):
            claim_lead(lead=lead, by=cast.wang)
        assert fresh(lead).holder is None


def test_who_has_counts_by_giver_and_holder(cast: Cast) -> None:
    other = make_staff("zheng", "郑经理", cast.wang.role, cast.sister_outlet)
    leads = [make_lead(cast) for _ in range(3)]
    give(cast, *leads[:2], to=other)
    give(cast, leads[2])
    found = who_has([lead.pk for lead in leads])
    assert [(lost.count, lost.by, lost.holder) for lost in found] == [
        (2, cast.zhao, other),
        (1, cast.zhao, cast.wang),
    ]
