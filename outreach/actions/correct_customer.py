"""更正 by the field: new numbers and addresses, 空号, 非本人."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from branches.models import Staff
from outreach.gates import may_work
from outreach.models import CallState, ContactLog, Lead, PersonReached
from trust import audit
from trust.cipher import same_index
from whitelist.actions import corrections
from whitelist.actions.phone_fault import state_phone_fault
from whitelist.models import Correction, PhoneFault


def state_correction(*, lead: Lead, field: str, text: str, by: Staff) -> Correction:
    """What whoever works the customer found out, as they typed it; it waits for review.

    Not atomic itself: that a value was the one on record is an answer about the
    customer, and its audit event stands though the correction is refused.

    Raises:
        PermissionDenied: not theirs to correct.
        CorrectionRefused: unreadable, known already, or somebody else's is waiting.
    """
    if not may_work(by, lead):
        raise PermissionDenied
    try:
        value = corrections.value_as_stored(lead.customer, field, text)
    except corrections.SameAsOnRecord:
        audit.record("correction.same", by=by, target=f"lead:{lead.pk}", field=str(field))
        raise
    return corrections.state_correction(
        customer=lead.customer, branch=lead.branch, field=field, value=value, by=by
    )


@transaction.atomic
def state_fault(*, lead: Lead, fault: PhoneFault | str, by: Staff) -> bool:
    """空号 or 非本人 without a call that says so, or 号码没问题 (empty).

    Returns:
        Whether it was taken: not when the number is another by now.

    Raises:
        PermissionDenied: not theirs to say.
    """
    if not may_work(by, lead):
        raise PermissionDenied
    return state_phone_fault(customer=lead.customer, fault=fault, by=by)


def note_phone_fault(*, log: ContactLog, by: Staff) -> None:
    """What a call of ours found out about the number on record, if it is the one it dialled.

    A call to the spare number, to one that waits for review, or to a number that
    has been replaced since says nothing about the number on record.
    """
    fault = fault_of(log)
    if not fault or log.dialled_index is None:
        return
    customer = log.lead.customer
    if same_index(customer.phone_index, log.dialled_index):
        state_phone_fault(customer=customer, fault=fault, by=by, log=log.uuid)


def forget_phone_fault(*, former: PhoneFault | None, log: ContactLog, by: Staff) -> None:
    """A corrected log says no longer what it found out: its own fault goes, nobody else's."""
    customer = log.lead.customer
    is_its_own = former is not None and customer.phone_fault == former
    same_number = same_index(customer.phone_index, log.dialled_index)
    if is_its_own and fault_of(log) is None and same_number:
        state_phone_fault(customer=customer, fault="", by=by, log=log.uuid)


def fault_of(log: ContactLog) -> PhoneFault | None:
    """What a log says about the number it dialled."""
    if log.call_state == CallState.NO_SUCH_NUMBER:
        return PhoneFault.NO_SUCH_NUMBER
    if log.person == PersonReached.WRONG_PERSON:
        return PhoneFault.WRONG_PERSON
    return None
