"""The map page."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from branches.access import FIELD_ROLES, StaffRequest, allow
from branches.models import Staff
from marketing_map.map_answers import tiles
from marketing_map.map_answers.asking import Asked
from marketing_map.map_answers.extent import extent, extent_of
from marketing_map.map_answers.segments import segments_of
from marketing_map.map_views.chips import chips_for
from outreach.expiry import ending_soon_in_words
from outreach.filters import PARAMETERS
from outreach.models import AmountBand, Lead, Stage
from outreach.pyramid.question import question_of
from whitelist.models import Precision, Product

CHINA = (73.5, 18.0, 135.1, 53.6)  # only where to look when a branch has no customer yet


@allow(*FIELD_ROLES)
@require_GET
def map_page(request: StaffRequest) -> HttpResponse:
    """The map with its filters; the list comes after it."""
    user = request.user
    context: dict[str, Any] = {
        "chips": chips_for(user),
        "states": _states(),
        "stages": Stage.choices,
        "bands": AmountBand.choices,
        "segments": _segments(user),
        "products": Product.objects.order_by("code"),
        "holders": _holders(user),
        "expiring_days": settings.EXPIRING_DAYS,
        "ending_soon": ending_soon_in_words(),
        "config": _config(user),
    }
    return render(request, "map/page.html", context)


def _states() -> list[dict[str, str]]:
    """The states drawn. 待触达 is two of them: everywhere else it means both together."""
    labels = {str(k): str(v) for k, v in Stage.choices}
    labels |= {"unassigned": _("待触达，待分配"), Stage.TO_CONTACT: _("待触达，已分配")}
    return [{"code": state, "label": labels[state]} for state in tiles.STATES]


def _segments(user: Staff) -> list[str]:
    """客群 that occur in the user's scope; looked up anew every five minutes."""
    branch = user.branch
    key = f"segments:{branch.pk}:{branch.number}:{branch.last_number}"  # as the tree is now
    known = cache.get(key)
    if known is None:
        known = segments_of(branch)
        cache.set(key, known, 300)
    return known


def _holders(user: Staff) -> list[Staff]:
    """Managers a supervisor may filter by."""
    if not user.is_supervisor:
        return []
    return list(Staff.objects.visible_to(user).managers().by_pinyin()[:200])


def _config(user: Staff) -> dict[str, Any]:
    """What the scripts of the page need to know."""
    west, south, east, north = _opening(user)
    return {
        "urls": {
            "tiles": reverse("map_tiles"),
            "outlines": reverse("map_outlines"),
            "list": reverse("map_list"),
            "nearby": reverse("map_nearby"),
            "page": reverse("map"),
            "village": reverse("village", args=("CODE",)),
        },
        "bounds": [west, south, east, north],
        "base": {
            "url": settings.BASE_MAP_URL,
            "datum": settings.BASE_MAP_DATUM,
            "attribution": settings.BASE_MAP_ATTRIBUTION,
            "maxZoom": settings.BASE_MAP_MAX_ZOOM,
        },
        "parameters": PARAMETERS,
        "states": _states(),
        "pinsFrom": tiles.PINS_FROM,
        "maxTileZoom": tiles.MAX_ZOOM,
        "endingSoon": ending_soon_in_words(),
    }


def _opening(user: Staff) -> tuple[float, float, float, float]:
    """Where the map opens: on the villages a manager looks after, else on all they may see,
    else on their branch, else on the country."""
    leads = Lead.objects.visible_to(user).workable()
    in_villages = leads.held_by(user).filter(precision__gte=Precision.VILLAGE)
    of_ones_own = extent(in_villages) if user.is_manager else None
    window = of_ones_own or extent_of(Asked(user, leads, question_of(user, {})))
    if window is not None:
        return window.west, window.south, window.east, window.north
    lon, lat = user.branch.lon, user.branch.lat
    if lon is not None and lat is not None:
        return lon - 0.1, lat - 0.08, lon + 0.1, lat + 0.08
    return CHINA
