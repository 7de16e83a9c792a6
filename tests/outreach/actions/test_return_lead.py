"""退回: the assignment ends with its reason, and only its holder can end it so."""

import pytest
from django.core.exceptions import PermissionDenied

from outreach.actions.return_lead import ReturnReason, return_lead
from outreach.models import Assignment, EndReason, Lead
from tests.cast import Cast, make_lead
from trust.models import AuditEvent


def test_the_customer_is_nobodys_again_and_the_reason_stands(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    return_lead(lead=lead, by=cast.wang, reason=ReturnReason.RELATED, note="是我表哥")
    lead.refresh_from_db()
    assignment = Assignment.objects.get(lead=lead)
    assert lead.holder is None and assignment.ended_at is not None
    assert assignment.end_reason == EndReason.RETURNED
    assert assignment.end_note == ReturnReason.RELATED.label
    assert assignment.end_remark == "是我表哥"


def test_the_note_stays_out_of_the_audit_log(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    return_lead(lead=lead, by=cast.wang, reason=ReturnReason.OTHER, note="是我表哥")
    event = AuditEvent.objects.get(action="lead.return")
    assert event.detail == {"reason": "other"} and event.target == f"lead:{lead.pk}"


def test_nobody_returns_what_a_colleague_holds(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    with pytest.raises(PermissionDenied):
        return_lead(lead=lead, by=cast.li, reason=ReturnReason.NOT_MINE)
    assert Lead.objects.unscoped("test").get(pk=lead.pk).holder == cast.wang
    assert Assignment.objects.get(lead=lead).ended_at is None


def test_a_lead_reassigned_meanwhile_is_not_returned(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    Lead.objects.unscoped("test").filter(pk=lead.pk).update(holder=cast.li)
    with pytest.raises(PermissionDenied):
        return_lead(lead=lead, by=cast.wang, reason=ReturnReason.NOT_MINE)
