"""更正: the author says anew how a contact of today went; what stood before is kept."""

import json
from dataclasses import asdict
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from branches.models import Staff
from outreach.actions.correct_customer import (
    fault_of,
    forget_phone_fault,
    note_phone_fault,
)
from outreach.actions.deadlock import again_on_deadlock
from outreach.actions.lead_lock import locked
from outreach.actions.log_outcome import Answers, is_contact
from outreach.actions.refuse import close_as_logged, closes
from outreach.eligibility import restate_eligibility
from outreach.models import (
    Channel,
    ContactLog,
    ContactLogVersion,
    PersonReached,
    Refusal,
    RefusalSource,
)
from outreach.standing import restate_standing
from trust import audit
from trust.wall import whole_bank
from whitelist.imports.applying import one_list_at_a_time
from whitelist.models import Offer


class TooLate(Exception):
    """The day on which the outcome was logged is over: it stands."""


def may_correct(log: ContactLog, *, by: Staff, at: datetime) -> bool:
    """Whether `by` may say anew what they logged: their own, on the same local day."""
    if log.staff_id != by.pk or log.logged_at is None or log.source != "web":
        return False
    return timezone.localdate(log.logged_at) == timezone.localdate(at)


@whole_bank("its author may always finish it, whose customer it is by now")
@again_on_deadlock
@transaction.atomic
def correct_log(*, log: ContactLog, by: Staff, answers: Answers, channel: str = "") -> ContactLog:
    """Replace what a log says, keep what it said, and restate the lead from the beginning.

    Whatever the mistake had moved moves back: stage, follow-up, and 拒绝营销 or 已故
    that only this log said. Sending the same again changes nothing. Of a customer
    whose data was deleted, only codes are kept: no text, sum or day.

    Args:
        channel: the right way of contact, for a log that was no call of ours.

    Raises:
        PermissionDenied: not theirs.
        TooLate: logged on an earlier day.
        ContactLog.DoesNotExist: taken back meanwhile.
    """
    logs = ContactLog.objects.unscoped("found by its own key; its author is checked")
    if closes(log):
        one_list_at_a_time()  # before any lead is locked: see `_take_back`
    lead = locked(log.lead_id)
    log = logs.get(pk=log.pk)
    log.lead = lead
    answers = answers.keepable(lead.customer)
    if log.staff_id != by.pk or log.logged_at is None:
        raise PermissionDenied
    now = timezone.now()
    if not may_correct(log, by=by, at=now):
        raise TooLate
    channel = log.channel if log.channel == Channel.CALL else channel or log.channel
    if answers.stand_in(log) and log.channel == channel:
        return log
    closed_before, fault_before = _closing_word(log), fault_of(log)
    _keep_version(log, by)
    for name, value in asdict(answers).items():
        setattr(log, name, value)
    log.channel, log.edited_at = channel, now
    log.is_contact = is_contact(log.channel, log.person)
    log.save()
    if closes(log):
        if _closing_word(log) != closed_before:  # else 复核 may have reopened them since
            close_as_logged(log, by=by)
    elif closed_before:
        _take_back(log, by, now)
    forget_phone_fault(former=fault_before, log=log, by=by)
    note_phone_fault(log=log, by=by)
    restate_standing([log.lead_id])
    audit.record(
        "lead.log_corrected",
        by=by,
        target=f"lead:{log.lead_id}",
        log=str(log.uuid),
        channel=log.channel,
        outcome=log.outcome or log.call_state,
    )
    return log


def _closing_word(log: ContactLog) -> str:
    """Why it closes the customer, 已故 before 拒绝营销; empty when it does not."""
    if not closes(log):
        return ""
    return "deceased" if log.person == PersonReached.DECEASED else "refused"


def _keep_version(log: ContactLog, by: Staff) -> None:
    said = {name: getattr(log, name) for name in Answers.__dataclass_fields__}
    content = json.dumps(
        {"channel": log.channel, **said}, cls=DjangoJSONEncoder, ensure_ascii=False
    )
    ContactLogVersion.objects.create(log=log, content=content, replaced_by=by)


def _take_back(log: ContactLog, by: Staff, now: datetime) -> None:
    """End the refusal this log made, unless somebody else has said the same since.

    Whether the customer may be marketed to again is what their offers say, by the
    rule that lists follow. The list's lock comes first: a list that takes effect
    meanwhile must see the refusal ended, or write its leads before we do.
    """
    refusal = Refusal.objects.filter(contact_log=log, ended_at=None).first()
    if refusal is None:
        return
    one_list_at_a_time()  # taken already, unless the log was corrected since it was read
    refusal.ended_at, refusal.ended_by, refusal.end_reason = now, by, "更正登记"
    refusal.save(update_fields=["ended_at", "ended_by", "end_reason"])
    audit.record("customer.refusal_ended", by=by, target=f"lead:{log.lead_id}", log=str(log.uuid))
    if _said_again(refusal):
        return
    restate_eligibility(log.lead)


def _said_again(refusal: Refusal) -> bool:
    """Whoever said so while the refusal was open found it open; now it becomes theirs."""
    customer = refusal.customer_id
    logs = ContactLog.objects.unscoped("whoever wrote it, the customer's word counts")
    later = logs.filter(lead__customer=customer, logged_at__gte=refusal.at)
    other = next((log for log in later.order_by("logged_at", "pk") if closes(log)), None)
    if other is not None:
        Refusal.objects.create(
            customer_id=customer,
            source=RefusalSource.CUSTOMER if other.staff_id else RefusalSource.HQ,
            contact_log=other,
            by_id=other.staff_id,
        )
        return True
    offers = Offer.objects.unscoped("what the lists in force say of this customer")
    flagged = offers.filter(
        customer=customer,
        is_in_force=True,
        row__do_not_contact=True,
        batch__in_force_at__gte=refusal.at,
    )
    if flagged.exists():
        Refusal.objects.create(customer_id=customer, source=RefusalSource.LIST)
        return True
    return False
