"""An adopted address: the lead follows to a better place, and stays where people put it."""

import pytest

from outreach.actions.decide_correction import adopt_correction
from outreach.models import Lead
from outreach.tilekey import key_of
from tests.cast import SHOUGUANG, Cast, make_lead
from trust.models import AuditEvent
from whitelist.actions.corrections import CorrectionRefused, state_correction
from whitelist.actions.locations import state_location
from whitelist.models import Correction, CorrectionField, Location, LocationSource, Precision

NEXT = (118.81, 36.87)
NEXT_VILLAGE = "山东省潍坊市寿光市稻田镇王家庄村8号"


def correct(cast: Cast, lead: Lead, value: str = NEXT_VILLAGE) -> Lead:
    correction: Correction = state_correction(
        customer=lead.customer,
        branch=lead.branch,
        field=CorrectionField.HOME_ADDRESS,
        value=value,
        by=cast.wang,
    )
    adopt_correction(correction=correction, by=cast.feng)
    return Lead.objects.unscoped("test").select_related("customer", "village").get(pk=lead.pk)


def test_another_village_is_where_they_are(cast: Cast) -> None:
    lead = correct(cast, make_lead(cast, holder=cast.wang))
    assert lead.customer.home_address == NEXT_VILLAGE
    assert (lead.tile_key, lead.village) == (key_of(*NEXT), cast.next_village)
    location = Location.objects.get(customer=lead.customer, is_current=True)
    assert (location.lon, location.lat) == NEXT
    assert (location.address_kind, location.source) == ("home", LocationSource.GAZETTEER)
    assert (location.place, location.stated_by) == (cast.next_village, cast.feng)
    assert AuditEvent.objects.filter(action="lead.follow_address").exists()


def test_a_finer_place_is_taken(cast: Cast) -> None:
    coarse = make_lead(cast, holder=cast.wang, point=(118.93, 36.79), precision=Precision.TOWNSHIP)
    lead = correct(cast, coarse, "寿光市稻田镇刘庄村9号")
    assert (lead.precision, lead.tile_key) == (Precision.VILLAGE, key_of(*SHOUGUANG))


@pytest.mark.parametrize("address", ["说不清的地方", "寿光市稻田镇", "河北省石家庄市某村"])
def test_what_leads_nowhere_better_keeps_the_position(cast: Cast, address: str) -> None:
    before = make_lead(cast, holder=cast.wang)
    lead = correct(cast, before, address)
    assert lead.customer.home_address == address
    assert (lead.tile_key, lead.village) == (before.tile_key, cast.village)
    assert Location.objects.filter(customer=lead.customer).count() == 1


@pytest.mark.parametrize(
    ("source", "precision"),
    [(LocationSource.ON_SITE, Precision.ON_SITE), (LocationSource.BY_HAND, Precision.HAMLET)],
)
def test_what_people_said_stays(cast: Cast, source: LocationSource, precision: Precision) -> None:
    before = make_lead(cast, holder=cast.wang, precision=precision)
    lon, lat = SHOUGUANG
    state_location(
        customer=before.customer,
        lon=lon,
        lat=lat,
        precision=precision,
        source=source,
        by=cast.wang,
    )
    assert correct(cast, before).tile_key == before.tile_key


def test_a_refused_decision_moves_nothing(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    correction = state_correction(
        customer=lead.customer,
        branch=lead.branch,
        field=CorrectionField.HOME_ADDRESS,
        value=NEXT_VILLAGE,
        by=cast.feng,
    )
    with pytest.raises(CorrectionRefused):
        adopt_correction(correction=correction, by=cast.feng)
    lead.refresh_from_db()
    assert lead.village == cast.village
