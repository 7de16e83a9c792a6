"""Where the map opens."""

from marketing_map.map_views.page import _opening
from tests.cast import SHOUGUANG, Cast, make_lead
from whitelist.models import Precision

FAR = (118.95, 37.05)


def spans(bounds: tuple[float, float, float, float], point: tuple[float, float]) -> bool:
    west, south, east, north = bounds
    return west <= point[0] <= east and south <= point[1] <= north


def test_a_manager_opens_on_whom_they_hold(cast: Cast) -> None:
    make_lead(cast, holder=cast.wang)
    make_lead(cast, holder=cast.wang, point=FAR, precision=Precision.TOWNSHIP)
    make_lead(cast, point=FAR)
    opening = _opening(cast.wang)
    assert spans(opening, SHOUGUANG) and not spans(opening, FAR)


def test_one_who_holds_nobody_opens_on_the_pool(cast: Cast) -> None:
    make_lead(cast, point=FAR)
    assert spans(_opening(cast.li), FAR)


def test_a_supervisor_opens_on_everybody(cast: Cast) -> None:
    make_lead(cast, holder=cast.wang)
    make_lead(cast, point=FAR)
    opening = _opening(cast.zhao)
    assert spans(opening, SHOUGUANG) and spans(opening, FAR)


def test_nobody_anywhere_opens_on_the_branch_or_the_country(cast: Cast) -> None:
    west, _, east, _ = _opening(cast.sun)
    assert east - west > 10
    cast.sun.branch.lon, cast.sun.branch.lat = 114.0, 34.7
    assert spans(_opening(cast.sun), (114.0, 34.7)) and _opening(cast.sun)[2] < 114.2
