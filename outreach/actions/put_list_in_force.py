"""A list takes effect: all of it at one moment, or nothing (design: applying)."""

import logging
import time
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from branches.models import Staff
from jobs.faults import crash_point
from jobs.queue import GiveUp, Lease
from outreach.restating import refuse_as_listed, restate_leads
from trust import audit
from whitelist.imports import applying, newcomers, untold
from whitelist.imports.diffing import base_of, compare
from whitelist.imports.statements import plan_for_sets, stream
from whitelist.imports.timing import stage
from whitelist.models import UploadState, WhitelistBatch, WhitelistUpload

logger = logging.getLogger(__name__)


class ListHasMoved(GiveUp):
    """Another list took effect since the diff was made; the upload was compared again."""


def put_list_in_force(
    *, upload: WhitelistUpload, by: Staff | None, lease: Lease | None = None
) -> WhitelistBatch:
    """Make an approved upload count.

    First, in chunks, the customers nobody knew are created: without offer or
    lead they are seen by nobody. Then one transaction does the rest. Whoever
    dies in between leaves nothing visible, and running again goes on; running
    again after the end returns the batch that exists.

    Args:
        by: the reviewer; None when the system itself does it.
        lease: of the job that does it; its fence is the transaction's first statement.

    Raises:
        ListHasMoved: the diff no longer holds. It was made anew, and the upload
            is back in 待提交 for somebody to look at.
        ValueError: the upload was not approved.
    """
    done = WhitelistBatch.objects.filter(upload=upload, undoes=None).first()
    if done is not None:
        return done
    if upload.state != UploadState.APPLYING:
        raise ValueError(f"upload {upload.pk} is {upload.state}, not approved")
    if upload.base != base_of(upload):
        _send_back_to_look(upload, lease)
    now = timezone.now()
    with stage(upload.pk, "customers"):
        newcomers.stage_customers(upload, now, lease.progress if lease else _nowhere)
    untold.complete_rows(upload)
    control = newcomers.draw_control_group(upload, upload.programme.control_share)
    if lease:
        lease.progress(gettext_noop("生效"))
    crash_point("applying:before")
    began, worked = time.monotonic(), time.thread_time()
    batch = _apply(upload, control, by, lease, now)
    logger.info(
        "upload %s: last transaction %.2f s, of which %.2f s our own CPU",
        upload.pk,
        time.monotonic() - began,
        time.thread_time() - worked,
    )
    crash_point("applying:committed")
    if batch is None:
        _send_back_to_look(upload, lease)
        raise AssertionError("unreachable")
    return batch


def _nowhere(step: str, done: int = 0, total: int = 0) -> None:
    """Progress nobody watches."""


@transaction.atomic
def _apply(
    upload: WhitelistUpload,
    control: list[int],
    by: Staff | None,
    lease: Lease | None,
    now: datetime,
) -> WhitelistBatch | None:
    """The one transaction. None when another list took effect a moment ago."""
    if lease:
        lease.fence()
    applying.one_list_at_a_time()
    plan_for_sets()
    if upload.base != base_of(upload):
        return None
    waiting = WhitelistUpload.objects.unscoped("by number").filter(
        pk=upload.pk, state=UploadState.APPLYING
    )
    if not waiting.update(state=UploadState.IN_FORCE):
        raise ValueError(f"upload {upload.pk} is no longer to be applied")
    batch = WhitelistBatch.objects.create(
        upload=upload,
        programme=upload.programme,
        scope=upload.scope,
        mode=upload.mode,
        approval_no=upload.approval_no,
        model_version=upload.model_version,
        in_force_at=now,
        in_force_by=by,
        counts=_counts(upload),
    )
    crash_point("applying:batch")
    applying.record_changes(batch, upload, control)
    batch.counts["control"] = applying.drawn_as_control(batch)
    batch.save(update_fields=["counts"])
    offers = digest_of_changes(batch)
    follow(batch, now)
    audit.record(
        "list.in_force",
        by=by,
        target=f"upload:{upload.pk}",
        batch=batch.pk,
        counts=batch.counts,
        offers=offers,
    )
    crash_point("applying:audited")
    upload.state = UploadState.IN_FORCE
    return batch


def follow(batch: WhitelistBatch, now: datetime, *, undoing: bool = False) -> None:
    """Everything that follows from a batch's recorded changes."""
    applying.change_offers(batch)
    applying.restate_customers()
    applying.restate_locations(now)
    if not undoing:
        refuse_as_listed(now)
    restate_leads(now, former_holder_first=undoing)


def digest_of_changes(batch: WhitelistBatch) -> str:
    """One digest for all offers a batch changed."""
    ids = stream(
        "SELECT offer_id FROM whitelist_batchchange WHERE batch_id = %(batch)s", batch=batch.pk
    )
    return audit.digest_of_ids(pk for (pk,) in ids)


def _counts(upload: WhitelistUpload) -> dict[str, Any]:
    names = ("new", "kept", "amount_changed", "details_changed", "withdrawn")
    return {name: upload.totals.get(name, 0) for name in names}


def _send_back_to_look(upload: WhitelistUpload, lease: Lease | None) -> None:
    """Compare again and hand the upload back to the clerk.

    Raises:
        ListHasMoved: always.
    """
    compare(upload, lease.progress if lease else None)
    reason = _("提交后另有名单生效，比对结果已变化。已重新比对，请核对后再次提交。")
    with transaction.atomic():
        if lease:
            lease.fence()
        WhitelistUpload.objects.unscoped("by number").filter(
            pk=upload.pk, state=UploadState.APPLYING
        ).update(
            state=UploadState.CHECKED,
            failure=reason,
            confirm_withdrawals=False,
            confirm_unmatched=False,
            submitted_at=None,
            reviewed_at=None,
            reviewed_by=None,
        )
        audit.record("list.compared_again", by=None, target=f"upload:{upload.pk}", result="moved")
    raise ListHasMoved(reason)
