"""What people decide about a checked list: submit, approve, send back (经办 and 复核)."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Staff
from jobs.queue import enqueue
from trust import audit
from whitelist.models import UploadState, WhitelistUpload


class DecisionRefused(Exception):
    """The decision cannot be taken; the message says why, for the person who tried."""


@transaction.atomic
def submit_list(
    *,
    upload: WhitelistUpload,
    by: Staff | None,
    approval_no: str,
    model_version: str,
    effective_at: datetime | None = None,
    confirm_withdrawals: bool = False,
    confirm_unmatched: bool = False,
) -> WhitelistUpload:
    """经办 hands the checked list to 复核.

    Args:
        approval_no: 审批单号 under which the list was approved; required.
        model_version: 模型版本 that made it; required.
        effective_at: when it is to take effect; None or past: at once on approval.
        confirm_withdrawals: many would be withdrawn, and that is meant.
        confirm_unmatched: invalid rows match nobody, and the withdrawals in
            their branches are meant all the same.

    Raises:
        DecisionRefused: something required is missing, or the state has changed.
    """
    approval_no, model_version = approval_no.strip(), model_version.strip()
    if not approval_no:
        raise DecisionRefused(_("请填写审批单号。"))
    if not model_version:
        raise DecisionRefused(_("请填写模型版本。"))
    needs = upload.diff.get("needs", [])
    if "withdrawals" in needs and not confirm_withdrawals:
        raise DecisionRefused(
            _("本次将移出 %(share)s%% 的客户，请先确认。")
            % {"share": upload.diff.get("withdraw_share", 0)}
        )
    if "unmatched" in needs and not confirm_unmatched:
        raise DecisionRefused(_("有校验不通过的行对不上客户，请先确认这些机构的移出。"))
    _step(
        upload,
        UploadState.CHECKED,
        UploadState.SUBMITTED,
        approval_no=approval_no,
        model_version=model_version,
        effective_at=effective_at,
        confirm_withdrawals=confirm_withdrawals,
        confirm_unmatched=confirm_unmatched,
        submitted_by=by,
        submitted_at=timezone.now(),
        failure="",
    )
    audit.record(
        "list.submit",
        by=by,
        target=f"upload:{upload.pk}",
        approval_no=approval_no,
        model_version=model_version,
        totals=upload.totals,
    )
    return upload


@transaction.atomic
def approve_list(*, upload: WhitelistUpload, by: Staff | None) -> WhitelistUpload:
    """复核 puts the list in force: at once, or at the time it was submitted for.

    The work itself is a job; the page follows `upload.job`.

    Args:
        by: the reviewer. None is the system (the command line), which whoever
            may log in to the server answers for.

    Raises:
        DecisionRefused: 复核 is who uploaded or submitted it, or the state has changed.
    """
    if settings.TWO_PEOPLE and by is not None and upload.is_handed_in_by(by):
        raise DecisionRefused(_("经办与复核不能是同一人。"))
    decided = {"reviewed_by": by, "reviewed_at": timezone.now()}
    if upload.effective_at is not None and upload.effective_at > timezone.now():
        _step(upload, UploadState.SUBMITTED, UploadState.SCHEDULED, **decided)
    else:
        _step(upload, UploadState.SUBMITTED, UploadState.APPLYING, **decided)
        _enqueue(upload, by)
    audit.record(
        "list.approve", by=by, target=f"upload:{upload.pk}", approval_no=upload.approval_no
    )
    return upload


@transaction.atomic
def send_list_back(*, upload: WhitelistUpload, by: Staff | None, reason: str) -> WhitelistUpload:
    """复核 returns the list to 经办, or calls a scheduled one off.

    Raises:
        DecisionRefused: no reason, or the list is not waiting any more.
    """
    reason = reason.strip()
    if not reason:
        raise DecisionRefused(_("请填写退回原因。"))
    was = UploadState.SCHEDULED if upload.state == UploadState.SCHEDULED else UploadState.SUBMITTED
    _step(
        upload,
        was,
        UploadState.CHECKED,
        failure=(_("复核退回：") + reason)[:300],
        submitted_by=None,
        submitted_at=None,
        reviewed_by=by,
        reviewed_at=timezone.now(),
    )
    audit.record("list.send_back", by=by, target=f"upload:{upload.pk}")
    return upload


def start_due_lists() -> int:
    """The clock: approved lists whose time has come begin to take effect; how many."""
    due = WhitelistUpload.objects.unscoped("the clock").filter(
        state=UploadState.SCHEDULED, effective_at__lte=timezone.now()
    )
    started = 0
    for upload in due.select_related("reviewed_by"):
        with transaction.atomic():
            try:
                _step(upload, UploadState.SCHEDULED, UploadState.APPLYING)
            except DecisionRefused:
                continue  # another clock was faster, or it was called off
            _enqueue(upload, upload.reviewed_by)
            started += 1
    return started


def _enqueue(upload: WhitelistUpload, by: Staff | None) -> None:
    upload.job = enqueue("outreach.put_in_force", {"upload": upload.pk}, by=by)
    upload.save(update_fields=["job"])


def _step(
    upload: WhitelistUpload, was: UploadState, becomes: UploadState, **changes: object
) -> None:
    """Move the upload on, if it is still where we saw it.

    Raises:
        DecisionRefused: it is not.
    """
    waiting = WhitelistUpload.objects.unscoped("by number").filter(pk=upload.pk, state=was)
    if not waiting.update(state=becomes, **changes):
        upload.refresh_from_db(fields=["state"])
        said = _("名单现在是“%(state)s”，请刷新后再试。")
        raise DecisionRefused(said % {"state": upload.get_state_display()})
    for name, value in {"state": becomes, **changes}.items():
        setattr(upload, name, value)
