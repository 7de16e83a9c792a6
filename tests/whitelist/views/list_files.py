"""Rows of list files, as the importer leaves them."""

from itertools import count
from typing import Any

from django.utils import timezone

from tests.cast import Cast
from whitelist.models import Mode, UploadProblem, UploadState, WhitelistBatch, WhitelistUpload

_serial = count(1)
TOTALS = {
    "rows": 1200,
    "accepted": 1190,
    "rejected": 10,
    "warned": 3,
    "new": 1100,
    "kept": 40,
    "amount_changed": 30,
    "details_changed": 20,
    "withdrawn": 2050,
}
DIFF = {
    "by_branch": [
        {"code": "H37078301", "name": "稻田支行网点", "new": 1100, "kept": 40,
         "amount_changed": 30, "details_changed": 20, "withdrawn": 2050},
    ],
    "held": {"amount_changed": 7, "details_changed": 1, "withdrawn": 9},
    "first_assignment": {"by_manager": 600, "by_outlet": 400, "by_place": 60, "unassigned": 40},
    "withdraw_share": 61,
    "unmatched_branches": [],
    "needs": [],
}  # fmt: skip


class ListFiles:
    """Makes uploads, with a report and a diff once they are checked."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast

    def make(self, state: str, *, needs: tuple[str, ...] = (), **fields: Any) -> WhitelistUpload:
        checked = state not in {
            UploadState.RECEIVED,
            UploadState.READING,
            UploadState.MAPPING,
            UploadState.CHECKING,
            UploadState.FAILED,
        }
        return WhitelistUpload.objects.create(
            **{
                "programme": self.cast.programme,
                "scope": self.cast.county,
                "mode": Mode.FULL,
                "file_name": f"寿光名单{next(_serial)}.csv",
                "size": 2048,
                "sha256": f"{next(_serial):064d}",
                "state": state,
                "totals": dict(TOTALS) if checked else {},
                "diff": {**DIFF, "needs": list(needs)} if checked else {},
                "uploaded_by": self.cast.qian,
                **fields,
            }
        )

    def mapping(self, **fields: Any) -> WhitelistUpload:
        """One whose columns are not clear: 户主 and 给多少 are not recognised."""
        headings = [
            ("客户号", "customer_no", "C00****01"),
            ("户主", "", "吕**"),
            ("管户机构号", "branch_code", "H37078301"),
            ("给多少", "", "500000"),
            ("生效日期", "valid_from", "2026-11-01"),
            ("失效日期", "valid_to", "2027-10-31"),
        ]
        columns = [
            {"index": at, "heading": heading, "field": field, "samples": [sample]}
            for at, (heading, field, sample) in enumerate(headings)
        ]
        return self.make(UploadState.MAPPING, layout={"columns": columns, "unsure": []}, **fields)

    def problem(self, upload: WhitelistUpload, **fields: Any) -> UploadProblem:
        return UploadProblem.objects.create(
            **{
                "upload": upload,
                "row_no": next(_serial),
                "column": "手机号",
                "code": "phone_invalid",
                "level": "error",
                "customer_no": "C00000001",
                "shown": "*23",
                **fields,
            }
        )

    def in_force(self, **fields: Any) -> WhitelistUpload:
        upload = self.make(
            UploadState.IN_FORCE,
            approval_no="审2026-1",
            model_version="V3",
            submitted_at=timezone.now(),
            reviewed_by=self.cast.feng,
            reviewed_at=timezone.now(),
            **fields,
        )
        WhitelistBatch.objects.create(
            upload=upload,
            programme=upload.programme,
            scope=upload.scope,
            mode=upload.mode,
            in_force_at=timezone.now(),
            in_force_by=self.cast.feng,
        )
        return upload
