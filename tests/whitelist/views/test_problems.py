"""The report: filtered on the page, and the same as XLSX."""

import io

import openpyxl
import pytest

from branches.models import Role
from tests.cast import make_staff
from trust.models import AuditEvent
from whitelist import report

PROBLEMS = {"HX-Request": "true", "HX-Target": "problems"}


@pytest.fixture
def upload(files):
    upload = files.make("checked")
    files.problem(upload, row_no=5)
    files.problem(upload, row_no=7, code="amount_missing", column="额度", shown="")
    files.problem(upload, row_no=9, code="address_missing", column="", level="warning")
    return upload


def rows_of(client, upload, query: str = "") -> str:
    response = client.get(f"/lists/{upload.pk}/{query}", headers=PROBLEMS)
    page = response.content.decode()
    assert page.strip().startswith('<section class="card" id="problems"')
    return page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {5, 7, 9}),
        ("?level=error", {5, 7}),
        ("?level=warning", {9}),
        ("?code=amount_missing", {7}),
        ("?column=手机号", {5}),
        ("?row=9", {9}),
        ("?level=error&row=9", set()),
        ("?row=abc", set()),
        ("?row=99999999999999999999", set()),
        ("?level=nonsense", {5, 7, 9}),
        ("?code=%00&column=%00", set()),
    ],
)
def test_filters(as_, cast, upload, query: str, shown: set[int]) -> None:
    page = rows_of(as_(cast.qian), upload, query)
    assert {n for n in (5, 7, 9) if f'data-label="行">{n}</th>' in page} == shown


def test_each_problem_is_a_sentence_with_its_masked_value(as_, cast, upload) -> None:
    page = rows_of(as_(cast.feng), upload)
    assert "手机号不是 11 位手机号码" in page
    assert "<code>*23</code>" in page
    assert "C00000001" in page


def test_many_problems_come_in_pages(as_, cast, files) -> None:
    upload = files.make("checked")
    for row in range(1, 46):
        files.problem(upload, row_no=row)
    client = as_(cast.qian)
    assert "第 1 页，共 3 页" in rows_of(client, upload)
    assert 'data-label="行">45</th>' in rows_of(client, upload, "?page=3")


def test_another_file_s_problems_do_not_mix_in(as_, cast, upload, files) -> None:
    files.problem(files.make("checked"), row_no=77)
    assert 'data-label="行">77</th>' not in rows_of(as_(cast.qian), upload)


def book_of(response) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def test_the_report_as_a_spreadsheet(as_, cast, upload) -> None:
    response = as_(cast.qian).get(f"/lists/{upload.pk}/report/")
    book = book_of(response)
    assert book.sheetnames == ["概要", "校验问题", "按机构"]
    rows = list(book["校验问题"].values)
    assert rows[0] == ("行号", "客户号", "列", "级别", "代码", "说明", "内容（已脱敏）")
    assert rows[1][:5] == (5, "C00000001", "手机号", "校验不通过", "phone_invalid")
    assert rows[1][6] == "*23"
    assert len(rows) == 4
    assert list(book["按机构"].values)[1][:3] == ("H37078301", "稻田支行网点", 1100)
    assert AuditEvent.objects.filter(action="upload.report", actor_id=cast.qian.pk).exists()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_cell_is_a_formula(as_, cast, files, start: str) -> None:
    upload = files.make("checked")
    files.problem(upload, shown=f"{start}cmd|' /C calc'!A0")
    row = list(book_of(as_(cast.qian).get(f"/lists/{upload.pk}/report/"))["校验问题"].rows)[1]
    assert row[6].data_type == "s"
    assert row[6].value.startswith("'")


def test_more_problems_than_a_sheet_holds_go_on_in_the_next(as_, cast, files, monkeypatch) -> None:
    monkeypatch.setattr(report, "SHEET_ROWS", 2)
    upload = files.make("checked")
    for row in (1, 2, 3):
        files.problem(upload, row_no=row)
    book = book_of(as_(cast.qian).get(f"/lists/{upload.pk}/report/"))
    assert [row[0] for row in book["校验问题 2"].values] == ["行号", 3]


def test_another_branch_s_report_is_not_found(as_, cast, upload) -> None:
    clerk = make_staff("clerk41", "豫经办", Role.CLERK, cast.other_province)
    assert as_(clerk).get(f"/lists/{upload.pk}/report/").status_code == 404


@pytest.mark.parametrize("who", ["wang", "zhao", "zhou"])
def test_other_roles_are_refused(as_, cast, upload, who: str) -> None:
    assert as_(getattr(cast, who)).get(f"/lists/{upload.pk}/report/").status_code == 403


def test_only_get(as_, cast, upload) -> None:
    assert as_(cast.qian).post(f"/lists/{upload.pk}/report/").status_code == 405
