"""Handing out a number to add the customer on WeChat."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from branches.models import Staff
from outreach.gates import GateRefusal, lasting_refusal, may_work
from outreach.models import Lead
from outreach.numbers import Number, dialling_refusal
from outreach.reveal_limits import COPIED, too_many_copied
from trust import audit


@transaction.atomic
def reveal_number(*, lead: Lead, by: Staff, request: Any = None) -> str | GateRefusal:
    """The number, recorded with what it is for; or which gate is closed.

    Refused, withdrawn, expired and control customers stay closed, and so does a
    number known to be wrong. Hours and frequency do not matter: it rings
    nobody, and whoever has just spoken to a customer has used up the day's
    conversation. Instead, one member of staff gets so many an hour (`reveal_limits`).

    Raises:
        PermissionDenied: not theirs to contact.
    """
    by.take_turn()
    lead.refresh_from_db()
    if not may_work(by, lead):
        raise PermissionDenied
    now = timezone.now()
    number: str = lead.customer.phone
    refusal = (
        lasting_refusal(lead, at=now)
        or dialling_refusal(lead.customer, Number.MAIN, number)
        or too_many_copied(by, at=now)
    )
    audit.record(
        "phone.reveal",
        by=by,
        target=f"lead:{lead.pk}",
        result=refusal.code if refusal else "ok",
        request=request,
        purpose=COPIED,
    )
    return refusal or number
