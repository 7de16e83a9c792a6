"""Checked uploads made without a file: what reading, mapping and checking would leave."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from branches.models import Branch
from jobs.queue import Lease
from outreach.actions.list_decisions import approve_list, submit_list
from outreach.actions.put_list_in_force import put_list_in_force
from outreach.actions.undo_list import undo_list
from outreach.tasks import take_list_back
from tests.cast import SHOUGUANG, Cast
from trust.cipher import keyed_index
from whitelist.imports.diffing import compare
from whitelist.models import (
    Mode,
    Precision,
    ProblemLevel,
    Programme,
    UploadProblem,
    UploadRow,
    UploadState,
    WhitelistBatch,
    WhitelistUpload,
)

Row = Mapping[str, Any]
LAST_DAY = date(2099, 12, 31)


def make_upload(
    cast: Cast,
    rows: Sequence[Row],
    *,
    scope: Branch | None = None,
    mode: Mode = Mode.FULL,
    programme: Programme | None = None,
    broken: Sequence[Row] = (),
) -> WhitelistUpload:
    """A checked upload. `rows` and `broken` (invalid rows) name only what matters to the test."""
    upload = WhitelistUpload.objects.create(
        programme=programme or cast.programme,
        scope=scope or cast.province,
        mode=mode,
        file_name="名单.csv",
        size=1,
        sha256="0" * 64,
        state=UploadState.CHECKED,
        uploaded_by=cast.qian,
        totals={"rows": len(rows) + len(broken), "warned": 0},
    )
    UploadRow.objects.bulk_create(
        [row_of(cast, upload, number, row) for number, row in enumerate(rows, start=2)]
    )
    UploadProblem.objects.bulk_create(
        UploadProblem(
            upload=upload,
            row_no=number,
            code="id_digits_lost",
            level=ProblemLevel.ERROR,
            customer_no=row.get("no", ""),
            id_index=id_index(row.get("id_number", "")),
            branch=row.get("branch"),
        )
        for number, row in enumerate(broken, start=len(rows) + 2)
    )
    return upload


def row_of(cast: Cast, upload: WhitelistUpload, number: int, row: Row) -> UploadRow:
    """One accepted row. Keys: no, id_number, name, phone, address, branch, manager, product,
    amount, valid_to, score, segment, place, point, do_not_contact."""
    name, phone = row.get("name", "吕建国"), row.get("phone", "16900001234")
    branch = row.get("branch", cast.outlet)
    address = row.get("address", "稻田镇刘庄村1号")
    point = row.get("point", SHOUGUANG)
    place = row.get("place", cast.village if point else None)
    product = row.get("product", cast.product)
    manager = row.get("manager")
    details = [
        name,
        phone,
        address,
        branch.code,
        row.get("segment", ""),
        manager and manager.username,
    ]
    return UploadRow(
        upload=upload,
        row_no=number,
        customer_no=row.get("no", ""),
        id_index=id_index(row.get("id_number", "")),
        id_number=row.get("id_number", ""),
        name=name,
        phone=phone,
        home_address=address,
        name_index=keyed_index("name", name),
        phone_index=keyed_index("phone", phone),
        phone_tail_index=keyed_index("tail", phone[-4:]),
        branch=branch,
        manager=manager,
        product=product,
        amount=row.get("amount", 100_000),
        valid_from=timezone.localdate() - timedelta(days=1),
        valid_to=row.get("valid_to", LAST_DAY),
        score=row.get("score"),
        segment=row.get("segment", ""),
        do_not_contact=row.get("do_not_contact", False),
        details_digest=keyed_index("details", repr(details)),
        place=place,
        lon=point[0] if point else None,
        lat=point[1] if point else None,
        precision=Precision.VILLAGE if point else Precision.UNLOCATED,
    )


def id_index(number: str) -> bytes | None:
    return keyed_index("id", number) if number else None


def compared(cast: Cast, rows: Sequence[Row], **options: Any) -> WhitelistUpload:
    upload = make_upload(cast, rows, **options)
    compare(upload)
    return upload


def approved(cast: Cast, upload: WhitelistUpload) -> WhitelistUpload:
    """Submitted by 钱经办 with every confirmation, approved by 冯复核."""
    submit_list(
        upload=upload,
        by=cast.qian,
        approval_no="SP-1",
        model_version="M1",
        confirm_withdrawals=True,
        confirm_unmatched=True,
    )
    return approve_list(upload=upload, by=cast.feng)


def put(cast: Cast, rows: Sequence[Row], **options: Any) -> WhitelistBatch:
    """A list all the way into force."""
    upload = approved(cast, compared(cast, rows, **options))
    return put_list_in_force(upload=upload, by=cast.feng)


def undo(cast: Cast, batch: WhitelistBatch) -> WhitelistBatch:
    """冯复核 takes a list back, all the way. Returns the compensating batch."""
    job = undo_list(batch=batch, by=cast.feng)
    take_list_back(Lease(job))
    batch.refresh_from_db()
    return batch.undone_by


def numbers(upload: WhitelistUpload) -> dict[str, int]:
    """The five numbers, without those that are 0."""
    names = ("new", "kept", "amount_changed", "details_changed", "withdrawn")
    return {name: upload.totals[name] for name in names if upload.totals[name]}
