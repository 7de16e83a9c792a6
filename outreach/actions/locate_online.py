"""An online provider knows better where a customer is."""

from django.db import transaction

from outreach.actions.correct_position import metres_between
from outreach.actions.locate_by_hand import COARSE
from outreach.models import Lead
from outreach.tilekey import key_of
from trust import audit
from whitelist.actions.locations import state_location
from whitelist.geocoding.asking import Answer
from whitelist.models import Place, Precision

# An answer further than this from where the offline ladder stands, in metres,
# is about another place of the same name.
FURTHEST = {Precision.COUNTY: 80_000, Precision.TOWNSHIP: 25_000}


@transaction.atomic
def locate_online(*, lead: Lead, answer: Answer, by: None = None) -> bool:
    """Take a provider's answer when it is finer and not implausible; False when not taken.

    The lead must still be as coarse as it was read: whoever has located it
    meanwhile wins. Nobody is the actor: the clock asked.
    """
    if answer.precision <= lead.precision or lead.precision not in COARSE:
        return False
    furthest = FURTHEST.get(Precision(lead.precision))
    point = (answer.lon, answer.lat)
    if furthest and lead.point and metres_between(lead.point, point) > furthest:
        return False
    village = lead.village
    if village is None and answer.precision >= Precision.VILLAGE:
        village = Place.objects.nearest_village(*point)
    moved = (
        Lead.objects.unscoped("the clock, for every branch")
        .filter(pk=lead.pk, precision=lead.precision)
        .update(tile_key=key_of(*point), precision=answer.precision, village=village)
    )
    if not moved:
        return False
    state_location(
        customer=lead.customer,
        lon=answer.lon,
        lat=answer.lat,
        precision=answer.precision,
        source=answer.source,
        source_datum=answer.source_datum,
        by=by,
        place=village,
    )
    audit.record(
        "lead.locate_online", by=by, target=f"lead:{lead.pk}", precision=int(answer.precision)
    )
    return True
