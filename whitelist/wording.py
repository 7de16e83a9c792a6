"""Sentences about a list file: what putting it in force will do, and how it went so far."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from whitelist.models import Mode, UploadState, WhitelistUpload

# The five numbers of the diff: key in `totals` and in each branch of `diff`, label.
DIFF_KEYS = ("new", "kept", "amount_changed", "details_changed", "withdrawn")

# The reviewer agreed: from here on a file takes effect, or did.
PASSED = (
    UploadState.SCHEDULED,
    UploadState.APPLYING,
    UploadState.IN_FORCE,
    UploadState.UNDOING,
    UploadState.UNDONE,
)


def diff_labels() -> dict[str, str]:
    """Label of each of the five numbers, in the order they are shown."""
    return {
        "new": _("新增"),
        "kept": _("续留"),
        "amount_changed": _("额度变更"),
        "details_changed": _("资料变更"),
        "withdrawn": _("移出"),
    }


def effect_of(upload: WhitelistUpload) -> str:
    """What the button does, in numbers: ``新增 23,114，移出 20,872，额度变更 11,467``."""
    labels = diff_labels()
    keys = ["new", "withdrawn", "amount_changed", "details_changed"]
    if upload.mode == Mode.WITHDRAW:
        keys = ["withdrawn"]
    counted = [(key, int(upload.totals.get(key, 0))) for key in keys]
    parts = [f"{labels[key]} {count:,}" for key, count in counted if count]
    return _("，").join(parts) if parts else _("名单没有变化")


@dataclass(frozen=True)
class Event:
    """One step of a file's story: what, by whom, when, and a remark."""

    what: str
    who: str
    at: datetime | None
    remark: str = ""


def story_of(upload: WhitelistUpload) -> list[Event]:
    """Who did what with this file, in order of time."""
    events = [Event(_("上传"), upload.uploaded_by.name, upload.uploaded_at, upload.file_name)]
    if upload.submitted_at:
        remark = _("审批单号 %(approval)s，模型版本 %(model)s") % {
            "approval": upload.approval_no or "—",
            "model": upload.model_version or "—",
        }
        events.append(Event(_("提交复核"), upload.uploaded_by.name, upload.submitted_at, remark))
    if upload.reviewed_at and upload.reviewed_by:
        what = _("复核通过") if upload.state in PASSED else _("退回经办")
        remark = upload.failure if upload.state == UploadState.CHECKED else ""
        events.append(Event(what, upload.reviewed_by.name, upload.reviewed_at, remark))
    for batch in upload.batches.select_related("in_force_by").order_by("in_force_at", "pk"):
        who = batch.in_force_by.name if batch.in_force_by else _("系统")
        what = _("撤销") if batch.undoes_id else _("生效")
        events.append(Event(what, who, batch.in_force_at))
    return events
