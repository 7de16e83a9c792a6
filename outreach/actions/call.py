"""Beginning a call: gates, attempt and audit event in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Staff
from outreach.gates import GateRefusal, first_refusal, may_work, purpose_of
from outreach.models import Channel, ContactLog, Lead
from outreach.numbers import Number, dialling_refusal, number_of
from outreach.reveal_limits import too_many_numbers, too_many_unlogged
from trust import audit
from trust.cipher import keyed_index, keyed_indexes
from trust.wall import whole_bank

# A lost answer may be asked for again this long; later it is a new call.
ASK_AGAIN = timedelta(minutes=2)


@dataclass(frozen=True)
class Placed:
    """An attempt that is on record, and the number to dial now."""

    log: ContactLog
    number: str


@transaction.atomic
def call(
    *,
    lead: Lead,
    by: Staff,
    log_uuid: UUID,
    which: Number = Number.MAIN,
    request: Any = None,
) -> Placed | GateRefusal:
    """Write down an attempt and hand out the number; or say which gate is closed.

    A refusal is an answer and not an error, so that its audit event stands. The
    same `log_uuid` again within two minutes is the same attempt (an answer was
    lost on the way). Two people calling one customer at once are told apart by a
    conditional update of the lead: one gets through, the other the collision gate.
    One person's calls queue: their own limits are counted one after the other.

    Raises:
        PermissionDenied: not theirs to call.
    """
    by.take_turn()
    now = timezone.now()
    while True:
        lead.refresh_from_db()  # before looking for the log: an equal one makes the claim fail
        with whole_bank("a UUID is one log's in the whole bank"):
            known = (
                ContactLog.objects.unscoped("found by its own key").filter(uuid=log_uuid).first()
            )
        if not may_work(by, lead):
            raise PermissionDenied
        number = number_of(lead.customer, which)
        refusal = (
            _asked_again(known, lead, by, number)
            if known
            else first_refusal(lead, by=by, at=now)
            or dialling_refusal(lead.customer, which, number)
            or _too_many(by, now)
        )
        if refusal:
            audit.record(
                "lead.call",
                by=by,
                target=f"lead:{lead.pk}",
                result=refusal.code,
                request=request,
                number=which.value,
            )
            return refusal
        if known or _claim(lead, now):
            break
    log = known or ContactLog.objects.create(
        uuid=log_uuid,
        lead=lead,
        staff=by,
        channel=Channel.CALL,
        purpose=purpose_of(lead, at=now),
        started_at=now,
        dialled_index=keyed_index("phone", number),
    )
    target, about = f"lead:{lead.pk}", {"log": str(log_uuid), "number": which.value}
    audit.record("lead.call", by=by, target=target, request=request, **about)
    if settings.CALL_GATEWAY == "tel":
        audit.record("phone.reveal", by=by, target=target, request=request, **about)
    return Placed(log, number)


@transaction.atomic
def cancel_call(*, log: ContactLog, by: Staff) -> None:
    """Take back an attempt the platform did not dial: nobody's phone rang."""
    mine = ContactLog.objects.unscoped("an attempt's own author").waiting()
    if mine.filter(pk=log.pk, staff=by).delete()[0]:
        audit.record(
            "lead.call_not_dialled", by=by, target=f"lead:{log.lead_id}", log=str(log.uuid)
        )


def _too_many(by: Staff, now: datetime) -> GateRefusal | None:
    """The caller's own limits; where a platform dials, no number is handed out."""
    numbers = too_many_numbers(by, at=now) if settings.CALL_GATEWAY == "tel" else None
    return too_many_unlogged(by, at=now) or numbers


def _claim(lead: Lead, now: Any) -> bool:
    """Win the lead for this attempt: nobody has called or reassigned it since it was read."""
    same = Lead.objects.unscoped("claimed by its key, after the scope was checked").filter(
        pk=lead.pk, holder_id=lead.holder_id, last_attempt_at=lead.last_attempt_at
    )
    return bool(same.update(last_attempt_at=now))


def _asked_again(known: ContactLog, lead: Lead, by: Staff, number: str) -> GateRefusal | None:
    same = known.lead_id == lead.pk and known.staff_id == by.pk and known.logged_at is None
    same_number = known.dialled_index in keyed_indexes("phone", number)
    if same and same_number and timezone.now() - known.started_at < ASK_AGAIN:
        return None
    return GateRefusal("used", _("这次呼叫已经记录过。请重新打开客户卡片再呼叫。"))
