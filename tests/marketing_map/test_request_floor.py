"""What every request of the map pays before its own question: few queries, no write."""

from typing import Any

from django.test.utils import CaptureQueriesContext

from branches.models import Staff
from tests.cast import Cast


def statements(client: Any, path: str, connection: Any) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def test_session_and_staff_with_branch_are_two_queries(cast: Cast, as_: Any) -> None:
    from django.db import connection

    client = as_(cast.wang)
    client.get("/map/tiles/?z=8")  # the first of a session notes when it was used
    assert len(statements(client, "/map/tiles/?z=8", connection)) == 2
    assert len(statements(client, "/map/tiles/?z=8&t=1,1", connection)) == 3


def test_a_village_costs_two_queries_more_and_many_cost_no_more(cast: Cast, as_: Any) -> None:
    from django.db import connection

    from outreach import tilekey
    from tests.cast import SHOUGUANG, make_lead

    for village, point in ((cast.village, SHOUGUANG), (cast.next_village, (118.81, 36.87))):
        for _ in range(2):
            make_lead(cast, holder=cast.wang, village=village, point=point)
    client = as_(cast.wang)
    client.get("/map/tiles/?z=8")
    x, y = tilekey.tile_of_key(tilekey.key_of(*SHOUGUANG), 11)
    assert len(statements(client, f"/map/tiles/?z=11&t={x},{y}", connection)) == 5


def test_somebody_disabled_is_out_at_once(cast: Cast, as_: Any) -> None:
    client = as_(cast.wang)
    assert client.get("/map/tiles/?z=8").status_code == 200
    Staff.objects.filter(pk=cast.wang.pk).update(is_active=False)
    assert client.get("/map/tiles/?z=8").status_code == 302
