"""The story of one list file: who did what, when, with which numbers, and what became of it.

Steps come from the audit log, which keeps every round of submitting and sending
back; where it holds none (it is kept for a time only), the file's own columns
tell the last round.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from branches.models import Staff
from trust.models import AuditEvent
from whitelist.lineage import earlier_lists, later_lists, superseded_by
from whitelist.models import UploadState, WhitelistBatch, WhitelistUpload
from whitelist.wording import PASSED, diff_labels

DECISIONS = ("list.submit", "list.approve", "list.send_back")
HASH_SHOWN = 12  # characters of the file's SHA-256: enough to compare by eye


@dataclass(frozen=True)
class Event:
    """One step of a file's story: what, by whom, when, and a remark."""

    what: str
    who: str
    at: datetime | None
    remark: str = ""


@dataclass(frozen=True)
class Neighbour:
    """Another list this one stands on, or that stands on it; linked where the user may see it."""

    label: str
    batch: WhitelistBatch
    is_open: bool


def story_of(upload: WhitelistUpload) -> list[Event]:
    """Who did what with this file, in order of time."""
    what = f"{upload.file_name} · {_('文件指纹')} {upload.sha256[:HASH_SHOWN]}"
    events = [Event(_("上传"), upload.uploaded_by.name, upload.uploaded_at, what)]
    events += _audited(upload)
    decided = AuditEvent.objects.filter(target=f"upload:{upload.pk}", action__in=DECISIONS)
    if not decided.exists():
        events += _from_columns(upload)
    events += _batches(upload)
    return sorted(events, key=lambda event: event.at or upload.uploaded_at)


def batch_of(upload: WhitelistUpload) -> WhitelistBatch | None:
    """The batch this file put in force, also when it was taken back since."""
    batches = upload.batches.filter(undoes=None).select_related("scope", "in_force_by")
    return batches.order_by("-pk").first()


def neighbours_of(batch: WhitelistBatch, user: Staff) -> list[Neighbour]:
    """The list before and the list after, with what the later one means for this one."""
    found = []
    earlier, later = earlier_lists(batch).first(), superseded_by(batch)
    if earlier is not None:
        found.append((_("之前生效"), earlier))
    if later is not None:
        found.append((_("已被接替"), later))
    elif (later := later_lists(batch).first()) is not None:
        found.append((_("之后生效"), later))
    mine = WhitelistUpload.objects.visible_to(user)
    seen = set(
        mine.filter(pk__in=[each.upload_id for _l, each in found]).values_list("pk", flat=True)
    )
    return [Neighbour(label, each, each.upload_id in seen) for label, each in found]


def _audited(upload: WhitelistUpload) -> Iterator[Event]:
    told = {
        "upload.confirm_mapping": _("确认列对应关系"),
        "upload.checked": _("校验完成"),
        "upload.failed": _("名单无法使用"),
        "upload.retry": _("重新处理"),
        "upload.abandon": _("放弃名单"),
        "list.submit": _("提交复核"),
        "list.send_back": _("退回经办"),
        "list.compared_again": _("重新比对"),
        "list.approve": _("复核通过"),
        "list.undo_asked": _("申请撤销"),
    }
    rows = AuditEvent.objects.filter(target=f"upload:{upload.pk}", action__in=told)
    events = list(rows.order_by("at", "pk"))
    people = Staff.objects.in_bulk({event.actor_id for event in events if event.actor_id})
    last_back = max((e.pk for e in events if e.action == "list.send_back"), default=0)
    for event in events:
        who = people.get(event.actor_id or 0)
        remark = _remark(upload, event)
        if event.pk == last_back and upload.state == UploadState.CHECKED:
            remark = upload.failure
        yield Event(told[event.action], who.name if who else _("系统"), event.at, remark)


def _remark(upload: WhitelistUpload, event: AuditEvent) -> str:
    if event.action == "upload.checked":
        return numbers_in_words(event.detail)
    if event.action == "list.submit":
        return _papers(event.detail.get("approval_no", ""), event.detail.get("model_version", ""))
    if event.action == "list.approve" and upload.effective_at:
        return _scheduled(upload.effective_at) if upload.effective_at > event.at else ""
    return ""


def _from_columns(upload: WhitelistUpload) -> Iterator[Event]:
    if upload.submitted_at:
        by = upload.submitted_by or upload.uploaded_by
        papers = _papers(upload.approval_no, upload.model_version)
        yield Event(_("提交复核"), by.name, upload.submitted_at, papers)
    if upload.reviewed_at and upload.reviewed_by:
        what = _("复核通过") if upload.state in PASSED else _("退回经办")
        remark = upload.failure if upload.state == UploadState.CHECKED else ""
        if upload.state in PASSED and upload.effective_at:
            remark = _scheduled(upload.effective_at)
        yield Event(what, upload.reviewed_by.name, upload.reviewed_at, remark)


def _batches(upload: WhitelistUpload) -> Iterator[Event]:
    for batch in upload.batches.select_related("in_force_by").order_by("in_force_at", "pk"):
        who = batch.in_force_by.name if batch.in_force_by else _("系统")
        number = _("批次 %(n)d") % {"n": batch.pk}
        if batch.undoes_id:
            said = _(
                "还原 %(restored)s 户，%(not_restored)s 户没有还原（后来又被别的名单改动）"
            ) % {
                "restored": f"{batch.counts.get('restored', 0):,}",
                "not_restored": f"{batch.counts.get('not_restored', 0):,}",
            }
            yield Event(_("撤销"), who, batch.in_force_at, f"{number} · {said}")
        else:
            said = changes_in_words(batch.counts)
            yield Event(_("生效"), who, batch.in_force_at, f"{number} · {said}")


def numbers_in_words(totals: Mapping[str, Any]) -> str:
    """What the check counted: 读取 1,200，可用 1,190，校验不通过 10，提醒 3."""
    labels = {
        "rows": _("读取"),
        "accepted": _("可用"),
        "rejected": _("校验不通过"),
        "warned": _("提醒"),
    }
    return _("，").join(f"{label} {totals.get(key, 0):,}" for key, label in labels.items())


def changes_in_words(counts: Mapping[str, Any]) -> str:
    """What a batch changed: 新增 23,114，移出 20,872; those that are none are left out.

    How many of the new the control group holds back comes last.
    """
    parts = [f"{label} {counts[key]:,}" for key, label in diff_labels().items() if counts.get(key)]
    if counts.get("control"):
        parts.append(_("新增中对照组 %(n)s") % {"n": f"{counts['control']:,}"})
    return _("，").join(parts) if parts else _("名单没有变化")


def _papers(approval_no: str, model_version: str) -> str:
    return _("审批单号 %(approval)s，模型版本 %(model)s") % {
        "approval": approval_no or "—",
        "model": model_version or "—",
    }


def _scheduled(at: datetime) -> str:
    return _("定于 %(when)s 生效") % {"when": date_format(localtime(at), "Y-m-d H:i")}
