"""The funnel: each number is right, and its link leads to exactly as many rows."""

import html
import re
from typing import Any

import pytest

from outreach.funnel import Line, from_stage
from outreach.models import Stage
from tests.cast import Cast, make_lead

LINK = re.compile(r'href="(/leads/\?[^"]*)" data-count="(\d+)"')


def links(page: Any) -> list[tuple[str, int]]:
    found = LINK.findall(page.content.decode())
    return [(html.unescape(url), int(count)) for url, count in found]


def rows_behind(client: Any, url: str) -> int:
    return int(re.search(r'data-total="(\d+)"', client.get(url).content.decode())[1])


def text_of(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


@pytest.fixture
def populated(cast: Cast) -> Cast:
    """Every stage, both bases, three holders, two outlets, and some that must not count."""
    for stage in Stage:
        make_lead(cast, stage=stage, holder=cast.wang, segment="种植")
        make_lead(cast, stage=stage, stage_basis="confirmed", holder=cast.li)
    make_lead(cast)
    make_lead(cast, stage="interested", branch=cast.sister_outlet)
    make_lead(cast, branch=cast.sister_outlet, holder=cast.wang)
    make_lead(cast, branch=cast.far_outlet)
    make_lead(cast, eligibility="control")
    make_lead(cast, eligibility="withdrawn", stage="drawn")
    return cast


@pytest.mark.parametrize(
    "url",
    [
        "/funnel/",
        "/funnel/?branch=H37078301",
        "/funnel/?branch=H37078302",
        "/funnel/?segment=种植",
        "/funnel/?branch=H37078301&product=JSD&segment=种植",
    ],
)
def test_every_link_leads_to_as_many_rows_as_it_says(populated: Cast, as_: Any, url: str) -> None:
    zhao = as_(populated.zhao)
    found = links(zhao.get(url))
    assert len(found) > 5
    assert [(link, rows_behind(zhao, link)) for link, _ in found] == found


def test_a_managers_links_do_too(populated: Cast, as_: Any) -> None:
    wang = as_(populated.wang)
    found = links(wang.get("/funnel/"))
    assert len(found) > 5
    assert [(link, rows_behind(wang, link)) for link, _ in found] == found


def test_the_whole_is_the_sum_of_its_parts(populated: Cast, as_: Any) -> None:
    page = as_(populated.zhao).get("/funnel/").context
    assert page["total"].total.count == 17  # 7 + 7 + 3 of the cast, none of the others
    assert sum(line.total.count for line in page["lines"]) == 17
    assert {line.label: line.total.count for line in page["lines"]} == {
        "稻田支行网点": 15,
        "纪台网点": 2,
    }


def test_reported_and_confirmed_are_told_apart(populated: Cast, as_: Any) -> None:
    total = as_(populated.zhao).get("/funnel/").context["total"]
    for cell in total.cells:
        assert cell.reported.count + cell.confirmed.count == cell.all.count
    applied = next(cell for cell in total.cells if cell.stage == Stage.APPLIED)
    assert (applied.reported.count, applied.confirmed.count) == (1, 1)


def test_steps_count_those_who_came_at_least_so_far(populated: Cast, as_: Any) -> None:
    total = as_(populated.zhao).get("/funnel/?branch=H37078301").context["total"]
    assert total.total.count == 15
    # Of each of the two managers seven, one a stage: all but 待触达 were reached.
    assert [(step.all.count, step.before) for step in total.steps] == [
        (12, 15),
        (8, 12),
        (6, 8),
        (4, 6),
        (2, 4),
    ]


def test_a_step_is_not_called_by_the_stage_it_holds_more_than(populated: Cast, as_: Any) -> None:
    """授信 counts 已支用 too; 已授信未用信, in the table below, does not."""
    page = as_(populated.zhao).get("/funnel/")
    total = page.context["total"]
    steps = {step.name: step.all.count for step in total.steps}
    stages = {str(cell.stage.label): cell.all.count for cell in total.cells}
    assert steps == {"触达": 13, "意向": 9, "申请": 6, "授信": 4, "支用": 2}
    assert steps["授信"] == stages["已授信未用信"] + stages["已支用"]
    assert not set(steps) & set(stages)
    shown = re.findall(r'<span class="step-name">(.*?)</span>', page.content.decode())
    assert shown == ["名单内", *steps]
    assert "授信 = 已授信未用信 + 已支用" in text_of(page)


def test_whoever_said_no_was_reached_but_is_not_interested() -> None:
    line = Line("x", {})
    line.counts["not_interested", "reported"] = 3
    assert (line.reached.count, line.interested.count) == (3, 0)
    assert from_stage(Stage.APPROVED) == (Stage.APPROVED, Stage.DRAWN)


def test_an_outlet_opens_into_its_managers(populated: Cast, as_: Any) -> None:
    page = as_(populated.zhao).get("/funnel/?branch=H37078301")
    counts = {line.label: line.total.count for line in page.context["lines"]}
    assert counts == {"李经理": 7, "王经理": 7, "待分配": 1}
    sister = as_(populated.zhao).get("/funnel/?branch=H37078302").context["lines"]
    assert {line.label: line.total.count for line in sister} == {"王经理": 1, "待分配": 1}


def test_a_manager_sees_their_line_and_the_outlets_numbers_without_rows(
    populated: Cast, as_: Any
) -> None:
    page = as_(populated.wang).get("/funnel/")
    own, outlet = page.context["lines"]
    assert (own.label, own.total.count) == ("王经理", 8)  # one of them at the sister outlet
    assert (outlet.label, outlet.total.count, outlet.total.query) == ("稻田支行网点", 15, None)
    assert "李经理" not in text_of(page)
    assert all("holder=me" in link for link, _ in links(page))


def test_a_manager_cannot_look_into_a_branch(populated: Cast, as_: Any) -> None:
    page = as_(populated.wang).get("/funnel/?branch=H37078302")
    assert page.context["lines"][1].label == "稻田支行网点"


def test_foreign_branches_are_not_found(populated: Cast, as_: Any) -> None:
    for code in (populated.far_outlet.code, populated.province.code, "nonsense"):
        assert as_(populated.zhao).get(f"/funnel/?branch={code}").status_code == 404


def test_definitions_stand_under_the_numbers(populated: Cast, as_: Any) -> None:
    text = text_of(as_(populated.zhao).get("/funnel/"))
    assert "触达：本人接通或见面" in text and "触达率 = 触达数 ÷ 名单内" in text


def test_nothing_yet(cast: Cast, as_: Any) -> None:
    assert "还没有可营销的客户" in text_of(as_(cast.zhao).get("/funnel/"))
    assert "换个产品或客群" in text_of(as_(cast.zhao).get("/funnel/?segment=x"))


@pytest.mark.parametrize("who", ["qian", "feng", "zhou"])
def test_only_the_field(cast: Cast, as_: Any, who: str) -> None:
    assert as_(getattr(cast, who)).get("/funnel/").status_code == 403


def test_wrong_method(cast: Cast, as_: Any) -> None:
    assert as_(cast.zhao).post("/funnel/").status_code == 405
