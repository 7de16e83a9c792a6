"""The list beside the map, and the nearest to where one stands."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from branches.access import FIELD_ROLES, StaffRequest, allow
from marketing_map.map_answers.asking import Asked
from marketing_map.map_answers.in_turn import first_in_turn
from marketing_map.map_answers.nearest import counts_from
from marketing_map.map_answers.placed_first import placed_first, sorted_placed_first
from marketing_map.map_answers.totals import totals
from marketing_map.map_answers.window import Window, in_window
from marketing_map.map_views.asked import asked_for, window_asked_for
from marketing_map.map_views.chips import chips_for
from marketing_map.map_views.rows import rows_of
from outreach.distance import Point
from outreach.expiry import ending_soon_in_words
from outreach.filters import PARAMETERS
from outreach.page_limits import page_of_customers
from outreach.views.asked import point_asked_for

PAGE = 30
LAST_PAGE = 40
ORDERS = ("priority", "distance")
CARRIED = ("bounds", "order", "lon", "lat", *PARAMETERS)  # to the next page: what is known, only
NEARBY = 20
FEW_IN_VIEW = 2_000


@allow(*FIELD_ROLES)
@require_GET
@page_of_customers
def map_list(request: StaffRequest) -> HttpResponse:
    """Leads in view, by distance (from the user or the middle of the map) or by priority.

    ``page=2`` answers with the rows of that page alone, ``upto=2`` with the list as it
    stands when two pages are shown: who asks anew loses none that was opened.
    """
    window = window_asked_for(request)
    if window is None:
        raise BadRequest("bounds")
    page, upto = _page(request, "page"), _page(request, "upto")
    order, last = request.GET.get("order", ORDERS[0]), max(page, upto)
    if order not in ORDERS:
        raise BadRequest("order")
    asked = asked_for(request)
    origin = point_asked_for(request)
    wanted = last * PAGE + 1
    counts = totals(asked, window)
    if order == "distance":
        found = _by_distance(asked, counts["all"], window, origin, wanted)
        ids, metres = [pk for pk, _ in found], dict(found)
    else:
        ids = first_in_turn(asked, window, wanted, n=counts["all"])
        metres = {}
    rows = rows_of(
        ids[(page - 1) * PAGE : last * PAGE],
        viewer=request.user,
        origin=origin or (window.middle if order == "distance" else None),
        metres=metres,
    )
    context: dict[str, Any] = {
        "rows": rows,
        "next_page": last + 1 if len(ids) == wanted and last < LAST_PAGE else None,
        "query": _query_without_page(request),
        "order": order,
    }
    if page > 1:
        return render(request, "map/list.html#rows", context)
    context |= {
        "totals": counts,
        "chips": chips_for(request.user),
        "ending_soon": ending_soon_in_words(),
    }
    return render(request, "map/list.html", context)


def _by_distance(
    asked: Asked, n: int, window: Window, origin: Point | None, wanted: int
) -> list[tuple[int, float]]:
    """(lead id, metres) of those in view, the nearest first as far as it is known where they
    live (`placed_first`): few are measured, many looked up."""
    lon, lat = origin or window.middle
    if n > FEW_IN_VIEW:
        return placed_first(asked.leads, lon, lat, wanted, within=window)
    inside = in_window(asked.by_key, window).order_by()
    rows = inside.values_list("pk", "tile_key", "precision")
    return sorted_placed_first(rows, (lon, lat))[:wanted]


@allow(*FIELD_ROLES)
@require_GET
@page_of_customers
def map_nearby(request: StaffRequest) -> HttpResponse:
    """The twenty nearest to a point that may be worked on, known villages first."""
    point = point_asked_for(request)
    if point is None:
        raise BadRequest("lon, lat")
    asked = asked_for(request)
    counts = counts_from(asked.question) if asked.question else None
    found = placed_first(asked.leads, *point, NEARBY, counts=counts, few=asked.few)
    rows = rows_of([pk for pk, _ in found], viewer=request.user, metres=dict(found))
    context = {"rows": rows, "chips": chips_for(request.user)}
    return render(request, "map/list.html#nearby", context)


def _page(request: StaffRequest, name: str) -> int:
    text = request.GET.get(name, "1")
    is_number = text.isascii() and text.isdecimal() and len(text) < 5
    if not is_number or not 1 <= int(text) <= LAST_PAGE:
        raise BadRequest(name)
    return int(text)


def _query_without_page(request: StaffRequest) -> str:
    query = request.GET.copy()
    for name in set(query) - set(CARRIED):
        del query[name]
    return query.urlencode()
