"""The list beside the map."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from outreach.models import Stage
from tests.cast import SHOUGUANG, Cast, make_lead
from trust.models import AuditEvent

AROUND = "118.7,36.8,118.9,36.9"
ELSEWHERE = "113.0,34.0,113.1,34.1"


def rows(response: Any) -> list[int]:
    return [row.lead.pk for row in response.context["rows"]]


def ask(client: Any, **query: Any) -> Any:
    return client.get(reverse("map_list"), {"bounds": AROUND, **query})


def test_what_is_in_view(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    wang = as_(cast.wang)
    assert rows(ask(wang)) == [lead.pk]
    response = ask(wang, bounds=ELSEWHERE)
    assert rows(response) == [] and "清除筛选" in response.content.decode()


def test_the_holder_reads_names_and_others_masks(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang, name="吕建国")
    assert "吕建国" in ask(as_(cast.wang)).content.decode()
    seen_by_supervisor = ask(as_(cast.zhao)).content.decode()
    assert "吕建国" not in seen_by_supervisor and "吕**" in seen_by_supervisor
    assert rows(ask(as_(cast.li))) == []


def test_reading_names_is_recorded_once_a_day(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    wang = as_(cast.wang)
    ask(wang)
    ask(wang)
    (event,) = AuditEvent.objects.filter(action="lead.seen_in_full")
    assert event.detail["leads"] == [lead.pk]


def test_priority_is_follow_up_then_expiry_then_score(cast: Cast, as_: Any) -> None:
    soon = timezone.localdate() + timedelta(days=2)
    low = make_lead(cast, holder=cast.wang, score=0.1)
    high = make_lead(cast, holder=cast.wang, score=0.9)
    expiring = make_lead(cast, holder=cast.wang, valid_to=soon)
    due = make_lead(
        cast,
        holder=cast.wang,
        stage=Stage.INTERESTED,
        follow_up_at=timezone.now() - timedelta(hours=1),
    )
    drawn = make_lead(cast, holder=cast.wang, stage=Stage.DRAWN)
    expected = [due.pk, expiring.pk, high.pk, low.pk, drawn.pk]
    assert rows(ask(as_(cast.wang), order="priority")) == expected


def test_distance_from_the_user(cast: Cast, as_: Any) -> None:
    near = make_lead(cast, holder=cast.wang, point=(118.80, 36.86))
    far = make_lead(cast, holder=cast.wang, point=(118.75, 36.86))
    wang = as_(cast.wang)
    response = ask(wang, order="distance", lon=118.81, lat=36.86)
    assert rows(response) == [near.pk, far.pk]
    assert "890 m" in response.content.decode()
    assert rows(ask(wang, order="distance", lon=118.74, lat=36.86)) == [far.pk, near.pk]


def test_thirty_a_page(cast: Cast, as_: Any) -> None:
    made = {make_lead(cast, holder=cast.wang).pk for _ in range(33)}
    wang = as_(cast.wang)
    first, second = ask(wang), ask(wang, page=2)
    assert first.context["totals"]["all"] == 33
    assert len(rows(first)) == 30 and "更多" in first.content.decode()
    assert len(rows(second)) == 3 and "更多" not in second.content.decode()
    assert set(rows(first)) | set(rows(second)) == made
    assert rows(ask(wang, upto=2)) == rows(first) + rows(second)


def test_only_who_may_call_has_the_button(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    assert "data-call" in ask(as_(cast.wang)).content.decode()
    assert "data-call" not in ask(as_(cast.zhao)).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {"bounds": "1,2"},
        {"bounds": "１１８,36,1_20,38"},
        {"order": "zzz"},
        {"page": "0"},
        {"page": "x"},
        {"upto": "0"},
        {"lon": "x", "lat": "1"},
    ],
)
def test_bad_input(cast: Cast, as_: Any, query: dict[str, str]) -> None:
    assert ask(as_(cast.wang), **query).status_code == 400


def test_roles_and_methods(cast: Cast, as_: Any) -> None:
    url = reverse("map_list") + f"?bounds={AROUND}"
    assert as_(cast.zhou).get(url).status_code == 403
    assert as_(cast.wang).post(url).status_code == 405
    assert as_(cast.wang).get(reverse("map_list")).status_code == 400


def test_the_chips_count_the_scope(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    make_lead(cast, holder=cast.wang, stage=Stage.CONTACTED)
    make_lead(cast, valid_to=timezone.localdate() + timedelta(days=7))
    make_lead(cast, holder=cast.li)
    client, lon_lat = as_(cast.wang), {"lon": SHOUGUANG[0], "lat": SHOUGUANG[1]}
    for response in (
        client.get(reverse("map")),
        ask(client, stage="contacted"),
        client.get(reverse("map_nearby"), lon_lat),
    ):
        chips = dict(re.findall(r"data-chip=.*?>(.*?) <b>(\d+)</b>", response.content.decode()))
        assert chips == {"全部": "3", "待触达": "2", "7天内到期": "1", "我的": "2", "待分配": "1"}


@pytest.mark.parametrize("who", ["wang", "zhao"])
def test_the_chips_say_who_is_on_no_map(cast: Cast, as_: Any, who: str) -> None:
    """全部 3, in view 1: the others are behind the number beside it."""
    make_lead(cast, holder=cast.wang)
    unlocated = {make_lead(cast, holder=cast.wang, point=None).pk for _ in range(2)}
    client = as_(getattr(cast, who))
    text = client.get(reverse("map"), headers={"HX-Request": "true"}).content.decode()
    assert ask(client).context["totals"]["all"] == 1
    url, n = re.search(r'href="([^"]*)" aria-label="[^"]*未定位.*?<b>(\d+)</b>', text).groups()
    assert n == "2"
    listed = client.get(url).context["rows"]
    assert {lead.pk for lead, _, _ in listed} == unlocated


def test_one_word_for_one_thing(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang, valid_to=timezone.localdate() + timedelta(days=7))
    make_lead(cast, stage=Stage.CONTACTED)
    zhao = as_(cast.zhao)
    rows_of_both = ask(zhao).content.decode()
    assert "7天内到期 1" in rows_of_both and "快到期" not in rows_of_both
    # The stage stands before the holder: who waits for one has a stage too.
    assert re.search(r"已触达 · 待分配", rows_of_both)
    page = zhao.get(reverse("map")).content.decode()
    assert "待触达，待分配" in page and "待触达，已分配" in page
    assert page.count("7天内到期") >= 2 and "7天到期" not in page
    assert "7天内到期" in zhao.get(reverse("lead_list")).content.decode()
    assert "分子：7天内到期" in zhao.get(reverse("briefing")).content.decode()


def test_the_filter_sheet_says_how_many_it_leaves(cast: Cast, as_: Any) -> None:
    for stage in (Stage.TO_CONTACT, Stage.DRAWN, Stage.DRAWN):
        make_lead(cast, holder=cast.wang, stage=stage)
    wang = as_(cast.wang)
    assert 'id="filters-found"' in wang.get(reverse("map")).content.decode()
    said = '<span id="filters-found" hx-swap-oob="innerHTML">看视野内 2 位</span>'
    assert said in ask(wang, stage="drawn").content.decode()
    assert "filters-found" not in ask(wang, stage="drawn", page=2).content.decode()


def test_the_page_opens_on_the_leads(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang)
    config = as_(cast.wang).get(reverse("map")).context["config"]
    west, south, east, north = config["bounds"]
    assert west <= SHOUGUANG[0] <= east and south <= SHOUGUANG[1] <= north
    assert east - west < 0.5


def test_the_page_is_for_the_field(cast: Cast, as_: Any) -> None:
    assert as_(cast.wang).get(reverse("map")).status_code == 200
    assert as_(cast.sun).get(reverse("map")).status_code == 200  # nobody on the map yet
    assert as_(cast.qian).get(reverse("map")).status_code == 403
    assert as_(cast.wang).post(reverse("map")).status_code == 405


@pytest.mark.parametrize(
    "query", ["page=" + "9" * 4500, "holder=" + "9" * 4500, "holder=9" + "0" * 30]
)
def test_numbers_without_end_are_400(cast: Cast, as_: Any, query: str) -> None:
    answer = as_(cast.wang).get(f"/map/list/?bounds=118,36,119,37&{query}")
    assert answer.status_code == 400


def test_the_next_page_carries_what_is_known_and_nothing_else(cast: Cast, as_: Any) -> None:
    """What somebody else wrote into the address is not repeated beside customers."""
    for _ in range(31):
        make_lead(cast, holder=cast.wang)
    page = ask(as_(cast.wang), stage="to_contact", junk="guess", order="priority")
    text = page.content.decode()
    assert "page=2" in text and "stage=to_contact" in text
    assert "junk" not in text and "guess" not in text


def test_a_control_customers_segment_is_not_told(cast: Cast, as_: Any) -> None:
    make_lead(cast, segment="粮食种植")
    make_lead(cast, segment="对照独有", eligibility="control")
    for staff in (cast.wang, cast.zhao):
        text = as_(staff).get(reverse("map")).content.decode()
        assert "粮食种植" in text and "对照独有" not in text
