"""The list: who sees whom, filters, order, pages, and what is ticked."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import Cast, make_lead
from trust.models import AuditEvent

HTMX = {"HX-Request": "true", "HX-Target": "leads"}


def total(response: Any) -> int:
    return int(re.search(r'data-total="(\d+)"', response.content.decode())[1])


def ids(response: Any) -> list[int]:
    return [int(pk) for pk in re.findall(r'<tr data-lead="(\d+)"', response.content.decode())]


def test_a_supervisor_sees_the_subtree_with_masked_names(cast: Cast, as_: Any) -> None:
    mine = make_lead(cast, name="吕建国", holder=cast.wang)
    make_lead(cast, branch=cast.far_outlet)
    page = as_(cast.zhao).get("/leads/")
    text = page.content.decode()
    assert ids(page) == [mine.pk] and total(page) == 1 and "共 1 位" in text
    assert "吕**" in text and "吕建国" not in text and "王经理" in text


def test_a_manager_sees_their_own_in_full_and_it_is_recorded(cast: Cast, as_: Any) -> None:
    mine = make_lead(cast, name="吕建国", holder=cast.wang)
    pool = make_lead(cast, name="马秀英")
    make_lead(cast, name="龚文静", holder=cast.li)
    text = (page := as_(cast.wang).get("/leads/")).content.decode()
    assert set(ids(page)) == {mine.pk, pool.pk}
    assert "吕建国" in text and "马**" in text and "龚" not in text
    assert AuditEvent.objects.get(action="lead.seen_in_full").detail["leads"] == [mine.pk]
    assert "data-ticks" not in text  # managers do not assign


def test_only_those_that_may_be_worked_on(cast: Cast, as_: Any) -> None:
    for eligibility in ("withdrawn", "expired", "refused", "control"):
        make_lead(cast, eligibility=eligibility)
    make_lead(cast, valid_to=timezone.localdate() - timedelta(days=1))
    last_day = make_lead(cast, valid_to=timezone.localdate())
    assert ids(as_(cast.zhao).get("/leads/")) == [last_day.pk]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("stage=contacted", 1),
        ("stage=contacted&stage=to_contact", 2),
        ("stage=applied&basis=confirmed", 1),
        ("stage=applied&basis=reported", 0),
        ("holder=none", 2),
        ("segment=种植", 1),
        ("village=370783104202", 1),
        ("branch=H37078302", 1),
        ("expiring=7", 1),
        ("band=5", 1),
        ("stage=&holder=&band=&product=&segment=&expiring=7", 1),
        ("stage=nonsense", 0),
        ("branch=H999", 0),
    ],
)
def test_filters(cast: Cast, as_: Any, query: str, count: int) -> None:
    soon = timezone.localdate() + timedelta(days=3)
    make_lead(cast, stage="contacted", segment="种植", valid_to=soon)
    make_lead(cast, village=cast.next_village, branch=cast.sister_outlet, amount=60_000)
    make_lead(cast, stage="applied", stage_basis="confirmed", holder=cast.li)
    response = as_(cast.zhao).get(f"/leads/?{query}")
    assert total(response) == count == len(ids(response))


def test_order(cast: Cast, as_: Any) -> None:
    today = timezone.localdate()
    late = make_lead(cast, amount=90_000, valid_to=today + timedelta(days=90))
    big = make_lead(cast, amount=900_000, valid_to=today + timedelta(days=80), point=None)
    soon = make_lead(cast, amount=50_000, valid_to=today + timedelta(days=2))
    due = make_lead(
        cast,
        amount=60_000,
        valid_to=today + timedelta(days=99),
        stage="interested",
        follow_up_at=timezone.now() - timedelta(hours=1),
    )
    zhao = as_(cast.zhao)
    assert ids(zhao.get("/leads/"))[:2] == [due.pk, soon.pk]
    assert ids(zhao.get("/leads/?sort=expiry")) == [soon.pk, big.pk, late.pk, due.pk]
    assert ids(zhao.get("/leads/?sort=amount")) == [big.pk, late.pk, due.pk, soon.pk]
    assert ids(zhao.get("/leads/?sort=village"))[-1] == big.pk  # without a village comes last
    assert ids(zhao.get("/leads/?sort=nonsense")) == ids(zhao.get("/leads/"))


def test_pages(cast: Cast, as_: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outreach.views.branch.lead_list.PAGE", 2)
    leads = [make_lead(cast) for _ in range(5)]
    zhao = as_(cast.zhao)
    seen = [pk for n in (1, 2, 3) for pk in ids(zhao.get(f"/leads/?page={n}"))]
    assert sorted(seen) == [lead.pk for lead in leads]
    assert "第 2 / 3 页" in zhao.get("/leads/?stage=to_contact&page=2").content.decode()
    for odd in ("0", "99", "x", "-1"):
        assert zhao.get(f"/leads/?page={odd}").status_code == 200


def test_everything_in_the_filter_can_be_ticked(cast: Cast, as_: Any) -> None:
    for stage in ("contacted", "contacted", "interested"):
        make_lead(cast, stage=stage)
    zhao = as_(cast.zhao)
    page = zhao.get("/leads/?stage=contacted&sort=amount").content.decode()
    fields = dict(re.findall(r'name="(filter|kind)" value="([^"]*)" disabled', page))
    assert fields == {"filter": "stage=contacted", "kind": "filter"}
    assert total(zhao.post("/assign/panel/", fields, headers=HTMX)) == 2


def test_a_filter_that_came_by_a_link_is_named_and_can_be_removed(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    url = f"/leads/?village={cast.village.code}&stage=to_contact&stage=contacted"
    page = as_(cast.zhao).get(url).content.decode()
    assert "去掉筛选：刘庄村" in page and "去掉筛选：待触达、已触达" in page
    assert 'href="?stage=to_contact&amp;stage=contacted"' in page
    assert f'<input type="hidden" name="village" value="{cast.village.code}">' in page


def test_htmx_gets_the_rows_alone(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    fragment = as_(cast.zhao).get("/leads/", headers=HTMX).content.decode()
    assert "<html" not in fragment and 'data-total="1"' in fragment


def test_empty_says_what_to_do(cast: Cast, as_: Any) -> None:
    assert "名单复核生效后" in as_(cast.zhao).get("/leads/").content.decode()
    assert "清除筛选" in as_(cast.zhao).get("/leads/?stage=drawn").content.decode()
    assert "待分配" in as_(cast.wang).get("/leads/").content.decode()


@pytest.mark.parametrize("who", ["qian", "feng", "zhou"])
def test_only_the_field(cast: Cast, as_: Any, who: str) -> None:
    assert as_(getattr(cast, who)).get("/leads/").status_code == 403


def test_wrong_method(cast: Cast, as_: Any) -> None:
    assert as_(cast.zhao).post("/leads/").status_code == 405


def test_as_many_queries_for_ten_rows_as_for_two(cast: Cast, as_: Any) -> None:
    zhao = as_(cast.zhao)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            zhao.get("/leads/")
        return len(asked)

    for _ in range(2):
        make_lead(cast, holder=cast.wang)
    few = queries()
    for _ in range(8):
        make_lead(cast, holder=cast.wang, village=cast.next_village)
    assert queries() <= few


def test_a_filter_tells_no_name_of_another_branch(cast: Cast, as_: Any) -> None:
    """Numbers of staff can be tried out: only colleagues in the subtree have names here."""
    client = as_(cast.zhao)
    words = client.get(f"/leads/?happened=reached&by={cast.wang.pk}").content.decode()
    assert "王经理" in words
    words = client.get(f"/leads/?happened=reached&by={cast.sun.pk}").content.decode()
    assert "孙经理" not in words
