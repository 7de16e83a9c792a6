"""Where the database holds what is personal about a customer: the deletion's own list.

A test walks every sealed column of the project: each is emptied by one of
`EMPTIED`, goes with its row in `DELETED`, or stands in `NOT_ABOUT_THE_CUSTOMER`
with the reason. A new sealed column belongs into one of the three.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from trust.masking import mask_customer_no
from whitelist.models import Customer

SEALED = (
    *("name", "id_number", "phone", "phone2"),
    *("business_address", "home_address", "registered_address"),
)
SEARCHED = ("name_index", "phone_index", "phone_tail_index")


@dataclass(frozen=True)
class Held:
    """Columns of one table, and which of its rows are about a customer."""

    model: str
    about: Callable[[Customer], Q]
    columns: tuple[str, ...] = ()

    def rows(self, customer: Customer) -> QuerySet[Any]:
        """The rows about this customer, whoever asks: the scope was checked before."""
        return apps.get_model(self.model)._base_manager.filter(self.about(customer))

    def empty(self, customer: Customer) -> int:
        """Bring the columns to what they are when nothing was ever said; how many rows."""
        fields = apps.get_model(self.model)._meta
        nothing = {name: fields.get_field(name).get_default() for name in self.columns}
        return self.rows(customer).update(**nothing)


def _of_lead(customer: Customer) -> Q:
    return Q(lead__customer=customer)


def _of_customer(customer: Customer) -> Q:
    return Q(customer=customer)


def _named(customer: Customer) -> Q:
    """Rows of list files: by who they were found to be about, and by the number they say."""
    number = customer.customer_no
    return Q(customer=customer) | (Q(customer_no=number) if number else Q(pk__in=[]))


def _reported(customer: Customer) -> Q:
    """What the check of a file said about their rows; known by the numbers alone."""
    found = Q(customer_no=customer.customer_no) if customer.customer_no else Q(pk__in=[])
    return found | Q(id_index=customer.id_index) if customer.id_index else found


def _masked(customer: Customer) -> Q:
    """Rows of headquarters' files that show their number, masked; a namesake of the mask too."""
    number = customer.customer_no
    return Q(shown=mask_customer_no(number)) if number else Q(pk__in=[])


# `id_index` stays with customer and rows: it tells no ID number, and by it a list that
# names the customer again, even without their 客户号, is recognised and not followed.
EMPTIED = (
    Held(
        "whitelist.Customer",
        lambda customer: Q(pk=customer.pk),
        (*SEALED, *SEARCHED, "id_type", "division_code", "phone_fault"),
    ),
    Held(
        "whitelist.UploadRow",
        _named,
        (
            *(*SEALED, *SEARCHED, "id_type", "division_code", "details_digest", "segment"),
            *("place", "lon", "lat", "precision", "address_kind", "match_note", "score"),
            "hq_contact_state",
        ),
    ),
    Held("whitelist.UploadProblem", _reported, ("shown",)),
    Held("outreach.FeedProblem", _masked, ("shown",)),
    Held("whitelist.Offer", _of_customer, ("details_digest", "segment", "score")),
    Held("whitelist.Correction", _of_customer, ("value", "before_index", "reason")),
    Held(
        "whitelist.LoanResult",
        lambda customer: Q(offer__customer=customer),
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
    Held("outreach.ContactLogVersion", lambda customer: Q(log__lead__customer=customer)),
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
