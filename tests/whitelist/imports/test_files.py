"""Every way in which lists arrive broken: small files and, beside each, the report it must give.

Files and reports were written by hand from the description of the work, not
taken from what the importer answers.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from branches.models import Branch
from tests.whitelist.imports.spreadsheets import build
from whitelist.imports.sentences import sentence
from whitelist.models import WhitelistUpload

pytestmark = pytest.mark.django_db

FILES = Path(__file__).parent / "files"
NAMES = sorted(path.name.removesuffix(".expected.json") for path in FILES.glob("*.expected.json"))


def content_of(name: str) -> tuple[str, bytes]:
    sheets = FILES / f"{name}.sheets.json"
    if sheets.exists():
        return f"{name}.xlsx", build(json.loads(sheets.read_text()))
    path = next(path for path in FILES.glob(f"{name}.*") if path.suffix in {".csv", ".txt"})
    return path.name, path.read_bytes()


def shown(row: Any, key: str) -> Any:
    """A field of a staged row, as the reports are written."""
    if key == "branch":
        return row.branch.code
    if key == "manager":
        return row.manager and row.manager.username
    if key == "product":
        return row.product.code
    value = getattr(row, key)
    if key in {"valid_from", "valid_to"}:
        return value.isoformat()
    return str(value) if key == "score" and value is not None else value


@pytest.fixture(params=NAMES)
def report(
    request: pytest.FixtureRequest, import_file: Any
) -> tuple[dict[str, Any], WhitelistUpload]:
    """The expected report of one file, and the upload it has become."""
    expected = json.loads((FILES / f"{request.param}.expected.json").read_text())
    name, content = content_of(request.param)
    scope = Branch.objects.get(code=expected.get("scope", "H"))
    upload = import_file(content, name=name, mode=expected.get("mode", "full"), scope=scope)
    return expected, upload


def test_the_report_is_the_expected_one(report: Any) -> None:
    expected, upload = report
    assert (upload.state, upload.failure) == ("checked", "")
    problems = [
        [problem.row_no, problem.column, problem.code, problem.level]
        for problem in upload.problems.all()
    ]
    assert sorted(problems) == sorted(expected["problems"])
    counts = {key: upload.totals[key] for key in ("rows", "accepted", "rejected", "warned")}
    assert counts == {key: expected[key] for key in counts}
    for key in ("format", "encoding", "delimiter", "sheet", "header_row", "skipped"):
        if key in expected:
            assert upload.layout[key] == expected[key]
    unused = [column["heading"] for column in upload.layout["columns"] if not column["field"]]
    assert unused == expected.get("unused", [])
    for row_no, message in expected.get("messages", {}).items():
        problem = upload.problems.filter(row_no=int(row_no)).first()
        assert sentence(problem.code, problem.params) == message
    for row_no, text in expected.get("shown", {}).items():
        assert upload.problems.filter(row_no=int(row_no)).first().shown == text
    for wanted in expected["accepted_rows"]:
        row = upload.rows.get(row_no=wanted["row_no"])
        assert {key: shown(row, key) for key in wanted} == wanted
