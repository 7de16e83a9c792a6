"""The branch tree from a file: all or nothing, and the leads follow."""

from branches.models import Branch, BranchLevel
from outreach.actions.import_branches import import_branches
from outreach.models import Lead
from tests.cast import Cast, make_lead

HEAD = "机构号,机构名称,层级,上级机构号,经度,纬度,地址,电话\n"


def run(rows: str, head: str = HEAD) -> object:
    return import_branches(data=(head + rows).encode(), by=None)


def test_creates_a_tree_in_any_order(cast: Cast) -> None:
    rows = "N1,洛城网点,网点,N,118.8,36.9,洛城街道,1\nN,青州支行,支行,H3707,,,,\n"
    result = run(rows)
    assert (result.created, result.problems) == (2, [])
    new = Branch.objects.get(code="N1")
    assert (new.parent.code, new.level, new.lon, new.address) == (
        "N",
        BranchLevel.OUTLET,
        118.8,
        "洛城街道",
    )
    assert Branch.objects.get(code="H3707").contains(new)
    assert run(rows).unchanged == 2


def test_leads_follow_when_numbers_change(cast: Cast) -> None:
    lead = make_lead(cast, holder=cast.sun)
    before = lead.branch_number
    rows = "".join(f"A{n},网点{n},网点,H370783,,,,\n" for n in range(5))
    run(rows)
    lead = Lead.objects.unscoped("test").get(pk=lead.pk)
    cast.far_outlet.refresh_from_db()
    assert lead.branch_number == cast.far_outlet.number
    assert lead.branch_number > before


def test_a_branch_may_move_to_another_parent(cast: Cast) -> None:
    run("H37078302,纪台网点,网点,H41,,,,\n")
    cast.other_province.refresh_from_db()
    assert cast.other_province.contains(Branch.objects.get(code="H37078302"))


def test_columns_that_are_not_there_change_nothing(cast: Cast) -> None:
    Branch.objects.filter(code="H37078302").update(phone="12", lon=118.0, lat=36.0)
    run("H37078302,新名网点,网点,H370783\n", "机构号,机构名称,层级,上级机构号\n")
    branch = Branch.objects.get(code="H37078302")
    assert (branch.name, branch.phone, branch.lon) == ("新名网点", "12", 118.0)


def test_each_problem_by_row_and_column_and_nothing_changed(cast: Cast) -> None:
    rows = (
        "N1,,网点,H370783,,,,\n"
        "N2,乙,大区,H,,,,\n"
        "N3,丙,网点,没有,,,,\n"
        "N4,丁,支行,H37078301,,,,\n"
        "N5,戊,网点,H370783,118.8,,,\n"
        "N6,己,网点,H370783,218.8,36,,\n"
        "N6,己,网点,H370783,,,,\n"
        "N7,总行二,总行,H,,,,\n"
    )
    result = run(rows)
    assert [(p.row, p.column, p.code) for p in result.problems] == [
        (2, "机构名称", "empty"),
        (3, "层级", "unknown"),
        (4, "上级机构号", "unknown"),
        (5, "上级机构号", "level"),
        (6, "纬度", "half_a_point"),
        (7, "经度", "not_a_number"),
        (8, "机构号", "repeated"),
        (9, "上级机构号", "root"),
    ]
    assert not Branch.objects.filter(code__startswith="N").exists()


def test_a_branch_cannot_stand_below_itself(cast: Cast) -> None:
    result = run("H37,山东分行,网点,H3707,,,,\n")
    assert [(p.row, p.code) for p in result.problems] == [(2, "loop")]
    cast.province.refresh_from_db()
    assert cast.province.level == BranchLevel.PROVINCE
