"""任务目标: setting them on the page, from a file, and who sees which."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from branches.imports.table import UnreadableFile
from branches.models import BranchLevel, Role
from outreach.actions.import_targets import import_targets
from outreach.actions.set_targets import Aim, FixedAbove, set_targets
from outreach.models import Metric, Target
from outreach.morning.activity import Days
from outreach.morning.sharing import month_of
from tests.cast import Cast, make_branch, make_lead, make_staff
from tests.outreach.morning.test_activity import log
from tests.outreach.morning.test_briefing import text_of
from trust.models import AuditEvent

NOVEMBER = Days(date(2026, 11, 1), date(2026, 11, 30))
PERIOD = {"first": "2026-11-01", "last": "2026-11-30", "metric": "contacted"}


def all_targets() -> dict[tuple[str, str], int]:
    """Value by branch and manager."""
    rows = Target.objects.unscoped("test").select_related("branch", "manager")
    return {(t.branch.name, t.manager.name if t.manager else ""): t.value for t in rows}


def post(client: Any, cast: Cast, **fields: Any) -> Any:
    return client.post("/targets/", {**PERIOD, "branch": cast.outlet.code, **fields})


def test_a_branch_and_its_managers(cast: Cast, as_: Any) -> None:
    zhao = as_(cast.zhao)
    answer = post(zhao, cast, own="30", **{f"m{cast.wang.pk}": "20", f"m{cast.li.pk}": ""})
    assert answer.status_code == 302
    assert all_targets() == {("稻田支行网点", ""): 30, ("稻田支行网点", "王经理"): 20}
    event = AuditEvent.objects.get(action="target.set")
    assert event.detail["created"] == 2 and event.target == "branch:H37078301"
    post(zhao, cast, own="31", **{f"m{cast.wang.pk}": ""})
    assert all_targets() == {("稻田支行网点", ""): 31}
    post(zhao, cast, own="31")
    assert AuditEvent.objects.filter(action="target.set").count() == 2  # nothing changed: no event


def test_shared_out_evenly_and_not_saved_yet(cast: Cast, as_: Any) -> None:
    page = post(as_(cast.zhao), cast, own="31", split="1")
    values = {unit.label: unit.field.value() for unit in page.context["below"]}
    assert values == {"李经理": "16", "王经理": "15"}
    assert "还没有保存" in text_of(page) and all_targets() == {}


def test_a_county_shares_over_outlets_by_their_managers(cast: Cast, as_: Any) -> None:
    make_staff("he", "何经理", Role.MANAGER, cast.sister_outlet)
    page = as_(cast.zhao).post("/targets/", {**PERIOD, "own": "30", "split": "1"})
    values = {unit.label: unit.field.value() for unit in page.context["below"]}
    assert values == {"稻田支行网点": "20", "纪台网点": "10"}


def test_sharing_out_nothing_says_what_is_missing(cast: Cast, as_: Any) -> None:
    page = post(as_(cast.zhao), cast, own="", split="1")
    assert page.status_code == 422 and "请先填上面的总目标" in text_of(page)


@pytest.mark.parametrize("value", ["-3", "0", "1e9", "abc", "99999999999999999999", "1.5", "\0"])
def test_bad_numbers_are_refused_and_nothing_is_lost(cast: Cast, as_: Any, value: str) -> None:
    page = post(as_(cast.zhao), cast, own=value, **{f"m{cast.wang.pk}": "7"})
    assert page.status_code == 422 and all_targets() == {}
    assert 'value="7"' in page.content.decode() and 'role="alert"' in page.content.decode()


@pytest.mark.parametrize(
    "period",
    [
        {"first": "2026-11-30", "last": "2026-11-01"},
        {"first": "nonsense", "last": "2026-11-01"},
        {"first": "1026-11-01", "last": "1026-11-30"},
        {"first": "2026-01-01", "last": "2029-01-01"},
    ],
)
def test_a_bad_period_is_said_and_nothing_is_saved(
    cast: Cast, as_: Any, period: dict[str, str]
) -> None:
    page = as_(cast.zhao).get("/targets/", period)
    assert page.status_code == 200 and 'role="alert"' in page.content.decode()
    assert post(as_(cast.zhao), cast, own="7", **period).status_code == 422
    assert all_targets() == {}


def test_what_a_branch_above_has_set_stands(cast: Cast, as_: Any) -> None:
    above = make_staff("hou", "侯主管", Role.SUPERVISOR, cast.province)
    set_targets(values={Aim(cast.county): 90}, metric=Metric.CONTACTED, days=NOVEMBER, by=above)
    page = as_(cast.zhao).post("/targets/", {**PERIOD, "own": "5"})
    assert page.status_code == 302 and all_targets() == {("寿光支行", ""): 90}
    with pytest.raises(FixedAbove):
        set_targets(
            values={Aim(cast.outlet): 3, Aim(cast.county): 5},
            metric=Metric.CONTACTED,
            days=NOVEMBER,
            by=cast.zhao,
        )
    assert all_targets() == {("寿光支行", ""): 90}
    assert "山东分行下达" in text_of(as_(cast.zhao).get("/targets/", PERIOD))
    post(as_(above), cast, branch=cast.county.code, own="80")
    assert all_targets()["寿光支行", ""] == 80


def test_a_file_that_nobody_signed_is_the_roots(cast: Cast, as_: Any) -> None:
    import_targets(data=(HEAD + ROWS).encode(), by=None)
    post(as_(cast.zhao), cast, own="1", **{f"m{cast.wang.pk}": "1"})
    assert all_targets()["稻田支行网点", ""] == 300
    with pytest.raises(FixedAbove):
        set_targets(
            values={Aim(cast.outlet): 3}, metric=Metric.CONTACTED, days=NOVEMBER, by=cast.zhao
        )
    page = as_(cast.zhao).get("/targets/", {**PERIOD, "branch": cast.outlet.code})
    assert "总行下达" in text_of(page)
    top = make_staff("top", "总行长", Role.SUPERVISOR, cast.hq)
    set_targets(values={Aim(cast.outlet): 310}, metric=Metric.CONTACTED, days=NOVEMBER, by=top)
    assert all_targets()["稻田支行网点", ""] == 310


def test_what_is_confirmed_from_above_is_theirs(cast: Cast) -> None:
    above = make_staff("hou", "侯主管", Role.SUPERVISOR, cast.province)

    def say(value: int, by: Any) -> Any:
        values = {Aim(cast.outlet): value}
        return set_targets(values=values, metric=Metric.CONTACTED, days=NOVEMBER, by=by)

    say(300, cast.zhao)
    assert not say(300, cast.zhao)
    assert say(300, above).updated == 1 and not say(300, above)
    with pytest.raises(FixedAbove):
        say(3, cast.zhao)
    assert not say(300, cast.zhao)  # said again from below: still theirs
    (target,) = Target.objects.unscoped("test")
    assert target.set_by == above
    row = ROWS.splitlines()[0]
    assert import_targets(data=(HEAD + row).encode(), by=None).updated == 1
    assert import_targets(data=(HEAD + row).encode(), by=None).unchanged == 1
    with pytest.raises(FixedAbove):
        say(3, above)


def test_nothing_outside_the_subtree(cast: Cast, as_: Any) -> None:
    for code in (cast.far_outlet.code, cast.province.code, "nonsense"):
        assert as_(cast.zhao).get("/targets/", {"branch": code}).status_code == 404
        assert post(as_(cast.zhao), cast, branch=code, own="7").status_code == 404
    with pytest.raises(ValueError, match="subtree"):
        set_targets(
            values={Aim(cast.far_outlet): 3}, metric=Metric.DRAWN, days=NOVEMBER, by=cast.zhao
        )
    assert all_targets() == {}


@pytest.mark.parametrize("who", ["wang", "qian", "feng", "zhou"])
def test_only_supervisors(cast: Cast, as_: Any, who: str) -> None:
    assert as_(getattr(cast, who)).get("/targets/").status_code == 403
    assert post(as_(getattr(cast, who)), cast, own="7").status_code == 403


def test_wrong_method(cast: Cast, as_: Any) -> None:
    assert as_(cast.zhao).put("/targets/").status_code == 405


def test_a_manager_sees_their_own_progress(cast: Cast, as_: Any) -> None:
    month = month_of(timezone.localdate())
    for manager, value in ((cast.wang, 4), (cast.li, 7)):
        set_targets(
            values={Aim(cast.outlet, manager): value},
            metric=Metric.CONTACTED,
            days=month,
            by=cast.zhao,
        )
    log(make_lead(cast, holder=cast.li), cast.wang, timezone.localdate(), is_contact=True)
    page = as_(cast.wang).get("/me/")
    (mine,) = page.context["progress"]
    assert (mine.done, mine.target.value) == (1, 4)
    assert "我的任务" in text_of(page)
    assert "我的任务" not in text_of(as_(cast.zhao).get("/me/"))


HEAD = "机构号,工号,指标,开始,结束,目标\n"
ROWS = (
    'H37078301,,触达,2026-11-01,2026-11-30,300\nH37078301,wang,支用,20261101,2026/11/30,"1,200"\n'
)


def test_from_a_file_and_again(cast: Cast) -> None:
    first = import_targets(data=(HEAD + ROWS).encode("gb18030"), by=None)
    assert (first.created, first.updated, first.problems) == (2, 0, [])
    assert all_targets() == {("稻田支行网点", ""): 300, ("稻田支行网点", "王经理"): 1200}
    again = import_targets(data=(HEAD + ROWS).encode(), by=None)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    changed = import_targets(data=(HEAD + ROWS.replace("300", "310")).encode(), by=None)
    assert (changed.updated, changed.unchanged) == (1, 1)
    assert AuditEvent.objects.filter(action="target.import").count() == 2


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("X,,触达,2026-11-01,2026-11-30,3", "机构号", "unknown"),
        ("H37078301,nobody,触达,2026-11-01,2026-11-30,3", "工号", "unknown"),
        ("H37078301,zhao,触达,2026-11-01,2026-11-30,3", "工号", "unknown"),
        ("H37078302,wang,触达,2026-11-01,2026-11-30,3", "工号", "elsewhere"),
        ("H37078301,,唱歌,2026-11-01,2026-11-30,3", "指标", "unknown"),
        ("H37078301,,触达,someday,2026-11-30,3", "开始", "date_invalid"),
        ("H37078301,,触达,2026-11-01,9999-11-30,3", "结束", "date_invalid"),
        ("H37078301,,触达,2026-11-30,2026-11-01,3", "结束", "before_start"),
        ("H37078301,,触达,2026-11-01,2026-11-30,0", "目标", "value_invalid"),
        ("H37078301,,触达,2026-11-01,2026-11-30,-3", "目标", "value_invalid"),
        ("H37078301,,触达,2026-11-01,2026-11-30,99999999999999999999", "目标", "value_invalid"),
        ("H37078301,,触达,2026-11-01,2026-11-30,300", "目标", "repeated"),
    ],
)
def test_problems_by_row_and_nothing_changed(cast: Cast, row: str, column: str, code: str) -> None:
    found = import_targets(data=(HEAD + ROWS + row).encode(), by=None).problems
    assert [(each.row, each.column, each.code) for each in found] == [(4, column, code)]
    assert all_targets() == {}


def test_not_a_file_of_targets(cast: Cast) -> None:
    with pytest.raises(UnreadableFile, match="缺少列"):
        import_targets(data="机构号,目标\n".encode(), by=None)


def test_the_command(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "targets.csv"
    path.write_text(HEAD + ROWS)
    out = io.StringIO()
    call_command("import_targets", path, stdout=out)
    assert "新建 2" in out.getvalue()
    path.write_text(HEAD + "X,,触达,2026-11-01,2026-11-30,3\n")
    with pytest.raises(CommandError):
        call_command("import_targets", path, stdout=io.StringIO())


def test_a_branch_without_anybody_below(cast: Cast, as_: Any) -> None:
    make_branch("H37078303", "侯镇网点", BranchLevel.OUTLET, cast.county)
    from branches.actions import renumber_branches

    renumber_branches()
    page = as_(cast.zhao).get("/targets/?branch=H37078303")
    assert "还没有客户经理" in text_of(page)
