"""The data of the map, by tile."""

from django.http import Http404, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page, require_GET

from branches.access import FIELD_ROLES, StaffRequest, allow, everybody
from marketing_map import tiles
from marketing_map.map_views.asked import asked_for
from marketing_map.outlines import outlines_for
from marketing_map.place_labels import labels_in_tile

# Kept by the browser alone, and asked about each time: a changed tile has another ETag.
COMPACT = {"ensure_ascii": False, "separators": (",", ":")}


@allow(*FIELD_ROLES)
@require_GET
@gzip_page
@conditional_page
@cache_control(private=True, no_cache=True)
def map_tile(request: StaffRequest, z: int, x: int, y: int) -> HttpResponseBase:
    """Cells or pins of one tile (`marketing_map.tiles`), filtered by the query string."""
    try:
        payload = tiles.tile(asked_for(request), z, x, y)
    except ValueError as error:
        raise Http404 from error
    return JsonResponse(payload, json_dumps_params=COMPACT)


@everybody
@require_GET
@gzip_page
@conditional_page
@cache_control(private=True, no_cache=True)
def map_base(request: StaffRequest, z: int, x: int, y: int) -> HttpResponseBase:
    """Place labels of one tile, for the map that has no base map."""
    try:
        labels = labels_in_tile(z, x, y)
    except ValueError as error:
        raise Http404 from error
    return JsonResponse({"labels": labels}, json_dumps_params=COMPACT)


@everybody
@require_GET
@gzip_page
@conditional_page
@cache_control(private=True, max_age=86_400)
def map_outlines(request: StaffRequest) -> HttpResponseBase:
    """Outlines of the divisions around the user's branch, for the same map."""
    areas = outlines_for(request.user.branch)
    return JsonResponse({"areas": areas}, json_dumps_params=COMPACT)
