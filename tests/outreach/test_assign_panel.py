"""The panel counts before anything is done, for every way of choosing."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.cast import SHOUGUANG, Cast, make_lead

URL = "/assign/panel/"
HTMX = {"HX-Request": "true"}
AROUND = json.dumps(
    {
        "type": "Polygon",
        "coordinates": [[[118.7, 36.8], [118.9, 36.8], [118.9, 36.9], [118.7, 36.9]]],
    }
)
ELSEWHERE = (113.6, 34.7)


def text_of(response: Any) -> str:
    """The words of a fragment, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def total(response: Any) -> int:
    return int(re.search(r'data-total="(\d+)"', response.content.decode())[1])


def ask(client: Any, **form: Any) -> Any:
    return client.post(URL, form, headers=HTMX)


def test_a_drawn_line_counts_by_stage_and_holder(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    make_lead(cast, stage="interested", holder=cast.li)
    make_lead(cast, stage="applied", holder=cast.li)
    make_lead(cast, point=ELSEWHERE)
    make_lead(cast, branch=cast.far_outlet)
    make_lead(cast, eligibility="withdrawn")
    make_lead(cast, eligibility="control")
    response = ask(as_(cast.zhao), polygon=AROUND)
    words = text_of(response)
    assert response.status_code == 200 and total(response) == 3
    assert "待分配 1 · 已分配 2 · 办理中 1" in words
    assert "另有 1 位已移出、过期或拒绝营销" in words  # the control group is not mentioned
    assert "待触达 1" in words and "有意向 1" in words and "已申请 1" in words
    assert "李经理 2" in words


def test_nothing_personal_in_the_panel(cast: Cast, as_: Any) -> None:
    make_lead(cast, name="吕建国", phone="16900009999")
    page = ask(as_(cast.zhao), polygon=AROUND).content.decode()
    assert "吕" not in page and "9999" not in page


def test_managers_stand_by_pinyin_with_their_load(cast: Cast, as_: Any) -> None:
    make_lead(cast, holder=cast.wang, follow_up_at=timezone.now() - timedelta(days=1))
    make_lead(cast, holder=cast.wang, stage="contacted")
    make_lead(cast)
    words = text_of(ask(as_(cast.zhao), polygon=AROUND))
    assert "王经理 稻田支行网点 持有 2 · 待触达 1 · 到期 1" in words
    assert "李经理 稻田支行网点 持有 0 · 待触达 0" in words
    assert words.rindex("李经理") < words.rindex("王经理")
    assert "孙经理" not in words


def test_by_village_outlet_filter_and_ticks(cast: Cast, as_: Any) -> None:
    zhao = as_(cast.zhao)
    first = make_lead(cast)
    make_lead(cast, village=cast.next_village, branch=cast.sister_outlet)
    make_lead(cast, stage="contacted", branch=cast.sister_outlet)
    assert total(ask(zhao, village=cast.village.code)) == 2
    assert total(ask(zhao, outlet=cast.sister_outlet.code)) == 2
    assert total(ask(zhao, kind="filter", filter="stage=contacted")) == 1
    assert total(ask(zhao, kind="filter")) == 3
    assert total(ask(zhao, lead=[first.pk, 999_999])) == 1
    assert total(zhao.get(URL, {"village": cast.village.code}, headers=HTMX)) == 2


def test_the_filter_of_the_page_narrows_a_drawn_line(cast: Cast, as_: Any) -> None:
    make_lead(cast)
    make_lead(cast, stage="contacted")
    assert total(ask(as_(cast.zhao), polygon=AROUND, filter="stage=contacted")) == 1


def test_an_empty_place_says_what_to_do(cast: Cast, as_: Any) -> None:
    response = ask(as_(cast.zhao), village=cast.village.code)
    assert "换个范围" in text_of(response) and "分配给" not in text_of(response)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({}, "还没有选择客户"),
        ({"polygon": "x"}, "请重新画一次"),
        ({"lead": ["abc"]}, "请刷新页面"),
        ({"lead": list(range(501))}, "500"),
        ({"kind": "filter", "filter": "stage=contacted&" * 200}, "筛选条件太长"),
    ],
)
def test_bad_selections_are_refused_in_words(
    cast: Cast, as_: Any, form: dict[str, Any], says: str
) -> None:
    response = ask(as_(cast.zhao), **form)
    assert response.status_code == 422 and says in text_of(response)


def test_more_than_one_act_may_be_is_refused(
    cast: Cast, as_: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("outreach.selection.MAX_LEADS", 2)
    for _ in range(3):
        make_lead(cast)
    for form in ({"polygon": AROUND}, {"village": cast.village.code}):
        response = ask(as_(cast.zhao), **form)
        assert response.status_code == 422 and "50,000" in text_of(response)


def test_foreign_outlets_and_unknown_villages_are_not_found(cast: Cast, as_: Any) -> None:
    zhao = as_(cast.zhao)
    assert ask(zhao, outlet=cast.far_outlet.code).status_code == 404
    assert ask(zhao, village="999").status_code == 404


@pytest.mark.parametrize("who", ["wang", "qian", "feng", "zhou"])
def test_only_supervisors(cast: Cast, as_: Any, who: str) -> None:
    assert ask(as_(getattr(cast, who)), polygon=AROUND).status_code == 403


def test_wrong_method(cast: Cast, as_: Any) -> None:
    assert as_(cast.zhao).put(URL).status_code == 405


def test_the_tile_key_decides_at_the_edge(cast: Cast, as_: Any) -> None:
    lon, lat = SHOUGUANG
    make_lead(cast)
    tight = [[lon - 1e-4, lat - 1e-4], [lon + 1e-4, lat - 1e-4], [lon + 1e-4, lat + 1e-4]]
    drawn = {"type": "Polygon", "coordinates": [[*tight, [lon - 1e-4, lat + 1e-4]]]}
    assert total(ask(as_(cast.zhao), polygon=json.dumps(drawn))) == 1
