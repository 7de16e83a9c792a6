"""Closing a customer for marketing, through whatever way it becomes known; and 点错了."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from branches.models import Staff
from outreach.eligibility import restate_eligibility
from outreach.gates import may_work
from outreach.local_day import midnight
from outreach.models import (
    ContactLog,
    Eligibility,
    Lead,
    Outcome,
    PersonReached,
    Refusal,
    RefusalSource,
    Share,
)
from outreach.standing import restate_standing
from trust import audit
from trust.wall import whole_bank
from whitelist.imports.applying import one_list_at_a_time

DECEASED = "deceased"


@transaction.atomic
def close_for_marketing(
    *,
    lead: Lead,
    by: Staff,
    source: RefusalSource = RefusalSource.CUSTOMER,
    log: ContactLog | None = None,
    result: str = "ok",
) -> None:
    """Do not contact: by their own word, or because they have died (on record as such).

    Pages that were sent to them answer no more.

    A person who has died is closed the same way, so that no channel rings the
    family again; the audit event says which of the two it was.

    Args:
        result: how the audit event puts it.
    """
    Refusal.objects.get_or_create(
        customer_id=lead.customer_id,
        ended_at=None,
        defaults={"source": source, "contact_log": log, "by": by},
    )
    Lead.objects.unscoped("the customer's own lead").filter(pk=lead.pk).update(
        eligibility=Eligibility.REFUSED
    )
    Share.objects.unscoped("pages sent to the customer").filter(lead=lead).close(timezone.now())
    detail: dict[str, Any] = {"log": str(log.uuid)} if log else {}
    audit.record("customer.refused", by=by, target=f"lead:{lead.pk}", result=result, **detail)


def closes(log: ContactLog) -> bool:
    """Whether it says that nobody shall market to the customer any more: 拒绝营销, or 已故."""
    return log.outcome == Outcome.REFUSED or log.person == PersonReached.DECEASED


def close_as_logged(log: ContactLog, *, by: Staff) -> None:
    """Close the customer of a log that `closes`."""
    if log.person == PersonReached.DECEASED:
        died = RefusalSource.DECEASED
        close_for_marketing(lead=log.lead, by=by, source=died, log=log, result=DECEASED)
    else:
        close_for_marketing(lead=log.lead, by=by, log=log)


@transaction.atomic
def record_death(*, lead: Lead, by: Staff) -> None:
    """已故: known without a contact of ours. Nobody rings the family again.

    Raises:
        PermissionDenied: not theirs to say.
    """
    if not may_work(by, lead):
        raise PermissionDenied
    close_for_marketing(lead=lead, by=by, source=RefusalSource.DECEASED, result=DECEASED)
    restate_standing([lead.pk])


def death_said_today(by: Staff, lead: Lead) -> Refusal | None:
    """What they can still take back: their own 已故 of today, without a contact."""
    return Refusal.objects.filter(
        customer_id=lead.customer_id,
        source=RefusalSource.DECEASED,
        by=by,
        contact_log=None,
        ended_at=None,
        at__gte=midnight(),
    ).first()


@whole_bank("who closed it may take it back, whose customer it is by now")
@transaction.atomic
def undo_death(*, lead: Lead, by: Staff) -> None:
    """点错了, by who said it and on the same day: the customer is what their offers say again.

    Raises:
        PermissionDenied: not theirs, another day, or taken back before.
    """
    said = death_said_today(by, lead)
    if said is None:
        raise PermissionDenied
    one_list_at_a_time()
    open_still = Refusal.objects.filter(pk=said.pk, ended_at=None)
    if not open_still.update(ended_at=timezone.now(), ended_by=by, end_reason="点错了"):
        raise PermissionDenied
    restate_eligibility(lead)
    restate_standing([lead.pk])
    audit.record("customer.death_undone", by=by, target=f"lead:{lead.pk}")
