"""`manage.py import_whitelist`: the report, the commit, the exit codes."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from outreach.models import Lead
from tests.cast import Cast
from trust.models import AuditEvent
from whitelist.models import UploadState, WhitelistUpload

HEADER = "客户号,姓名,证件号码,手机号,居住地址,管户机构号,产品代码,预授信额度,生效日期,失效日期"


@pytest.fixture(autouse=True)
def no_control_group(settings: Any) -> None:
    settings.CONTROL_GROUP_PERCENT = 0


def line(
    number: str, amount: int = 100_000, name: str = "吕建国", branch: str = "H37078301"
) -> str:
    today = timezone.localdate()
    phone = f"1690000{sum(map(ord, number)):04d}"
    ends = today + timedelta(days=90)
    address = "山东省潍坊市寿光市稻田镇刘庄村"
    return f"{number},{name},,{phone},{address},{branch},JSD,{amount},{today},{ends}"


def run(tmp_path: Path, rows: list[str], *options: str, scope: str = "H37") -> dict[str, Any]:
    file = tmp_path / "名单.csv"
    file.write_text("\n".join([HEADER, *rows]), encoding="gb18030")
    out = StringIO()
    call_command(
        "import_whitelist", str(file), "--programme", "SN2026", "--scope", scope, "--json",
        *options, stdout=out,
    )  # fmt: skip
    return json.loads(out.getvalue())


def test_without_commit_it_only_reports(cast: Cast, tmp_path: Path) -> None:
    report = run(tmp_path, [line("C1"), line("C2", amount=0)])
    assert (report["rows"], report["accepted"], report["rejected"]) == (2, 1, 1)
    assert (report["new"], report["committed"]) == (1, False)
    errors = [problem for problem in report["problems"] if problem["row"] == 3]
    assert errors[0]["column"] == "预授信额度"
    assert errors[0]["code"] == "amount_invalid"
    assert errors[0]["message"]
    assert not Lead.objects.unscoped("test").exists()


def test_commit_puts_it_in_force_and_the_same_again_changes_nothing(
    cast: Cast, tmp_path: Path
) -> None:
    rows = [line("C1"), line("C2")]
    assert run(tmp_path, rows, "--commit")["committed"] is True
    assert Lead.objects.unscoped("test").workable().count() == 2
    upload = WhitelistUpload.objects.unscoped("test").get()
    assert (upload.approval_no, upload.uploaded_by.username) == ("CLI", "system")
    assert not upload.uploaded_by.has_usable_password()
    assert AuditEvent.objects.get(action="list.approve").actor_id is None
    again = run(tmp_path, rows, "--commit")
    assert {name: again[name] for name in ("new", "kept", "withdrawn")} == {
        "new": 0,
        "kept": 2,
        "withdrawn": 0,
    }


def test_by_names_who_handed_it_in(cast: Cast, tmp_path: Path) -> None:
    run(tmp_path, [line("C1")], "--by", "qian", "--approval-no", "SP-7")
    assert WhitelistUpload.objects.unscoped("test").get().uploaded_by == cast.qian


def test_what_the_check_asks_about_is_not_committed_unasked(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path, [line("C1"), line("C2")], "--commit")
    report = run(tmp_path, [line("C1")], "--commit")  # the file could be read: no error
    assert (report["committed"], report["needs"]) == (False, ["withdrawals"])
    said = capsys.readouterr().err
    assert "未生效" in said and "50" in said
    assert Lead.objects.unscoped("test").workable().count() == 2
    assert run(tmp_path, [line("C1")], "--commit", "--confirm", "withdrawals")["withdrawn"] == 1
    assert Lead.objects.unscoped("test").workable().count() == 1


@pytest.mark.parametrize(
    ("options", "content", "said"),
    [
        (("--programme", "NONE", "--scope", "H37"), HEADER, "名单项目"),
        (("--programme", "SN2026", "--scope", "NONE"), HEADER, "机构"),
        (("--programme", "SN2026", "--scope", "H37"), "", "没有内容"),
        (("--programme", "SN2026", "--scope", "H37"), "没有表头的文件\n", "表头"),
        (("--programme", "SN2026", "--scope", "H37"), None, "打不开"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    cast: Cast, tmp_path: Path, options: tuple[str, ...], content: str | None, said: str
) -> None:
    file = tmp_path / "x.csv"
    if content is not None:
        file.write_text(content)
    with pytest.raises(CommandError, match=said) as refused:
        call_command("import_whitelist", str(file), *options, stdout=StringIO())
    assert refused.value.returncode == 2
    assert "\n" not in str(refused.value)


def test_the_job_of_a_killed_command_is_anybodys(
    cast: Cast, tmp_path: Path, monkeypatch: Any
) -> None:
    """The command dies right after the file came in; a worker does the rest."""
    from jobs.queue import claim_next
    from jobs.queue import run as run_job
    from outreach.management.commands import import_whitelist

    def die(job: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_whitelist, "finish_here", die)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, [line("C1")])
    lease = claim_next()
    assert lease is not None
    run_job(lease)
    assert WhitelistUpload.objects.unscoped("test").get().state == UploadState.CHECKED
