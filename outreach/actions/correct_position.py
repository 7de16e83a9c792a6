"""我在这里: whoever stands at the customer's door says where it is."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from branches.models import Staff
from outreach.distance import metres_between
from outreach.gates import may_work
from outreach.models import Lead
from outreach.tilekey import key_of
from trust import audit
from whitelist.actions.locations import state_location
from whitelist.geocoding.datum import outside_china
from whitelist.models import LocationSource, Place, Precision


@dataclass(frozen=True)
class Doubt:
    """Why a position is not taken as it is; `can_confirm` when asking again is enough."""

    code: str
    sentence: str
    can_confirm: bool = False


def doubt_about(
    lead: Lead, *, lon: float, lat: float, accuracy: float, confirmed: bool
) -> Doubt | None:
    """What speaks against a position the phone reported, or None.

    Args:
        lon, lat: WGS-84 degrees.
        accuracy: radius in metres, as the phone states it.
    """
    if outside_china(lon, lat):
        return Doubt("outside", _("手机给出的位置不在境内，没有保存。请检查手机定位后再试。"))
    if not 0 <= accuracy <= settings.POSITION_MAX_ACCURACY:
        said = _("定位误差约 %(metres)d 米，太大，没有保存。请到室外稍等再试。")
        return Doubt("inaccurate", said % {"metres": accuracy})
    away = _metres_from_village(lead, lon, lat)
    if away is not None and away > settings.POSITION_MAX_DISTANCE and not confirmed:
        said = _("这里离客户所在村约 %(km)d 公里。确定客户就在这里吗？")
        return Doubt("far", said % {"km": away / 1000}, can_confirm=True)
    return None


@transaction.atomic
def correct_position(*, lead: Lead, lon: float, lat: float, by: Staff) -> Lead:
    """State the position as 现场核实; the former one is kept. WGS-84 degrees.

    The village stays; a lead that had none gets the nearest village within
    about three kilometres.

    Raises:
        PermissionDenied: not theirs to correct.
        ValueError: not a point on earth.
    """
    if not may_work(by, lead):
        raise PermissionDenied
    key = key_of(lon, lat)
    village = lead.village or Place.objects.nearest_village(lon, lat)
    state_location(
        customer=lead.customer,
        lon=lon,
        lat=lat,
        precision=Precision.ON_SITE,
        source=LocationSource.ON_SITE,
        by=by,
        place=village,
    )
    Lead.objects.unscoped("checked above").filter(pk=lead.pk).update(
        tile_key=key, precision=Precision.ON_SITE, village=village
    )
    lead.tile_key, lead.precision, lead.village = key, Precision.ON_SITE, village
    audit.record("lead.correct_position", by=by, target=f"lead:{lead.pk}")
    return lead


def _metres_from_village(lead: Lead, lon: float, lat: float) -> float | None:
    village = lead.village
    if village is not None and village.lon is not None and village.lat is not None:
        return metres_between((village.lon, village.lat), (lon, lat))
    return metres_between(lead.point, (lon, lat)) if lead.point else None
