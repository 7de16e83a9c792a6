"""Staff from a file: all or nothing, twice is once, each problem by its row."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from branches.imports.people import import_staff
from branches.models import Role, Staff
from tests.cast import Cast

HEAD = "工号,姓名,角色,机构号,工作电话\n"


def test_creates_and_changes_and_twice_is_once(cast: Cast) -> None:
    data = (HEAD + "n1,吕静,客户经理,H37078301,0536-1\nwang,王大山,客户经理,H37078302,\n").encode()
    first = import_staff(data=data, by=None)
    assert (first.created, first.updated, first.unchanged) == (1, 1, 0)
    again = import_staff(data=data, by=None)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    new = Staff.objects.get(username="n1")
    assert (new.name, new.role, new.branch, new.work_phone) == (
        "吕静",
        Role.MANAGER,
        cast.outlet,
        "0536-1",
    )
    assert not new.has_usable_password()
    assert new.sort_key == "lyu jing"
    cast.wang.refresh_from_db()
    assert (cast.wang.name, cast.wang.branch) == ("王大山", cast.sister_outlet)
    assert cast.wang.check_password("pw")


def test_one_problem_and_nothing_is_changed(cast: Cast) -> None:
    rows = "n1,吕静,客户经理,H37078301,\nn1,,行长助理,X9,\n,张三,审计,H,\n"
    result = import_staff(data=(HEAD + rows).encode(), by=None)
    found = {(p.row, p.column, p.code) for p in result.problems}
    assert found == {
        (3, "工号", "repeated"),
        (3, "姓名", "empty"),
        (3, "角色", "unknown"),
        (3, "机构号", "unknown"),
        (4, "工号", "empty"),
    }
    assert not Staff.objects.filter(username="n1").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_and_delimiters(cast: Cast, encoding: str, delimiter: str) -> None:
    text = (HEAD + "n1,龚䶮,客户经理,H37078301,\r\n").replace(",", delimiter)
    assert import_staff(data=text.encode(encoding), by=None).created == 1
    assert Staff.objects.get(username="n1").name == "龚䶮"


def test_command_answers_in_json_and_by_its_exit_code(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(HEAD + "n1,吕静,客户经理,H37078301,\n")
    out = io.StringIO()
    call_command("import_staff", file, "--json", stdout=out)
    assert json.loads(out.getvalue())["created"] == 1
    file.write_text(HEAD + "n2,吕静,客户经理,没有,\n")
    with pytest.raises(CommandError) as refused:
        call_command("import_staff", file, stdout=io.StringIO())
    assert refused.value.returncode == 1


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04\0\0", "姓名,角色\n".encode(), b"\xff\xff\xff"])
def test_a_file_that_cannot_be_used_is_one_sentence(
    cast: Cast, tmp_path: Path, data: bytes
) -> None:
    file = tmp_path / "staff.csv"
    file.write_bytes(data)
    with pytest.raises(CommandError) as refused:
        call_command("import_staff", file)
    assert refused.value.returncode == 2
    assert str(refused.value).endswith("。")
