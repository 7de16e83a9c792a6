"""Customers whose time is over: off the lists, out of touch, no business; their data is emptied.

Unlike the deletion a customer asks for (ADR 19) this closes nothing: a list that names
them again brings its own data.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from outreach.actions.lead_lock import lock_in_order
from outreach.models import Lead
from outreach.pyramid.folding import fold_changes
from outreach.record.personal_data import DELETED, EMPTIED, SEALED
from outreach.stages import IN_PROCESS, StageBasis
from trust.retention import Rule, register_rule
from whitelist.imports.applying import one_list_at_a_time
from whitelist.models import Correction, Customer, LoanStep, Offer, WhitelistBatch

BUSINESS = (LoanStep.APPLIED, LoanStep.APPROVED, LoanStep.DRAWN)
WHY = "the clock looks over all"


def customers_due(before: datetime) -> QuerySet[Customer]:
    """Those whose last offer, contact and correction all ended before, and who still have data."""
    theirs = {"customer": OuterRef("pk")}
    offers = Offer.objects.unscoped(WHY).filter(**theirs)
    on_a_list = Q(is_in_force=True, valid_to__gte=timezone.localdate(before))
    withdrawn_since = Q(batch__in_force_at__gte=before)
    with_the_bank = Q(loan_step__in=BUSINESS)
    leads = Lead.objects.unscoped(WHY).filter(**theirs)
    in_touch = Q(last_attempt_at__gte=before) | Q(last_contact_at__gte=before)
    in_touch |= Q(follow_up_at__gte=before)
    in_process = Q(stage__in=IN_PROCESS, stage_basis=StageBasis.CONFIRMED)
    corrections = Correction.objects.unscoped(WHY).filter(**theirs)
    holds_something = Q.create([Q(**{f"{name}__isnull": False}) for name in SEALED], connector=Q.OR)
    return Customer.objects.unscoped(WHY).filter(
        holds_something,
        ~Exists(offers.filter(on_a_list | withdrawn_since | with_the_bank)),
        ~Exists(leads.filter(in_touch | in_process)),
        ~Exists(corrections.filter(stated_at__gte=before)),
        created_at__lt=before,
    )


@transaction.atomic
def forget(keys: Sequence[int], before: datetime) -> int:
    """Empty what is personal about these customers; returns how many rows that were."""
    one_list_at_a_time()
    leads = Lead.objects.unscoped(WHY).filter(customer__in=keys)
    lock_in_order(leads.values_list("pk", flat=True))
    customers = list(customers_due(before).filter(pk__in=keys))  # as it is by now
    count = 0
    for held in EMPTIED:
        if held.of_files:
            continue  # rows of files have a time of their own; those in force are emptied here
        count += held.empty(customers)
    count += sum(held.rows(customers).delete()[0] for held in DELETED)
    count += _empty_rows_in_force(customers)
    transaction.on_commit(fold_changes, robust=True)
    return count


def _empty_rows_in_force(customers: Sequence[Customer]) -> int:
    """The rows their offers stand on; a list on its way keeps its own."""
    rows = next(held for held in EMPTIED if held.model == "whitelist.UploadRow")
    of_lists = Q(customer__in=customers, upload__in=WhitelistBatch.objects.values("upload"))
    return rows.empty_where(of_lists)


register_rule("customers", Rule(due=customers_due, carry_out=forget))
