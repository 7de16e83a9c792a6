"""`manage.py import_contacts`, `import_results`, `import_refusals`: report and exit codes."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from outreach.models import Feed, Lead, Stage
from tests.cast import Cast, make_lead
from trust.models import AuditEvent


def run(command: str, tmp_path: Path, content: str, *options: str) -> tuple[int, str]:
    """Exit code and output."""
    file = tmp_path / "数据.csv"
    file.write_text(content, encoding="gb18030")
    out = StringIO()
    try:
        call_command(command, str(file), *options, stdout=out)
    except CommandError as refused:
        return refused.returncode, out.getvalue()
    return 0, out.getvalue()


def test_every_row_went_in(cast: Cast, tmp_path: Path) -> None:
    lead = make_lead(cast, holder=cast.wang)
    content = f"客户号,产品代码,结果,日期\n{lead.customer.customer_no},JSD,申请,2026-03-01\n"
    code, out = run("import_results", tmp_path, content, "--branch", "H37", "--json")
    report: dict[str, Any] = json.loads(out)
    assert (code, report["rows"], report["added"], report["problems"]) == (0, 1, 1, [])
    assert Lead.objects.unscoped("test").get().stage == Stage.APPLIED
    feed = Feed.objects.unscoped("test").get()
    assert (feed.by, feed.branch) == (None, cast.province)
    assert AuditEvent.objects.get(action="feed.applied").actor_id is None
    code, out = run("import_results", tmp_path, content)  # the root when no branch is named
    assert code == 0 and "known               1" in out


def test_rows_that_cannot_be_used_are_listed_and_exit_1(cast: Cast, tmp_path: Path) -> None:
    content = "客户号,渠道,时间,结果\nC0000000001,短信,2026-03-01,已送达\n,短信,,\n"
    code, out = run("import_contacts", tmp_path, content, "--by", "qian")
    assert code == 1
    assert "2\t客户号\tcustomer_unknown\tC00*****001\t" in out
    assert "3\t时间\tmissing" in out
    assert Feed.objects.unscoped("test").get().by == cast.qian


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("没有表头的文件\n", (), "表头"),
        ("客户号\nC1\n", ("--branch", "NONE"), "机构"),
        ("客户号\nC1\n", ("--by", "nobody"), "工号"),
    ],
)
def test_what_cannot_be_read_exits_2(
    cast: Cast, tmp_path: Path, content: str, options: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "x.csv"
    file.write_text(content)
    with pytest.raises(CommandError, match=said) as refused:
        call_command("import_refusals", str(file), *options, stdout=StringIO())
    assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="打不开") as refused:
        call_command("import_refusals", str(tmp_path / "none.csv"), stdout=StringIO())
    assert refused.value.returncode == 2
