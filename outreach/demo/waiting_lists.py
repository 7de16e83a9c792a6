"""Files that wait for somebody: one for the reviewer, one with problems, one unreadable."""

import random
from datetime import timedelta

from django.utils import timezone

from outreach.demo.lists import by_outlet, make_rows, make_upload, totals, valid_to
from outreach.demo.organisation import Organisation
from outreach.demo.people import invent
from whitelist.models import Mode, UploadState


def make_waiting_lists(org: Organisation, *, first_serial: int, chance: random.Random) -> None:
    """An addition that waits for its second person, and a file that could not be used."""
    people = [
        each for each in invent(org, 270, chance) if each.outlet.parent_id == org.counties[0].pk
    ]
    for serial, each in enumerate(people, first_serial):
        each.serial, each.holder = serial, None
    submitted = make_upload(
        org,
        file_name="寿光大棚户增量名单.csv",
        count=len(people),
        scope=org.counties[0],
        mode=Mode.ADD,
        state=UploadState.SUBMITTED,
        submitted_at=timezone.now() - timedelta(minutes=25),
        approval_no="寿农授〔2026〕7号",
        model_version="三农响应 3.2",
        totals=totals(rows=len(people), accepted=len(people), new=len(people)),
        diff={
            "by_branch": by_outlet(org, people),
            "held": {"amount_changed": 0, "details_changed": 0, "withdrawn": 0},
            "first_assignment": {
                "by_manager": 0,
                "by_outlet": len(people),
                "by_place": 0,
                "unassigned": 0,
            },
            "withdraw_share": 0,
            "unmatched_branches": [],
            "needs": [],
        },
    )
    make_rows(
        submitted,
        people,
        [None] * len(people),
        [valid_to(each, chance) for each in people],
    )
    make_upload(
        org,
        file_name="昌乐名单（扫描件）.xlsx",
        count=40,
        scope=org.counties[2],
        mode=Mode.ADD,
        state=UploadState.FAILED,
        failure="这不是电子表格：请上传 CSV 或 XLSX 文件。",
    )
