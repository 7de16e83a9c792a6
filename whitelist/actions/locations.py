"""Saying where a customer is."""

from django.db import IntegrityError, transaction

from branches.models import Staff
from trust import audit
from whitelist.models import (
    AddressKind,
    Customer,
    Datum,
    Location,
    LocationSource,
    Place,
    Precision,
)

TRIES = 3


@transaction.atomic
def state_location(
    *,
    customer: Customer,
    lon: float,
    lat: float,
    precision: Precision,
    source: LocationSource,
    by: Staff | None,
    place: Place | None = None,
    address_kind: AddressKind | str = "",
    note: str = "",
    source_datum: Datum | str = Datum.WGS84,
) -> Location:
    """Make a new current location; the former one is kept, no longer current.

    Args:
        lon, lat: WGS-84 degrees, converted by the caller; `source_datum` notes
            what they were converted from.
        note: what matched; nothing personal.

    Whoever keeps a copy of the position (leads) follows in the same transaction.
    """
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                Location.objects.filter(customer=customer, is_current=True).update(is_current=False)
                location = Location.objects.create(
                    customer=customer,
                    lon=lon,
                    lat=lat,
                    precision=precision,
                    source=source,
                    source_datum=source_datum,
                    address_kind=address_kind,
                    place=place,
                    note=note,
                    stated_by=by,
                )
            break
        except IntegrityError:  # somebody else stated one between the two statements
            if attempt == TRIES - 1:
                raise
    audit.record(
        "location.state",
        by=by,
        target=f"customer:{customer.pk}",
        precision=int(precision),
        source=str(source),
    )
    return location
