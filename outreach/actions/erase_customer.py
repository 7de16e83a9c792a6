"""Deleting a customer's personal data at their own request (个人信息保护法第四十七条)."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Staff
from outreach.actions.export_files import discard_files_with
from outreach.models import Assignment, Eligibility, EndReason, Lead, Refusal, RefusalSource, Share
from outreach.pyramid.folding import fold_changes
from outreach.record.personal_data import DELETED, EMPTIED
from trust import audit
from whitelist.imports.applying import one_list_at_a_time
from whitelist.models import (
    Correction,
    CorrectionState,
    Customer,
    LoanStep,
    Offer,
    UploadRow,
    WhitelistBatch,
)

UNDER_WAY = (LoanStep.APPLIED, LoanStep.APPROVED, LoanStep.DRAWN)
ERASED = "客户资料已删除"  # stored in the language of the screens


class EraseRefused(Exception):
    """The data cannot be deleted; the message says why, for the person who tried."""


@transaction.atomic
def erase_customer(*, customer: Customer, by: Staff | None, reason: str) -> dict[str, int]:
    """Delete what is personal about a customer, and close them for every list and channel.

    The row stays as a tombstone (客户号, keyed index of the ID number, `erased_at`):
    a list that names them again has that row rejected. Offers, logs and results
    stay as pseudonymous codes and counts. Doing it again deletes what came since.

    Args:
        customer: found by whoever may run commands on the server.
        by: None is the system (the command line).
        reason: the request it answers; nothing personal, it is audited.

    Returns:
        how many rows were touched, by model.

    Raises:
        EraseRefused: an application or loan is under way, which the bank must keep.
    """
    one_list_at_a_time()
    leads = Lead.objects.unscoped("the customer's own lead").filter(customer=customer)
    leads.update(holder=F("holder"))  # takes the lock, changes nothing
    customer.refresh_from_db()
    _refuse_business(customer, leads.first())
    counts = {held.model: held.empty([customer]) for held in EMPTIED}
    counts |= {held.model: held.rows([customer]).delete()[0] for held in DELETED}
    _close_corrections(customer, by)
    _take_off_lists(customer)
    leads.update(eligibility=Eligibility.REFUSED, holder=None, branch_change_flagged=False)
    # The journal of the map's counts forgets them, too: at once, or when whoever counts is done.
    transaction.on_commit(fold_changes, robust=True)
    Assignment.objects.filter(lead__in=leads, ended_at=None).update(
        ended_at=timezone.now(), end_reason=EndReason.WITHDRAWN, end_note=ERASED
    )
    pages = Share.objects.unscoped("pages sent to the customer").filter(lead__in=leads)
    pages.close(timezone.now())
    discard_files_with(leads)
    _refuse_for_good(customer, by)
    first_time = Customer.objects.unscoped("found by the caller").filter(
        pk=customer.pk, erased_at=None
    )
    again = not first_time.update(erased_at=timezone.now())
    audit.record(
        "customer.erase",
        by=by,
        target=f"customer:{customer.pk}",
        reason=reason,
        rows=counts,
        again=again,
    )
    return counts


def _refuse_business(customer: Customer, lead: Lead | None) -> None:
    offers = Offer.objects.unscoped("all that the customer was offered").filter(customer=customer)
    told = offers.filter(loan_step__in=UNDER_WAY).exists()
    if told or (lead is not None and lead.is_confirmed_in_process):
        raise EraseRefused(
            _(
                "这位客户有已核实的申请、授信或贷款，银行依法须保存相关资料，不能删除。没有改动任何内容。"
            )
        )


def _close_corrections(customer: Customer, by: Staff | None) -> None:
    """What waits for review has nothing left to adopt."""
    pending = Correction.objects.unscoped("of the customer").filter(customer=customer).pending()
    pending.update(
        state=CorrectionState.REJECTED, decided_by=by, decided_at=timezone.now(), reason=ERASED
    )


def _take_off_lists(customer: Customer) -> None:
    """No offer stands, no undo puts one back, and no file on its way names them any more."""
    offers = Offer.objects.unscoped("all that the customer was offered").filter(customer=customer)
    offers.update(is_in_force=False, batch=None)
    in_force = WhitelistBatch.objects.values("upload")
    UploadRow.objects.filter(customer=customer).exclude(upload__in=in_force).update(change="")


def _refuse_for_good(customer: Customer, by: Staff | None) -> None:
    standing = Refusal.objects.filter(customer=customer, ended_at=None)
    standing.exclude(source=RefusalSource.ERASURE).update(
        ended_at=timezone.now(), ended_by=by, end_reason=ERASED
    )
    Refusal.objects.get_or_create(
        customer=customer, ended_at=None, defaults={"source": RefusalSource.ERASURE, "by": by}
    )
