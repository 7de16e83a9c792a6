"""Every address of the map answers every filter in every scope, whether cells know of it or not."""

from typing import Any

import pytest

from outreach.models import Stage
from outreach.morning.activity import Activity
from outreach.pyramid.folding import fold_changes
from tests.cast import Cast, make_lead

ADDRESSES = [
    "/map/?",
    "/map/list/?bounds=118,36,119.5,37.5",
    "/map/list/?bounds=70,10,140,60&order=distance",
    "/map/list/?bounds=118.78,36.85,118.8,36.87&order=distance&lon=118.7&lat=36.8",
    "/map/nearby/?lon=118.79&lat=36.86",
    "/map/nearby/?lon=80&lat=40",
    "/map/tiles/?z=3&t=6,3",
    "/map/tiles/?z=9&t=424,199",
    "/map/tiles/?z=12&t=3399,1596",
]
FILTERS = [
    "", "stage=to_contact", "basis=confirmed", "segment=种植", "segment=种植&expiring=7",
    "precision=3", "precision=3&segment=种植", "band=50&holder=none", "expiring=7", "due=1",
    "overdue=1", f"happened={next(iter(Activity))}", "holder=1", "product=JSD&stage=contacted",
    "branch=H370783", "branch=H3707&segment=种植", "branch=H41", "village=370783104201",
]  # fmt: skip


@pytest.mark.parametrize("at", ["hq", "province", "county", "outlet"])
def test_no_question_is_too_odd(cast: Cast, as_: Any, at: str) -> None:
    make_lead(cast, segment="种植")
    make_lead(cast, holder=cast.wang, stage=Stage.APPLIED)
    fold_changes()
    make_lead(cast, holder=cast.wang)  # still in the journal
    cast.zhao.branch = getattr(cast, at)
    cast.zhao.save()
    for client in (as_(cast.zhao), as_(cast.wang)):
        failed = [
            (address, query)
            for address in ADDRESSES
            for query in FILTERS
            if client.get(f"{address}&{query}").status_code != 200
        ]
        assert not failed
