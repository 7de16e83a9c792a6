"""我在这里: a position somebody stood at."""

import pytest
from django.core.exceptions import PermissionDenied

from outreach.actions.correct_position import correct_position, doubt_about, metres_between
from outreach.models import Lead
from outreach.tilekey import key_of
from tests.cast import SHOUGUANG, Cast, make_lead
from trust.models import AuditEvent
from whitelist.models import Location, LocationSource, Precision

DOOR = (118.7921, 36.8613)


def test_the_new_position_counts_and_the_former_is_kept(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    correct_position(lead=lead, lon=DOOR[0], lat=DOOR[1], by=cast.wang)
    lead.refresh_from_db()
    assert lead.tile_key == key_of(*DOOR) and lead.precision == Precision.ON_SITE
    assert lead.village == cast.village
    former, now = Location.objects.filter(customer=lead.customer).order_by("pk")
    assert not former.is_current and (former.lon, former.lat) == SHOUGUANG
    assert now.is_current and (now.lon, now.lat) == DOOR
    assert now.source == LocationSource.ON_SITE and now.stated_by == cast.wang


def test_the_audit_event_holds_no_position(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    correct_position(lead=lead, lon=DOOR[0], lat=DOOR[1], by=cast.wang)
    event = AuditEvent.objects.get(action="lead.correct_position")
    assert event.target == f"lead:{lead.pk}" and "118" not in str(event.detail)


def test_who_was_nowhere_gets_the_nearest_village(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang, point=None)
    correct_position(lead=lead, lon=118.8098, lat=36.8702, by=cast.wang)
    lead.refresh_from_db()
    assert lead.village == cast.next_village


def test_far_from_every_village_there_is_none(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang, point=None)
    correct_position(lead=lead, lon=119.5, lat=36.0, by=cast.wang)
    assert Lead.objects.unscoped("test").get(pk=lead.pk).village is None


def test_not_by_a_colleague(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.wang)
    with pytest.raises(PermissionDenied):
        correct_position(lead=lead, lon=DOOR[0], lat=DOOR[1], by=cast.li)
    assert Location.objects.filter(customer=lead.customer).count() == 1


@pytest.mark.parametrize(
    ("lon", "lat", "accuracy", "confirmed", "code"),
    [
        (*DOOR, 12.0, False, None),
        (*DOOR, 200.0, False, None),
        (*DOOR, 200.1, False, "inaccurate"),
        (-73.98, 40.75, 10.0, True, "outside"),
        (0.0, 0.0, 10.0, True, "outside"),
        (118.79, 37.12, 10.0, False, None),  # 28.9 km north of the village
        (118.79, 37.14, 10.0, False, "far"),  # 31.1 km
        (118.79, 37.14, 10.0, True, None),
    ],
)
def test_what_speaks_against_a_position(
    cast: Cast, lon: float, lat: float, accuracy: float, confirmed: bool, code: str | None
) -> None:
    lead = make_lead(cast, holder=cast.wang)
    doubt = doubt_about(lead, lon=lon, lat=lat, accuracy=accuracy, confirmed=confirmed)
    assert (doubt.code if doubt else None) == code


def test_distance_is_in_metres() -> None:
    one_degree_north = metres_between((118.0, 36.0), (118.0, 37.0))
    assert one_degree_north == pytest.approx(111_195, abs=1)
