"""晨会: numbers that equal the rows behind them, who is behind, and what is said of nothing."""

import html
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from outreach.models import Target
from outreach.morning import arrears, briefing
from outreach.views.branch import briefing as view
from tests.cast import Cast, make_lead, make_staff
from tests.outreach.morning.test_activity import log, result

LINK = re.compile(r'href="(/leads/\?[^"]*)" data-count="(\d+)"')


def links(page: Any) -> list[tuple[str, int]]:
    found = LINK.findall(page.content.decode())
    return [(html.unescape(url), int(count)) for url, count in found]


def rows_behind(client: Any, url: str) -> int:
    return int(re.search(r'data-total="(\d+)"', client.get(url).content.decode())[1])


def text_of(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def day_of(offset: int) -> date:
    return timezone.localdate() + timedelta(days=offset)


@pytest.fixture
def populated(cast: Cast) -> Cast:
    """Two managers at work yesterday and today; every kind of number; some that must not count."""
    for lead, day, fields in (
        (make_lead(cast, holder=cast.wang), -1, {"is_contact": True, "outcome": "interested"}),
        (make_lead(cast, holder=cast.wang), -1, {"logged_at": None}),
        (make_lead(cast, holder=cast.wang), 0, {"is_contact": True}),
        (make_lead(cast, holder=cast.li, eligibility="refused"), -1, {"outcome": "refused"}),
        (make_lead(cast, holder=cast.li, branch=cast.sister_outlet), -1, {}),
        (make_lead(cast, branch=cast.far_outlet), -1, {"is_contact": True}),
        (make_lead(cast, eligibility="control"), -1, {"is_contact": True}),
    ):
        log(lead, lead.holder or cast.sun, day_of(day), **fields)
    drawn = make_lead(cast, holder=cast.wang, stage="drawn", stage_basis="confirmed")
    backdate(drawn)
    result(drawn, "applied", day_of(-1))
    result(drawn, "drawn", day_of(0))
    make_lead(cast, holder=cast.li, valid_to=day_of(3))
    make_lead(cast, valid_to=day_of(3), stage="contacted")
    make_lead(cast, holder=cast.wang, follow_up_at=timezone.now() - timedelta(days=2))
    return cast


def backdate(lead: Any) -> None:
    lead.assignments.update(at=timezone.now() - timedelta(days=5))


def pages(cast: Cast) -> Iterator[str]:
    for branch in (cast.county, cast.outlet, cast.sister_outlet):
        for day in (-1, 0):
            yield f"/briefing/?branch={branch.code}&day={day_of(day)}"
    yield f"/staff/{cast.wang.pk}/"
    yield f"/staff/{cast.li.pk}/"
    yield "/staff/"


def test_every_link_leads_to_as_many_rows_as_it_says(populated: Cast, as_: Any) -> None:
    zhao = as_(populated.zhao)
    seen = 0
    for url in pages(populated):
        found = links(zhao.get(url))
        seen += len(found)
        assert [(link, rows_behind(zhao, link)) for link, _ in found] == found
    assert seen > 40


def test_whoever_left_the_list_is_still_among_the_rows(populated: Cast, as_: Any) -> None:
    url = f"/leads/?happened=refused&since={day_of(-1)}"
    assert rows_behind(as_(populated.zhao), url) == 1
    assert rows_behind(as_(populated.li), url) == 1
    assert rows_behind(as_(populated.wang), url) == 0


def figures(page: Any, name: str) -> dict[str, list[int]]:
    return {row.activity: [f.count for f in row.figures] for row in page.context[name]}


@pytest.fixture
def a_wednesday(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed = timezone.make_aware(datetime(2026, 11, 25, 8))
    monkeypatch.setattr(timezone, "now", lambda: fixed)


def test_the_numbers_of_a_branch(a_wednesday: None, populated: Cast, as_: Any) -> None:
    page = as_(populated.zhao).get("/briefing/")
    reported, confirmed = figures(page, "reported"), figures(page, "confirmed")
    assert reported == {
        "attempted": [4, 1],
        "reached": [1, 1],
        "interested": [1, 0],
        "refused": [1, 0],
        "unlogged": [1, 0],
    }
    assert confirmed == {"applied": [1, 0], "approved": [0, 0], "drawn": [0, 1]}
    assert (page.context["now"].ending_untouched, page.context["now"].ending) == (1, 2)
    lines = {line.label: line.counts["attempted"] for line in page.context["lines"]}
    assert lines == {"稻田支行网点": 3, "纪台网点": 1}
    text = text_of(page)
    assert "触达 = 本人接通或见面的客户；自报" in text and "核实 · 业务系统确认" in text


def test_down_to_the_managers(a_wednesday: None, populated: Cast, as_: Any) -> None:
    page = as_(populated.zhao).get("/briefing/?branch=H37078301")
    lines = {line.label: line.counts["attempted"] for line in page.context["lines"]}
    assert lines == {"李经理": 1, "王经理": 2}
    applied = {line.label: line.counts["applied"] for line in page.context["lines"]}
    assert applied == {"李经理": 0, "王经理": 1}
    assert f'href="/staff/{populated.wang.pk}/"' in page.content.decode()


def test_who_is_behind(a_wednesday: None, populated: Cast, as_: Any) -> None:
    make_staff("he", "何经理", populated.wang.role, populated.outlet)  # holds nobody
    idle = make_staff("jin", "金经理", populated.wang.role, populated.sister_outlet)
    make_lead(populated, holder=idle)
    Target.objects.create(
        branch=populated.outlet,
        manager=populated.li,
        metric="contacted",
        first_day=date(2026, 11, 1),
        last_day=date(2026, 11, 30),
        value=10,
    )
    zhao = as_(populated.zhao)
    page = zhao.get("/briefing/")
    found = page.context["arrears"]
    assert (found.managers, found.nothing_logged, found.waiting) == (3, 1, 1)
    assert (found.overdue, found.behind_schedule) == (1, 1)
    reasons = {each.person.name: [r.words for r in each.reasons] for each in found.people}
    assert reasons == {
        "王经理": ["待登记超过一天 1", "逾期未跟进 1"],
        "李经理": ["低于序时：触达客户 0/10"],
        "金经理": ["昨天没有登记"],
    }
    wang = next(each for each in found.people if each.person == populated.wang)
    for reason in wang.reasons:
        assert rows_behind(zhao, f"/leads/?{reason.query}") == 1


def test_a_silent_weekend_is_not_held_against_anybody(cast: Cast) -> None:
    make_lead(cast, holder=cast.wang)
    monday = date(2026, 11, 23)
    leads = briefing.leads_of(cast.zhao)
    assert arrears.arrears_of(cast.county, leads, monday).nothing_logged is None
    assert arrears.arrears_of(cast.county, leads, monday + timedelta(days=1)).nothing_logged == 1
    log(make_lead(cast, holder=cast.li), cast.li, monday - timedelta(days=1))
    assert arrears.arrears_of(cast.county, leads, monday).nothing_logged == 1


@pytest.mark.parametrize(
    ("today", "shown"),
    [(25, [24, 25]), (24, [23, 24]), (23, [20, 22, 23]), (22, [20, 21, 22]), (21, [20, 21])],
)
def test_after_a_weekend_the_friday_is_shown_too(today: int, shown: list[int]) -> None:
    days = briefing.days_to_show(date(2026, 11, today))
    assert days == [date(2026, 11, day) for day in shown]


def test_nothing_yet(cast: Cast, as_: Any) -> None:
    page = as_(cast.zhao).get("/briefing/")
    assert "先分配客户" in text_of(page) and not links(page)
    make_lead(cast, holder=cast.wang)
    log(make_lead(cast, holder=cast.wang), cast.wang, day_of(-1))
    assert "没有人落后" in text_of(as_(cast.zhao).get("/briefing/"))


def test_days_that_are_not_shown_fall_back_to_yesterday(populated: Cast, as_: Any) -> None:
    for day in ("nonsense", "1999-01-01", "2026-13-45"):
        page = as_(populated.zhao).get("/briefing/", {"day": day})
        assert page.context["day"] == day_of(-1)


URLS = ("/briefing/", "/briefing/picture/", "/briefing/picture.svg")


@pytest.mark.parametrize("url", URLS)
def test_foreign_branches_are_not_found(populated: Cast, as_: Any, url: str) -> None:
    for code in (populated.far_outlet.code, populated.province.code, "nonsense"):
        assert as_(populated.zhao).get(url, {"branch": code}).status_code == 404


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("who", ["wang", "qian", "feng", "zhou"])
def test_only_supervisors(cast: Cast, as_: Any, who: str, url: str) -> None:
    assert as_(getattr(cast, who)).get(url).status_code == 403


@pytest.mark.parametrize("url", URLS)
def test_wrong_method(cast: Cast, as_: Any, url: str) -> None:
    assert as_(cast.zhao).post(url).status_code == 405


def test_the_picture_names_staff_and_no_customer(populated: Cast, as_: Any) -> None:
    make_lead(populated, holder=populated.wang, name="吕布衣")
    populated.outlet.name = "稻田<网点>&"
    populated.outlet.save()
    picture = as_(populated.zhao).get("/briefing/picture.svg?branch=H37078301")
    assert picture["Content-Type"] == "image/svg+xml"
    text = picture.content.decode()
    assert "王经理" in text and "自报 · 员工登记" in text and "数据截至" in text
    assert "吕" not in text and "169" not in text
    assert "稻田&lt;网点&gt;&amp;日报" in text
    assert not re.search(r"<script|<style|\sstyle=|<foreignObject|href", text)


def test_the_picture_is_cut_where_it_would_not_end(cast: Cast) -> None:
    day = day_of(-1)
    lines = [briefing.Line(f"网点{n}", {}, day) for n in range(60)]
    drawn = view.picture_of(briefing.Line("潍坊分行", {}, day), lines, day, False)
    assert (len(drawn.rows), drawn.left_out) == (40, 20)
    assert drawn.height > drawn.rows[-1].y


def test_long_names_are_cut() -> None:
    from outreach.morning.picture import cut

    assert cut("稻田营业所", 14) == "稻田营业所"
    assert cut("寿光支行稻田第二营业所", 14) == "寿光支行稻田…"
