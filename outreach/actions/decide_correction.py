"""Adopting a correction: the customer's column, and where a corrected address leads."""

from django.db import transaction

from branches.models import Staff
from outreach.models import Lead
from outreach.tilekey import key_of
from trust import audit
from whitelist.actions.corrections import approve_correction
from whitelist.actions.locations import state_location
from whitelist.geocoding.ladder import Addresses, Found, Ladder
from whitelist.models import (
    AddressKind,
    Correction,
    CorrectionField,
    Customer,
    Location,
    LocationSource,
    Place,
    Precision,
)

ADDRESSES = (CorrectionField.BUSINESS_ADDRESS, CorrectionField.HOME_ADDRESS)
BY_PEOPLE = (LocationSource.BY_HAND, LocationSource.ON_SITE)


@transaction.atomic
def adopt_correction(*, correction: Correction, by: Staff) -> Customer:
    """Approve it, and let the lead follow when another address leads to a better place.

    Raises:
        CorrectionRefused: decided meanwhile, one's own, or the data was deleted.
    """
    customer = approve_correction(correction=correction, by=by)
    if correction.field in ADDRESSES:
        leads = Lead.objects.unscoped("of a correction that was fetched in scope")
        lead = leads.select_related("branch", "village").filter(customer=customer).first()
        if lead is not None:
            _follow_address(lead, customer, by)
    return customer


def _follow_address(lead: Lead, customer: Customer, by: Staff) -> None:
    """Take where the addresses lead now, unless people have said where it is."""
    current = Location.objects.filter(customer=customer, is_current=True).first()
    if lead.precision == Precision.ON_SITE or (current and current.source in BY_PEOPLE):
        return
    found = _located(lead, customer)
    if found.lon is None or found.lat is None or not _is_better(found, lead):
        return
    key = key_of(found.lon, found.lat)
    same = Lead.objects.unscoped("checked above").filter(pk=lead.pk, tile_key=lead.tile_key)
    if not same.update(tile_key=key, precision=found.precision, village=found.village_id):
        return
    state_location(
        customer=customer,
        lon=found.lon,
        lat=found.lat,
        precision=Precision(found.precision),
        source=LocationSource.GAZETTEER,
        by=by,
        place=Place.objects.get(pk=found.place_id) if found.place_id else None,
        address_kind=found.address_kind,
        note=found.note,
    )
    audit.record(
        "lead.follow_address", by=by, target=f"lead:{lead.pk}", precision=int(found.precision)
    )


def _located(lead: Lead, customer: Customer) -> Found:
    """As a list's row is located, with the places of the counties it may lie in."""
    village = lead.village.code if lead.village else ""
    codes = (customer.division_code, lead.branch.division_code, village)
    counties = {code[:6] for code in codes if len(code) >= 6}
    if not counties:
        return Found()
    addresses = Addresses(
        business=customer.business_address,
        home=customer.home_address,
        registered=customer.registered_address,
        division_code=customer.division_code,
    )
    found = Ladder.load(sorted(counties)).locate(addresses)
    # The code alone says nothing of the new address.
    return Found() if found.address_kind == AddressKind.DIVISION else found


def _is_better(found: Found, lead: Lead) -> bool:
    """Finer, or another village: the former one came from an address that was wrong."""
    if found.precision > lead.precision:
        return True
    return found.village_id is not None and found.village_id != lead.village_id
