"""Approved corrections and later lists.

A list that still says what was corrected does not undo the correction: the
corrected value stays. A list that says something new knows better and wins.
What a list "still says" is any value that an approved correction of that column
once replaced; the newest one approved is what stays.

Personal data is copied in sets (`applying.restate_customers`); the few customers
this is about are found in one statement and mended one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from whitelist.actions.corrections import index_of, put_value
from whitelist.imports.statements import execute, fetch, keep_for_now, keep_rows_for_now
from whitelist.models import (
    AddressKind,
    Correction,
    CorrectionField,
    CorrectionState,
    Customer,
    UploadRow,
)

CHUNK = 500
WRITTEN = ["phone_index", "phone_tail_index", *CorrectionField.values]
KIND_OF = {
    CorrectionField.BUSINESS_ADDRESS: AddressKind.BUSINESS,
    CorrectionField.HOME_ADDRESS: AddressKind.HOME,
}


def keep_faults() -> None:
    """Note the faulty numbers of ``list_stated``. Before personal data is copied."""
    keep_for_now(
        "list_faults",
        """
        SELECT c.id AS customer_id, c.phone_index FROM list_stated s
        JOIN whitelist_customer c ON c.id = s.customer_id
        WHERE s.same_details = 0 AND c.phone_fault <> ''
        """,
        key="customer_id",
    )


def put_back() -> None:
    """Mend what copying undid: its rows are locked by now, so every approval is seen or waits.

    Leaves ``list_corrected``: whose row is placed by an address that does not
    count, so that its position does not count either.
    """
    values, placed = _still_said()
    customers = Customer.objects.unscoped("of the list that takes effect")
    changed = list(customers.filter(pk__in=list(values), erased_at=None))
    for customer in changed:
        for name, value in values[customer.pk].items():
            put_value(customer, name, value)
    customers.bulk_update(changed, WRITTEN, batch_size=CHUNK)
    keep_rows_for_now("list_corrected", "customer_id bigint", placed, key="customer_id")


def clear_faults() -> None:
    """Another number than the faulty one: what was found out does not hold for it."""
    execute(
        """
        UPDATE whitelist_customer AS c SET phone_fault = '' FROM list_faults f
        WHERE c.id = f.customer_id AND c.phone_index IS DISTINCT FROM f.phone_index
        """
    )


def _still_said() -> tuple[dict[int, dict[str, str]], list[tuple[int]]]:
    """The values to put back by customer and column, and who is placed by a corrected address."""
    rows = dict(
        fetch(
            "SELECT s.customer_id, s.row_id FROM list_stated s WHERE s.same_details = 0 AND EXISTS"
            " (SELECT 1 FROM whitelist_correction k"
            " WHERE k.customer_id = s.customer_id AND k.state = 'approved')"
        )
    )
    told = UploadRow.objects.in_bulk(list(rows.values()))
    values: dict[int, dict[str, str]] = {}
    placed = []
    for customer_id, corrections_of in _approved(rows).items():
        row = told[rows[customer_id]]
        mine = {
            name: corrections[-1].value
            for name, corrections in corrections_of.items()
            if index_of(name, getattr(row, name)) in [each.before_index for each in corrections]
        }
        if mine:
            values[customer_id] = mine
        if row.address_kind in {KIND_OF.get(CorrectionField(name)) for name in mine}:
            placed.append((customer_id,))
    return values, placed


def _approved(customer_ids: Iterable[int]) -> Mapping[int, Mapping[str, list[Correction]]]:
    """The approved corrections of each customer by column, the newest last."""
    found: dict[int, dict[str, list[Correction]]] = defaultdict(lambda: defaultdict(list))
    rows = Correction.objects.unscoped("of the list that takes effect").filter(
        customer__in=list(customer_ids), state=CorrectionState.APPROVED
    )
    for correction in rows.order_by("decided_at", "pk"):
        found[correction.customer_id][correction.field].append(correction)
    return found
