"""未定位, worked by hand: somebody at a desk says where a customer is."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from branches.models import Staff
from outreach.models import Lead
from outreach.querysets import LeadQuerySet
from outreach.tilekey import key_of
from trust import audit
from whitelist.actions.locations import state_location
from whitelist.geocoding.datum import outside_china
from whitelist.models import Location, LocationSource, Place, PlaceLevel, Precision

# What choosing a place says. No place is as fine as a house.
PRECISION_OF = {
    PlaceLevel.TOWNSHIP: Precision.TOWNSHIP,
    PlaceLevel.VILLAGE: Precision.VILLAGE,
    PlaceLevel.HAMLET: Precision.HAMLET,
}
# A tap at a desk is as good as naming a hamlet: nobody stood at the door, so it
# is never drawn as a house, and 现场核实 stays what it says.
TAP_PRECISION = Precision.HAMLET
# Positions this coarse are open to the desk; finer ones only to who stated them there.
COARSE = (Precision.UNLOCATED, Precision.COUNTY, Precision.TOWNSHIP)


class NotLocated(ValueError):
    """The position was not taken; the text says why, for people."""


@transaction.atomic
def locate_by_hand(
    *, lead: Lead, by: Staff, place: Place | None = None, point: tuple[float, float] | None = None
) -> Lead:
    """State a position from a chosen place or a tapped point, and let the lead follow.

    Args:
        place: a township, village or hamlet with a point; ignored as a position
            when `point` is given, where it names the village.
        point: (lon, lat), WGS-84 degrees.

    Raises:
        NotLocated: nothing usable was given, or somebody else has located them meanwhile.
    """
    if point is not None:
        lon, lat = point
        if not (-180 <= lon <= 180 and -90 <= lat <= 90) or outside_china(lon, lat):
            raise NotLocated(_("这个点不在境内，没有保存。"))
        precision, village = (
            TAP_PRECISION,
            _village_of(place) or Place.objects.nearest_village(lon, lat),
        )
        place = place or village
    elif place is not None and place.lon is not None and place.lat is not None:
        if place.level not in PRECISION_OF:
            raise NotLocated(_("请选到乡镇或村。"))
        lon, lat, precision = place.lon, place.lat, PRECISION_OF[PlaceLevel(place.level)]
        village = _village_of(place)
    else:
        raise NotLocated(_("这个地名没有坐标，请在地图上点出位置。"))
    moved = _open_leads(by, lead).update(
        tile_key=key_of(lon, lat), precision=precision, village=village
    )
    if not moved:
        raise NotLocated(_("这位客户刚刚已经由别人定位。"))
    state_location(
        customer=lead.customer,
        lon=lon,
        lat=lat,
        precision=precision,
        source=LocationSource.BY_HAND,
        by=by,
        place=place,
        note="",
    )
    audit.record("lead.locate_by_hand", by=by, target=f"lead:{lead.pk}", precision=int(precision))
    lead.refresh_from_db(from_queryset=Lead.objects.unscoped("the row just written"))
    return lead


def open_to(by: Staff, lead: Lead) -> bool:
    """Whether this person may place the lead: it is coarse, or they placed it themselves."""
    return _open_leads(by, lead).exists()


def _open_leads(by: Staff, lead: Lead) -> LeadQuerySet:
    own = Location.objects.filter(is_current=True, source=LocationSource.BY_HAND, stated_by=by)
    mine = Q(customer__in=own.filter(customer=lead.customer_id).values("customer"))
    return Lead.objects.visible_to(by).filter(Q(precision__in=COARSE) | mine, pk=lead.pk)


def _village_of(place: Place | None) -> Place | None:
    """The village a place is or lies in; None for a township."""
    if place is None or place.level == PlaceLevel.TOWNSHIP:
        return None
    return place.parent if place.level == PlaceLevel.HAMLET else place
