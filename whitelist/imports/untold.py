"""What a file has no column for is not erased.

Headquarters also sends short files: 客户号, product, amount and dates, and no
addresses. Their rows must not wipe a phone number or move a customer off the
map. Before such a list takes effect its rows are completed with what stands,
so that a row always says the whole truth and an undo can go back to it. An
empty cell in a column that the file does have is another matter: it says that
there is nothing.
"""

# Only text of this code is put into statements; values are parameters.
# ruff: noqa: S608

from collections.abc import Mapping

from django.db import transaction

from whitelist.imports.statements import execute, plan_for_sets
from whitelist.models import WhitelistUpload

# Columns of rows and customers, by the field of the file that tells them.
PERSONAL_OF_FIELD = {
    "id_type": ("id_type",),
    "id_number": ("id_number", "id_index"),
    "phone": ("phone", "phone_index", "phone_tail_index"),
    "phone2": ("phone2",),
    "business_address": ("business_address",),
    "home_address": ("home_address",),
    "registered_address": ("registered_address",),
    "division_code": ("division_code",),
}
OFFER_OF_FIELD = {"segment": ("segment",), "score": ("score",)}
PLACED_BY = {"business_address", "home_address", "registered_address", "division_code"}
POSITION = ("place_id", "lon", "lat", '"precision"', "address_kind")


@transaction.atomic
def complete_rows(upload: WhitelistUpload) -> None:
    """Fill what the file has no columns for from what stands. Safe to run again."""
    told = set(upload.mapping.values())
    if not told:
        return
    plan_for_sets()
    _fill(upload, _untold(PERSONAL_OF_FIELD, told), "whitelist_customer s", "s.id = r.customer_id")
    _fill(
        upload,
        _untold(OFFER_OF_FIELD, told),
        "whitelist_offer s",
        "s.customer_id = r.customer_id AND s.programme_id = %(programme)s"
        " AND s.product_id = r.product_id",
        programme=upload.programme_id,
    )
    if not told & PLACED_BY:
        _fill(
            upload,
            list(POSITION),
            "whitelist_location s",
            "s.customer_id = r.customer_id AND s.is_current",
        )


def _untold(columns_of: Mapping[str, tuple[str, ...]], told: set[str]) -> list[str]:
    return [
        column for field, columns in columns_of.items() if field not in told for column in columns
    ]


def _fill(
    upload: WhitelistUpload, columns: list[str], source: str, match: str, **values: int
) -> None:
    if not columns:
        return
    execute(
        f"""
        UPDATE whitelist_uploadrow AS r SET {", ".join(f"{c} = s.{c}" for c in columns)}
        FROM {source} WHERE r.upload_id = %(upload)s AND r.change <> '' AND {match}
        """,
        upload=upload.pk,
        **values,
    )
