"""Where the database holds what is personal about a customer: the deletion's own list.

A test walks every sealed column of the project: each is emptied by one of
`EMPTIED`, goes with its row in `DELETED`, or stands in `NOT_ABOUT_THE_CUSTOMER`
with the reason. A new sealed column belongs into one of the three.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from trust.cipher import forms_of, keyed_indexes
from trust.masking import mask_customer_no
from trust.retention import nothing_in
from whitelist.models import Customer
from whitelist.models.upload_row import PERSONAL as OF_A_ROW

SEALED = (
    *("name", "id_number", "phone", "phone2"),
    *("business_address", "home_address", "registered_address"),
)
SEARCHED = ("name_index", "phone_index", "phone_tail_index")


@dataclass(frozen=True)
class Held:
    """Columns of one table, and which of its rows are about some customers."""

    model: str
    about: Callable[[Sequence[Customer]], Q]
    columns: tuple[str, ...] = ()
    of_files: bool = False  # rows of files, known by the numbers they say

    def rows(self, customers: Sequence[Customer]) -> QuerySet[Any]:
        """The rows about these customers, whoever asks: the scope was checked before."""
        return self._where(self.about(customers))

    def empty(self, customers: Sequence[Customer]) -> int:
        """Bring the columns to what they are when nothing was ever said; how many rows."""
        return self.empty_where(self.about(customers))

    def empty_where(self, these: Q) -> int:
        """Likewise, in other rows of the table."""
        nothing = nothing_in(apps.get_model(self.model), self.columns)
        return self._where(these).update(**nothing)

    def _where(self, these: Q) -> QuerySet[Any]:
        return apps.get_model(self.model)._base_manager.filter(these)


def _of_lead(customers: Sequence[Customer]) -> Q:
    return Q(lead__customer__in=customers)


def _of_customer(customers: Sequence[Customer]) -> Q:
    return Q(customer__in=customers)


def _numbers(customers: Sequence[Customer]) -> list[str]:
    return [each.customer_no for each in customers if each.customer_no]


def _named(customers: Sequence[Customer]) -> Q:
    """Rows of list files: by who they were found to be about, and by the number they say."""
    return Q(customer__in=customers) | Q(customer_no__in=_numbers(customers))


def _reported(customers: Sequence[Customer]) -> Q:
    """What the check of a file said about their rows; known by the numbers alone."""
    indexes = [index for customer in customers for index in _id_indexes(customer)]
    return Q(customer_no__in=_numbers(customers)) | Q(id_index__in=indexes)


def _id_indexes(customer: Customer) -> list[bytes]:
    """All that may stand for their ID number; of an erased one, what is left of it."""
    number = customer.id_number
    return keyed_indexes("id", number) if number else forms_of(customer.id_index)


def _masked(customers: Sequence[Customer]) -> Q:
    """Rows of headquarters' files that show their number, masked; a namesake of the mask too."""
    return Q(shown__in=[mask_customer_no(number) for number in _numbers(customers)])


# `id_index` stays with customer and rows: it tells no ID number, and by it a list that
# names the customer again, even without their 客户号, is recognised and not followed.
EMPTIED = (
    Held(
        "whitelist.Customer",
        lambda customers: Q(pk__in=[customer.pk for customer in customers]),
        (*SEALED, *SEARCHED, "id_type", "division_code", "phone_fault"),
    ),
    Held(
        "whitelist.UploadRow",
        _named,
        tuple(name for name in OF_A_ROW if name != "id_index"),
        of_files=True,
    ),
    Held("whitelist.UploadProblem", _reported, ("shown",), of_files=True),
    Held("outreach.FeedProblem", _masked, ("shown",), of_files=True),
    Held("whitelist.Offer", _of_customer, ("details_digest", "segment", "score")),
    Held("whitelist.Correction", _of_customer, ("value", "before_index", "reason")),
    Held(
        "whitelist.LoanResult",
        lambda customers: Q(offer__customer__in=customers),
        ("reason",),
    ),
    Held(
        "outreach.Lead",
        _of_customer,
        (
            *("tile_key", "precision", "village", "segment", "score"),
            "follow_up_at",
        ),
    ),
    Held(
        "outreach.ContactLog",
        _of_lead,
        (
            *("need_purpose", "business", "season", "note", "need_amount", "need_time"),
            *("follow_up_at", "dialled_index"),
        ),
    ),
    Held("outreach.Assignment", _of_lead, ("end_remark",)),
    Held("outreach.Refusal", _of_customer, ("end_reason",)),
)
DELETED = (
    Held("whitelist.Location", _of_customer),
    Held("outreach.ContactLogVersion", lambda customers: Q(log__lead__customer__in=customers)),
)
NOT_ABOUT_THE_CUSTOMER = {
    "branches.SecondFactor.secret": "of a member of staff, for their login",
    "outreach.Export.words": "what a file is for; numbers are refused",
    "outreach.Export.reason": "why a file is not to be made; likewise",
    "outreach.ExportCopy.secret": "how one download is written",
    "outreach.ExportCopy.decoys": "customers who do not exist",
    "outreach.VillageProfile.helper_name": "the village's helper, who is no customer of the list",
    "outreach.VillageProfile.helper_phone": "likewise",
    "outreach.VillageProfile.note": "about a village",
}
