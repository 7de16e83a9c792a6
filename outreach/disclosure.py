"""How much of a customer a member of staff is shown.

The holder sees the full name and address of their own customers, which is
recorded once a day; everybody else sees masks. Phone and ID number are masked
for everyone: a number leaves the server only by `outreach.actions.call` and
its like, one at a time and recorded.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from branches.models import Staff
from outreach.local_day import midnight
from outreach.models import Lead
from trust import audit
from trust.masking import mask_address, mask_id_number, mask_name, mask_phone
from trust.models import AuditEvent
from whitelist.models import AddressKind


@dataclass(frozen=True)
class Shown:
    """A customer as one viewer sees them."""

    name: str
    address: str
    phone: str
    id_number: str
    is_full: bool


def shown_to(viewer: Staff, lead: Lead) -> Shown:
    """The customer of a lead, as this viewer may see them. Records nothing itself."""
    customer = lead.customer
    is_full = lead.holder_id == viewer.pk
    village = lead.village.short_name if lead.village_id and lead.village else ""
    return Shown(
        name=customer.name if is_full else mask_name(customer.name),
        address=customer.best_address if is_full else village,
        phone=mask_phone(customer.phone),
        id_number=mask_id_number(customer.id_number),
        is_full=is_full,
    )


def names_for(viewer: Staff, leads: Iterable[Lead]) -> dict[int, str]:
    """Names for a list, by lead id, full or masked as `shown_to` has it."""
    return {lead.pk: shown_to(viewer, lead).name for lead in leads}


def addresses_to_locate(lead: Lead) -> list[tuple[str, str]]:
    """What somebody needs who looks for the village by hand: each address, down to the village.

    Kind and text. Group, house and landmark stay hidden, whoever looks: they
    do not help to find a village on a map.
    """
    customer = lead.customer
    kinds = (
        (AddressKind.BUSINESS, customer.business_address),
        (AddressKind.HOME, customer.home_address),
        (AddressKind.REGISTERED, customer.registered_address),
    )
    return [(str(kind.label), mask_address(address)) for kind, address in kinds if address]


def with_personal_data(leads: QuerySet[Lead]) -> QuerySet[Lead]:
    """The joins that `shown_to` needs, for a page of leads."""
    return leads.select_related("customer", "village", "product", "holder", "branch")


def record_daily_view(viewer: Staff, leads: Iterable[Lead]) -> None:
    """Record once a day that a holder was shown their customers in full."""
    held = [lead.pk for lead in leads if lead.holder_id == viewer.pk]
    if not held:
        return
    seen = AuditEvent.objects.filter(
        actor_id=viewer.pk, action="lead.seen_in_full", at__gte=midnight()
    )
    known = {pk for event in seen for pk in event.detail.get("leads", [])}
    fresh = sorted(set(held) - known)
    if fresh:
        audit.record("lead.seen_in_full", by=viewer, target=f"leads:{len(fresh)}", leads=fresh)
