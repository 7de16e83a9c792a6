"""The file of an export: made by a worker, fetched by who asked for it, deleted by the clock."""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.models import Staff
from jobs.queue import Lease, NotYet
from outreach.actions.exports import ExportRefused
from outreach.actions.lead_lock import lock_in_order
from outreach.exports.rows import Row, packed, rows_of, unpacked
from outreach.exports.seeding import decoys_for, new_secret, stated
from outreach.exports.writing import Sheet, as_csv, as_xlsx, watermark
from outreach.models import (
    Export,
    ExportCopy,
    ExportedLead,
    ExportFormat,
    ExportState,
    Lead,
)
from outreach.querysets import LeadQuerySet
from trust import audit
from trust.files import unsealed
from whitelist.actions.uploads import stored_sealed

USED_UP = gettext_lazy("下载次数已经用完，或者文件刚刚到期。")


@dataclass(frozen=True)
class Handed:
    """A copy on its way to who asked for it."""

    name: str
    content: bytes
    copy: ExportCopy


def make_export(*, export: Export, lease: Lease | None = None) -> bool:
    """Seal the rows that may still leave; False when the export is not to be made (any more).

    What was not agreed to in clear is not in the file either. Who may not be marketed
    to any more, or left the asker's branch, drops out.

    Raises:
        NotYet: somebody dropped out (their data may be deleted) after they were read: once more.
    """
    if export.state != ExportState.MAKING:
        return False
    rows = list(rows_of(_leads_of(export), export.columns, export.clear))
    with stored_sealed(io.BytesIO(packed(rows))) as stored, transaction.atomic():
        if lease is not None:
            lease.fence()
        kept = [row.key for row in rows]
        lock_in_order(kept)  # a deletion waits, and then finds the file; or was first, and is seen
        if _leads_of(export).filter(pk__in=kept).count() != len(kept):
            raise NotYet
        mine = Export.objects.unscoped("the worker's own").filter(
            pk=export.pk, state=ExportState.MAKING
        )
        made = mine.update(
            state=ExportState.READY,
            made_at=timezone.now(),
            stored_as=stored.stored_as,
            rows=len(rows),
        )
        if not made:
            raise ExportRefused(_("这份导出申请已经处理过或已到期。"))
        export.leads.exclude(lead__in=kept).delete()
        audit.record(
            "export.make", by=None, target=f"export:{export.pk}", rows=len(rows),
            leads_digest=audit.digest_of_ids(kept),
        )  # fmt: skip
    return True


def _leads_of(export: Export) -> LeadQuerySet:
    """Those who are in it, as far as the asker may still have them."""
    leads: LeadQuerySet = Lead.objects.visible_to(export.asked_by).workable()
    if not export.asked_by.is_active:
        return leads.none()
    return leads.filter(pk__in=ExportedLead.objects.filter(export=export).values("lead"))


def download_export(*, export: Export, format: str, by: Staff) -> Handed:
    """A copy of its own for this one download, recorded before it leaves.

    Who has refused, been withdrawn or deleted since the file was made is left out.

    Raises:
        PermissionDenied: another asked for it.
        ExportRefused: not ready, over, or fetched often enough.
    """
    if export.asked_by_id != by.pk:
        raise PermissionDenied
    if not export.is_ready:
        raise ExportRefused(_("这份导出还没有生成，或者已经到期。"))
    if not export.downloads_left:
        raise ExportRefused(USED_UP)
    rows = _rows_now(export)
    if not rows:
        raise ExportRefused(_("名单里已经没有可以导出的客户了。"))
    at, number, secret = timezone.now(), export.downloads + 1, new_secret()
    decoys = decoys_for(rows, secret)
    mark = watermark(
        mark=f"{export.pk}-{number}", username=by.username, name=by.name,
        purpose=export.get_purpose_display(), at=at,
    )  # fmt: skip
    sheet = Sheet(export.columns, [*rows, *decoys], secret, mark)
    content = as_xlsx(sheet) if format == ExportFormat.XLSX else as_csv(sheet)
    copy = ExportCopy(
        export=export,
        number=number,
        format=format,
        rows=len(rows),
        sha256=hashlib.sha256(content).hexdigest(),
        secret=secret,
        decoys=stated(decoys),
    )
    _record(copy, rows, by)
    return Handed(f"export-{copy.mark}.{format}", content, copy)


def _rows_now(export: Export) -> list[Row]:
    try:
        with default_storage.open(export.stored_as) as file:
            rows = unpacked(b"".join(unsealed(file)))
    except FileNotFoundError:  # the last download, or the clock, was a moment earlier
        raise ExportRefused(USED_UP) from None
    still = set(_leads_of(export).values_list("pk", flat=True))
    return [row for row in rows if row.key in still]


@transaction.atomic
def _record(copy: ExportCopy, rows: Iterable[Row], by: Staff) -> None:
    """Count it and write it down; of two fetched at once each has a number of its own, or none.

    With the last one the stored file is needed no more and goes.
    """
    mine = Export.objects.unscoped("the asker's own").filter(
        pk=copy.export_id,
        state=ExportState.READY,
        expires_at__gt=timezone.now(),
        downloads=copy.number - 1,
        downloads__lt=settings.EXPORT_DOWNLOADS,
    )
    is_last = copy.number >= settings.EXPORT_DOWNLOADS
    gone = {"stored_as": ""} if is_last else {}
    if not mine.update(downloads=F("downloads") + 1, **gone):
        raise ExportRefused(USED_UP)
    copy.save(force_insert=True)
    if is_last:
        stored_as = copy.export.stored_as
        transaction.on_commit(lambda: default_storage.delete(stored_as))
    audit.record(
        "export.download", by=by, target=f"export:{copy.export_id}", copy=copy.mark,
        format=copy.format, rows=copy.rows, sha256=copy.sha256,
        leads_digest=audit.digest_of_ids(row.key for row in rows),
    )  # fmt: skip


def expire_exports() -> int:
    """Close what nobody decided in time and delete the files whose days are over."""
    over = Export.objects.unscoped("the clock looks over all").over()
    found = list(over[:100])
    for export in found:
        close_export(export, result="ok")
    return len(found)


def discard_files_with(leads: LeadQuerySet) -> None:
    """Delete the stored files that hold one of these leads: their data was deleted."""
    held = ExportedLead.objects.filter(lead__in=leads).values("export")
    exports = Export.objects.unscoped("of a customer who is deleted")
    for export in exports.filter(pk__in=held, state=ExportState.READY):
        close_export(export, result="erased")


@transaction.atomic
def close_export(export: Export, *, result: str) -> None:
    """No file any more. Who was in a file that was fetched stays on record, by number."""
    same = Export.objects.unscoped("handed in").filter(pk=export.pk, state=export.state)
    if not same.update(state=ExportState.EXPIRED, stored_as=""):
        return
    if not export.downloads:
        export.leads.all().delete()
    if export.stored_as:
        transaction.on_commit(lambda: default_storage.delete(export.stored_as))
    audit.record(
        "export.expire", by=None, target=f"export:{export.pk}", result=result,
        downloads=export.downloads,
    )  # fmt: skip
