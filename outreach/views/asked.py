"""What a request asks for, where several pages ask the same."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from outreach.distance import Point, parse_point


def point_asked_for(request: HttpRequest) -> Point | None:
    """``lon=…&lat=…`` in WGS-84; None when not given.

    Raises:
        BadRequest: half a point, or none on earth.
    """
    if "lon" not in request.GET and "lat" not in request.GET:
        return None
    try:
        return parse_point(request.GET.get("lon"), request.GET.get("lat"))
    except ValueError as error:
        raise BadRequest("lon, lat") from error
