"""Files that wait for somebody: one for the reviewer, one with problems, one unreadable."""

import random
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from outreach.demo.lists import make_rows, make_upload, totals, valid_to
from outreach.demo.organisation import Organisation
from outreach.demo.people import Person, invent
from whitelist.imports.diffing import compare
from whitelist.models import Mode, ProblemLevel, UploadProblem, UploadState, WhitelistUpload

# Row, column, code, what the cell shows (masked). Rows of the first are rejected.
REJECTED = (
    (4, "证件号码", "id_digits_lost", "3.80E+17"),
    (9, "预授信额度", "amount_invalid", "五万左右"),
    (17, "管户机构号", "branch_unknown", "37072599"),
    (22, "证件号码", "id_check_digit", "3799**********0010"),
    (28, "姓名", "name_missing", ""),
    (40, "失效日期", "date_invalid", "长期"),
)
WARNED = ((13, "手机号", "phone_missing", ""), (31, "居住地址", "address_missing", ""))


def make_waiting_lists(org: Organisation, *, first_serial: int, chance: random.Random) -> None:
    """Two additions, of which one has problems, and a file that could not be used."""
    people = invent(org, 270, chance, first_serial)
    for each in people:
        each.holder = None
    greenhouses = [each for each in people if each.outlet.parent_id == org.counties[0].pk]
    livestock = [each for each in people if each.outlet.parent_id == org.counties[2].pk][:44]
    _submitted(org, greenhouses, chance)
    _with_problems(org, livestock, chance)
    make_upload(
        org,
        file_name="昌乐名单（扫描件）.xlsx",
        rows=40,
        scope=org.counties[2],
        mode=Mode.ADD,
        state=UploadState.FAILED,
        failure="这不是电子表格：请上传 CSV 或 XLSX 文件。",
    )


def _submitted(org: Organisation, people: Sequence[Person], chance: random.Random) -> None:
    """It waits for the second person."""
    upload = make_upload(
        org,
        file_name="寿光大棚户增量名单.csv",
        rows=len(people),
        scope=org.counties[0],
        mode=Mode.ADD,
        state=UploadState.SUBMITTED,
        submitted_at=timezone.now() - timedelta(minutes=25),
        approval_no="寿农授〔2026〕7号",
        model_version="三农响应 3.2",
        totals=totals(rows=len(people), accepted=len(people), new=len(people)),
    )
    ends = [valid_to(each, chance) for each in people]
    make_rows(upload, people, [None] * len(people), ends)
    compare(upload)
    WhitelistUpload.objects.unscoped("seeding the demo").filter(pk=upload.pk).update(
        uploaded_at=timezone.now() - timedelta(hours=1)
    )


def _with_problems(org: Organisation, people: Sequence[Person], chance: random.Random) -> None:
    """Checked, and its clerk has to decide: mend the file, or submit what is usable."""
    upload = make_upload(
        org,
        file_name="昌乐养殖户_部分格式有误.csv",
        rows=len(people) + len(REJECTED),
        scope=org.counties[2],
        mode=Mode.ADD,
        state=UploadState.CHECKED,
        totals=totals(
            rows=len(people) + len(REJECTED),
            accepted=len(people),
            rejected=len(REJECTED),
            warned=len(WARNED),
            new=len(people),
        ),
    )
    ends = [valid_to(each, chance) for each in people]
    rejected = {row_no for row_no, *_rest in REJECTED}
    make_rows(upload, people, [None] * len(people), ends, rejected)
    levels = ((REJECTED, ProblemLevel.ERROR), (WARNED, ProblemLevel.WARNING))
    UploadProblem.objects.bulk_create(
        UploadProblem(
            upload=upload, row_no=row_no, column=column, code=code, level=level, shown=shown
        )
        for problems, level in levels
        for row_no, column, code, shown in problems
    )
    compare(upload)
