"""The village on paper: a masked list to take along, and who printed it when."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from branches.access import FIELD_ROLES, StaffRequest, allow
from marketing_map.map_views.places import at_place, place_asked_for
from outreach.disclosure import with_personal_data
from outreach.models import Lead
from outreach.page_limits import page_of_customers
from trust import audit
from trust.masking import mask_address, mask_name
from whitelist.models import Place

MOST_ROWS = 300


@allow(*FIELD_ROLES)
@require_GET
@cache_control(no_store=True)
@page_of_customers
def village_print(request: StaffRequest, code: str) -> HttpResponse:
    """Masked for everybody, holders too: paper is left lying about. Recorded as a read."""
    place = place_asked_for(code)
    leads = at_place(Lead.objects.visible_to(request.user).workable(), place)
    listed = list(with_personal_data(leads.by_priority())[:MOST_ROWS])
    rows = [
        (
            lead,
            mask_name(lead.customer.name),
            _within_county(mask_address(lead.customer.best_address), place),
        )
        for lead in listed
    ]
    audit.record(
        "village.print",
        by=request.user,
        target=f"village:{place.code}",
        request=request,
        count=len(rows),
        leads_digest=audit.digest_of_ids(lead.pk for lead in listed),
    )
    context = {
        "place": place,
        "name": place.short_name,
        "rows": rows,
        "more": leads.count() - len(rows),
        "printed_at": timezone.now(),
    }
    return render(request, "map/village_print.html", context)


def _within_county(address: str, place: Place) -> str:
    """The part of an address that tells anything in a list of one village."""
    county = place.parent.parent if place.parent else None
    return address.rpartition(county.name)[2] or address if county else address
