"""Giving an attempt its outcome, exactly once."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import Role, Staff
from outreach.actions.correct_customer import note_phone_fault
from outreach.actions.deadlock import again_on_deadlock
from outreach.actions.lead_lock import locked
from outreach.actions.refuse import close_as_logged, closes
from outreach.gates import held_lately, may_work, purpose_of
from outreach.models import Channel, ContactLog, Lead, PersonReached
from outreach.standing import restate_standing
from trust import audit
from trust.models import AuditEvent
from trust.wall import whole_bank
from whitelist.models import Customer


@dataclass(frozen=True)
class Answers:
    """What the outcome sheet says. Amount in 元; choices are values of `outreach.models`."""

    call_state: str = ""
    person: str = ""
    outcome: str = ""
    steps: list[str] = field(default_factory=list)
    need_amount: int | None = None
    need_time: str = ""
    need_purpose: str = ""
    business: str = ""
    season: str = ""
    follow_up_at: datetime | None = None
    note: str = ""

    def keepable(self, customer: Customer) -> "Answers":
        """What of it may be kept: codes alone, once the customer's data was deleted."""
        if customer.erased_at is None:
            return self
        return Answers(self.call_state, self.person, self.outcome, self.steps)

    def stand_in(self, log: ContactLog) -> bool:
        """Whether the log says the same already."""
        return all(getattr(log, name) == value for name, value in asdict(self).items())


TAKEN_BACK = "lead.take_back_visit"  # its audit event remembers the UUID of what is gone


class TakenBack(Exception):
    """The UUID was a visit that its author took back: it does not return."""


class CustomerErased(Exception):
    """The customer's data was deleted: another system has nothing to tell of them."""


class AlreadyLogged(Exception):
    """The attempt has another outcome already: `log` is what stands."""

    def __init__(self, log: ContactLog) -> None:
        super().__init__(str(log.uuid))
        self.log = log


def is_contact(channel: str, person: str) -> bool:
    """触达: the customer themselves was spoken to, met, or answered in writing."""
    return person == PersonReached.SELF and channel in {
        Channel.CALL,
        Channel.VISIT,
        Channel.WALK_IN,
        Channel.CALL_IN,
        Channel.WECHAT,
        Channel.HQ_CALL,
        Channel.HQ_AI_CALL,
    }


@whole_bank("its author may always finish it, whose customer it is by now")
@again_on_deadlock
@transaction.atomic
def log_outcome(
    *,
    log_uuid: UUID,
    by: Staff,
    answers: Answers,
    lead: Lead | None = None,
    channel: str = "",
    staff: Staff | None = None,
    started_at: datetime | None = None,
    source: str = "web",
) -> ContactLog:
    """Store an outcome under its UUID and move the lead forward.

    An attempt begun by a call is found by its UUID, and its author may always
    finish it, whoever holds the lead by now. Without one, `lead` and `channel`
    begin a log that was no call of ours (上门, 到店, 来电, 微信, or another
    system's). Sending the same again changes nothing and answers the same.

    Of a customer whose data was deleted, only codes are kept: no text, sum or day.

    Args:
        staff: who had the contact when another system reports it (`by` is the
            system then); None there means headquarters itself.

    Raises:
        AlreadyLogged: the UUID has another outcome.
        TakenBack: the UUID was a visit that was taken back.
        CustomerErased: another system reports on somebody whose data was deleted.
        PermissionDenied: not theirs.
        ContactLog.DoesNotExist: no such attempt, and no lead to begin one for.
    """
    logs = ContactLog.objects.unscoped("found by its own key; its author is checked")
    log = logs.filter(uuid=log_uuid).first()
    if log is None and (lead is None or not channel):
        raise ContactLog.DoesNotExist
    of = locked(log.lead_id if log else lead.pk)  # type: ignore[union-attr]
    answers = answers.keepable(of.customer)
    log = logs.filter(uuid=log_uuid).first()
    if log is None:
        log = _begin(logs, log_uuid, by, lead, channel, staff, started_at, source)
    author = log.staff_id if by.role != Role.SYSTEM else by.pk
    if author != by.pk or (lead is not None and log.lead_id != lead.pk):
        raise PermissionDenied
    if not logs.waiting().filter(pk=log.pk).update(logged_at=timezone.now()):
        log.refresh_from_db()
        log.lead = of
        if answers.stand_in(log):
            return log
        raise AlreadyLogged(log)
    if of.customer.erased_at and by.role == Role.SYSTEM:
        raise CustomerErased
    log.refresh_from_db()
    log.lead = of
    for name, value in asdict(answers).items():
        setattr(log, name, value)
    log.is_contact = is_contact(log.channel, log.person)
    log.save()
    if closes(log):
        close_as_logged(log, by=by)
    note_phone_fault(log=log, by=by)
    restate_standing([log.lead_id])
    audit.record(
        "lead.log",
        by=by,
        target=f"lead:{log.lead_id}",
        log=str(log.uuid),
        channel=log.channel,
        outcome=log.outcome or log.call_state,
    )
    return log


def _begin(
    logs: Any,
    log_uuid: UUID,
    by: Staff,
    lead: Lead | None,
    channel: str,
    staff: Staff | None,
    started_at: datetime | None,
    source: str,
) -> ContactLog:
    """A log that starts with its outcome. Two at once: the second finds the first."""
    if lead is None or not channel:
        raise ContactLog.DoesNotExist
    if _was_taken_back(log_uuid, lead):
        raise TakenBack
    if by.role != Role.SYSTEM and not (may_work(by, lead) or held_lately(by, lead)):
        raise PermissionDenied
    now = timezone.now()
    try:
        with transaction.atomic():
            log: ContactLog = ContactLog.objects.create(
                uuid=log_uuid,
                lead=lead,
                staff=staff if by.role == Role.SYSTEM else by,
                channel=channel,
                purpose=purpose_of(lead, at=started_at or now),
                started_at=started_at or now,
                source=source,
            )
    except IntegrityError:
        log = logs.get(uuid=log_uuid)
    return log


def _was_taken_back(log_uuid: UUID, lead: Lead) -> bool:
    events = AuditEvent.objects.filter(action=TAKEN_BACK, target=f"lead:{lead.pk}")
    return events.filter(detail__log=str(log_uuid)).exists()
