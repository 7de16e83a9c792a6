"""Handing out a number to add the customer on WeChat."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Staff
from outreach.gates import GateRefusal, lasting_refusal, may_work
from outreach.models import Lead
from outreach.numbers import Number, dialling_refusal
from trust import audit
from trust.models import AuditEvent

HOUR = timedelta(hours=1)


@transaction.atomic
def reveal_number(*, lead: Lead, by: Staff, request: Any = None) -> str | GateRefusal:
    """The number, recorded with what it is for; or which gate is closed.

    Refused, withdrawn, expired and control customers stay closed, and so does a
    number known to be wrong. Hours and frequency do not matter: it rings
    nobody, and whoever has just spoken to a customer has used up the day's
    conversation. Instead, one member of staff gets `REVEALS_PER_HOUR` of them.

    Raises:
        PermissionDenied: not theirs to contact.
    """
    lead.refresh_from_db()
    if not may_work(by, lead):
        raise PermissionDenied
    now = timezone.now()
    number: str = lead.customer.phone
    refusal = (
        lasting_refusal(lead, at=now)
        or dialling_refusal(lead.customer, Number.MAIN, number)
        or _too_many(by, now)
    )
    audit.record(
        "phone.reveal",
        by=by,
        target=f"lead:{lead.pk}",
        result=refusal.code if refusal else "ok",
        request=request,
        purpose="wechat",
    )
    return refusal or number


def _too_many(by: Staff, now: datetime) -> GateRefusal | None:
    """The cap of an hour. Calls are not counted: they have their own gates."""
    events = AuditEvent.objects.filter(
        actor_id=by.pk, action="phone.reveal", result="ok", at__gt=now - HOUR
    ).order_by("at")
    times = [event.at for event in events if event.detail.get("purpose") == "wechat"]
    if len(times) < settings.REVEALS_PER_HOUR:
        return None
    until = times[-settings.REVEALS_PER_HOUR] + HOUR if settings.REVEALS_PER_HOUR else None
    sentence = _("一小时内已复制 %(count)s 个号码，已到上限。") % {"count": len(times)}
    return GateRefusal("reveals", sentence, until)
