"""What the one page of a file shows, whichever view answers with it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.access import LIST_ROLES
from branches.models import Branch, Role, Staff
from jobs.models import JobState
from whitelist.forms import SubmitForm
from whitelist.models import UploadState, WhitelistUpload
from whitelist.story import HASH_SHOWN, batch_of, neighbours_of, story_of
from whitelist.views.mapping_table import mapping_context
from whitelist.views.problem_table import problems_context
from whitelist.wording import diff_labels, effect_of, held_back_of

BRANCHES_SHOWN = 200


def upload_or_404(user: Staff, pk: int) -> WhitelistUpload:
    """The file with everything its page names; 404 beyond the user's scope."""
    rows = WhitelistUpload.objects.visible_to(user).select_related(
        "programme", "scope", "uploaded_by", "submitted_by", "reviewed_by", "job"
    )
    upload: WhitelistUpload = get_object_or_404(rows, pk=pk)
    return upload


def show_upload(
    request: HttpRequest,
    upload: WhitelistUpload,
    *,
    status: int = 200,
    template: str = "lists/upload.html",
    **extra: Any,
) -> HttpResponse:
    """The page of one file; `extra` carries forms that were refused, with their errors."""
    user: Any = request.user
    context: dict[str, Any] = {
        "upload": upload,
        "is_clerk": user.role == Role.CLERK,
        "is_stuck": upload.at_work and upload.job and upload.job.state == JobState.FAILED,
        "is_reviewing": upload.state == UploadState.SUBMITTED and may_review(user, upload),
        "is_own": settings.TWO_PEOPLE and upload.is_handed_in_by(user),
        "can_send_back": upload.state == UploadState.SCHEDULED and may_review(user, upload),
        "can_abandon": upload.can_be_abandoned and user.role == Role.CLERK,
        "effect": effect_of(upload),
        "starts_at": _starts_at(upload),
        **_story(user, upload),
        "earlier": _same_file_before(user, upload),
        "steps": _steps(upload),
    }
    if upload.state == UploadState.MAPPING:
        context |= mapping_context(upload)
    if upload.totals:
        context |= problems_context(upload, request.GET) | _diff(upload)
    if upload.state == UploadState.CHECKED:
        context["submit_form"] = SubmitForm(upload.diff.get("needs", []), initial=_said(upload))
    if upload.state == UploadState.UNDONE:
        taken_back = upload.batches.exclude(undoes=None).first()
        context["not_restored"] = taken_back.counts.get("not_restored", 0) if taken_back else 0
    context["undoable"] = undoable_batch(upload) if user.role == Role.REVIEWER else None
    return render(request, template, context | extra, status=status)


def _starts_at(upload: WhitelistUpload) -> datetime | None:
    """The set time while it lies ahead; a time that has passed means: at once."""
    at = upload.effective_at
    return at if at is not None and at > timezone.now() else None


def _said(upload: WhitelistUpload) -> dict[str, str]:
    """What the clerk wrote the last time, when the list was sent back to them."""
    at = _starts_at(upload)
    return {
        "approval_no": upload.approval_no,
        "model_version": upload.model_version,
        "effective_at": f"{timezone.localtime(at):%Y-%m-%dT%H:%M}" if at else "",
    }


def _story(user: Staff, upload: WhitelistUpload) -> dict[str, Any]:
    """Who did what, the batch it became, its control group, and the lists before and after."""
    batch = batch_of(upload)
    return {
        "story": story_of(upload),
        "batch": batch,
        "fingerprint": upload.sha256[:HASH_SHOWN],
        "control": batch.counts.get("control") if batch else None,
        "held_back": held_back_of(upload, batch),
        "neighbours": neighbours_of(batch, user) if batch else [],
    }


def may_review(user: Staff, upload: WhitelistUpload) -> bool:
    """A reviewer who is not the uploader; where one person may do both, the clerk too."""
    if not settings.TWO_PEOPLE:
        return user.role in LIST_ROLES
    return user.role == Role.REVIEWER and not upload.is_handed_in_by(user)


def undoable_batch(upload: WhitelistUpload) -> Any:
    """The batch this file put in force, while it stands; None otherwise."""
    if upload.state != UploadState.IN_FORCE:
        return None
    return upload.batches.filter(undoes=None, undone_by=None).order_by("-in_force_at").first()


def _same_file_before(user: Staff, upload: WhitelistUpload) -> WhitelistUpload | None:
    same = WhitelistUpload.objects.visible_to(user).filter(sha256=upload.sha256, pk__lt=upload.pk)
    found: WhitelistUpload | None = same.order_by("-pk").first() if upload.sha256 else None
    return found


def _steps(upload: WhitelistUpload) -> list[dict[str, Any]]:
    """The way of a file, with where it stands: done, now, or still to come."""
    state = UploadState
    way = [
        (_("上传"), (state.RECEIVED,)),
        (_("读取与列对应"), (state.READING, state.MAPPING)),
        (_("校验与比对"), (state.CHECKING,)),
        (_("提交"), (state.CHECKED,)),
        (_("复核"), (state.SUBMITTED,)),
        (_("生效"), (state.SCHEDULED, state.APPLYING, state.IN_FORCE)),
    ]
    if not any(upload.state in states for _label, states in way):
        return []
    now = next(i for i, (_label, states) in enumerate(way) if upload.state in states)
    if upload.state == state.IN_FORCE:
        now = len(way)
    marks = ["done" if i < now else "now" if i == now else "to-come" for i in range(len(way))]
    return [{"label": label, "mark": mark} for (label, _s), mark in zip(way, marks, strict=True)]


def _diff(upload: WhitelistUpload) -> dict[str, Any]:
    """The five numbers, their branches, the held leads, and how first assignment will fall."""
    held = upload.diff.get("held", {})
    by_branch = upload.diff.get("by_branch", [])
    unmatched = upload.diff.get("unmatched_branches", [])
    falls = upload.diff.get("first_assignment", {})
    return {
        "five": [
            {"key": key, "label": label, "count": upload.totals.get(key, 0), "held": held.get(key)}
            for key, label in diff_labels().items()
        ],
        "by_branch": by_branch[:BRANCHES_SHOWN],
        "branches_left_off": max(0, len(by_branch) - BRANCHES_SHOWN),
        "assignment": [
            (_("按文件里的客户经理工号"), falls.get("by_manager", 0)),
            (_("按管户机构，进网点待分配"), falls.get("by_outlet", 0)),
            (_("按地名与网点的对应"), falls.get("by_place", 0)),
            (_("待分配"), falls.get("unassigned", 0)),
        ],
        "alarm_percent": settings.WITHDRAW_ALARM_PERCENT,
        "unmatched": Branch.objects.filter(code__in=unmatched).order_by("number"),
        "needs": upload.diff.get("needs", []),
    }
