"""Whose rows leave, and what each tells: nothing in clear that was not agreed to."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.http import QueryDict

from branches.models import Staff
from outreach.exports.addresses import Address, address_of
from outreach.filters import LeadFilter
from outreach.models import Lead, Stage
from outreach.querysets import LeadQuerySet
from trust.masking import mask_address, mask_name, mask_phone
from whitelist.models import Customer

Cell = str | int


@dataclass(frozen=True)
class Row:
    """One row: `key` is the lead's number, or below zero for somebody who does not exist.

    `cells` are the columns but the address, which each copy writes in its own way.
    `group`: rows of one village stay together, in the order of the villages.
    """

    key: int
    group: str
    cells: dict[str, Cell]
    address: Address


def exportable(user: Staff, question: str) -> LeadQuerySet:
    """Customers of the user's lead list under a filter who may be in a file.

    Never the control group, who refused, was withdrawn or has expired, whatever the purpose.
    """
    leads = Lead.objects.visible_to(user).workable()
    asked: LeadQuerySet = LeadFilter(QueryDict(question), queryset=leads, user=user).qs
    return asked


def rows_of(leads: LeadQuerySet, columns: Sequence[str], clear: Iterable[str]) -> Iterator[Row]:
    """The rows of these leads with these columns, masked where `clear` does not name them."""
    wanted, shown = set(columns), set(clear)
    full = leads.select_related(
        *("customer", "product", "holder", "branch"),
        "village__parent__parent__parent__parent",
    )
    for lead in full.order_by("pk").iterator(chunk_size=1000):
        village = lead.village
        cells = _cells(lead, shown)
        address = lead.customer.best_address
        yield Row(
            key=lead.pk,
            group=f"{village.sort_key or ''}|{village.code}" if village else "~",
            cells={key: cells[key] for key in cells if key in wanted},
            address=address_of(address if "address" in shown else mask_address(address), village),
        )


def _cells(lead: Lead, shown: set[str]) -> dict[str, Cell]:
    customer: Customer = lead.customer
    village = lead.village
    return {
        "name": customer.name if "name" in shown else mask_name(customer.name),
        "phone": customer.phone if "phone" in shown else mask_phone(customer.phone),
        "phone2": customer.phone2 if "phone2" in shown else mask_phone(customer.phone2),
        "township": village.parent.name if village and village.parent else "",
        "village": village.short_name if village else "",
        "amount": lead.amount,
        "valid_to": lead.valid_to.isoformat() if lead.valid_to else "",
        "stage": str(Stage(lead.stage).label),
        "holder": lead.holder.name if lead.holder else "",
        "segment": lead.segment,
        "product": lead.product.name if lead.product else "",
        "branch": lead.branch.name,
    }


def packed(rows: Iterable[Row]) -> bytes:
    """Rows as lines of JSON, to be sealed."""
    return b"\n".join(json.dumps(asdict(row), ensure_ascii=False).encode() for row in rows)


def unpacked(lines: bytes) -> list[Row]:
    return [_row(json.loads(line)) for line in lines.split(b"\n") if line]


def _row(found: dict[str, Any]) -> Row:
    parts = found.pop("address")
    return Row(**found, address=Address(tuple(parts["places"]), tuple(parts["tails"])))
