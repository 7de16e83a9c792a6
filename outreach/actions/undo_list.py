"""Taking a list back: a compensating batch. What people did meanwhile stays."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Staff
from jobs.models import Job
from jobs.queue import Lease, enqueue
from outreach.actions.list_decisions import DecisionRefused
from outreach.actions.put_list_in_force import digest_of_changes, follow
from trust import audit
from whitelist.imports import applying
from whitelist.imports.statements import plan_for_sets
from whitelist.lineage import later_lists
from whitelist.models import UploadState, WhitelistBatch, WhitelistUpload
from whitelist.retention import undo_ends


@transaction.atomic
def undo_list(*, batch: WhitelistBatch, by: Staff | None) -> Job:
    """Start taking a list back. Only the last one of its programme and scope.

    An older one would take away what a later list confirmed: undo that first.

    Raises:
        DecisionRefused: not in force, a later list stands on it, or what stood before it is
            kept no more.
    """
    if batch.undoes_id is not None:
        raise DecisionRefused(_("撤销批次不能再撤销，请重新上传名单。"))
    later = later_lists(batch).first()
    if later is not None:
        said = _("之后还有名单生效（%(file)s），请先撤销后一份。")
        raise DecisionRefused(said % {"file": later.upload.file_name})
    if batch.in_force_at < undo_ends():
        said = _("名单生效已超过 %(days)s 天，此前名单里的客户资料已按保存期限清除，不能撤销。")
        raise DecisionRefused(said % {"days": settings.RETAIN_ROWS_DAYS})
    in_force = WhitelistUpload.objects.unscoped("by number").filter(
        pk=batch.upload_id, state=UploadState.IN_FORCE
    )
    if not in_force.update(state=UploadState.UNDOING):
        raise DecisionRefused(_("名单不在“已生效”状态，不能撤销。"))
    job = enqueue("outreach.undo_list", {"batch": batch.pk}, by=by)
    WhitelistUpload.objects.unscoped("by number").filter(pk=batch.upload_id).update(job=job)
    audit.record("list.undo_asked", by=by, target=f"upload:{batch.upload_id}", batch=batch.pk)
    return job


@transaction.atomic
def compensate(
    *, batch: WhitelistBatch, by: Staff | None, lease: Lease | None = None
) -> WhitelistBatch:
    """Put back what stood before the batch, offer by offer, where the batch's word still stands.

    Contact logs, stages and refusals stay. Offers another list changed since
    are left alone: ``counts["not_restored"]``. Running it again returns the
    compensation that exists.

    Raises:
        ValueError: nobody asked for it.
    """
    if lease:
        lease.fence()
    applying.one_list_at_a_time()
    plan_for_sets()
    done = WhitelistBatch.objects.filter(undoes=batch).first()
    if done is not None:
        return done
    asked = WhitelistUpload.objects.unscoped("by number").filter(
        pk=batch.upload_id, state=UploadState.UNDOING
    )
    if not asked.update(state=UploadState.UNDONE):
        raise ValueError(f"batch {batch.pk} is not to be undone")
    now = timezone.now()
    compensation = WhitelistBatch.objects.create(
        upload_id=batch.upload_id,
        programme_id=batch.programme_id,
        scope_id=batch.scope_id,
        mode=batch.mode,
        undoes=batch,
        approval_no=batch.approval_no,
        model_version=batch.model_version,
        in_force_at=now,
        in_force_by=by,
    )
    applying.record_compensation(compensation, batch)
    compensation.counts = {
        "restored": compensation.changes.count(),
        "not_restored": applying.not_restored(batch),
    }
    compensation.save(update_fields=["counts"])
    offers = digest_of_changes(compensation)
    follow(compensation, now, undoing=True)
    audit.record(
        "list.undone",
        by=by,
        target=f"upload:{batch.upload_id}",
        batch=compensation.pk,
        counts=compensation.counts,
        offers=offers,
    )
    return compensation
