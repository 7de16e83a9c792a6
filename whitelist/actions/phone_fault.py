"""空号 and 非本人: the number on record must not be dialled again."""

from typing import Any
from uuid import UUID

from django.db import transaction

from branches.models import Staff
from trust import audit
from trust.cipher import forms_of
from whitelist.models import Customer, PhoneFault


@transaction.atomic
def state_phone_fault(
    *, customer: Customer, fault: PhoneFault | str, by: Staff, log: UUID | None = None
) -> bool:
    """Say what is wrong with the number on record; empty says that it is all right.

    Args:
        log: the contact in which it was found out.

    Returns:
        Whether it was taken: not when the number is another by now.
    """
    same = Customer.objects.unscoped("one customer, fetched in scope").filter(pk=customer.pk)
    if customer.phone_index is not None:
        same = same.filter(phone_index__in=forms_of(customer.phone_index))
    else:
        same = same.filter(phone_index=None)
    if not same.update(phone_fault=fault):
        return False
    customer.phone_fault = fault
    detail: dict[str, Any] = {"log": str(log)} if log else {}
    audit.record(
        "customer.phone_fault",
        by=by,
        target=f"customer:{customer.pk}",
        result=str(fault) or "ok",
        **detail,
    )
    return True
