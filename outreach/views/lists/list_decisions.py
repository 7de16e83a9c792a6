"""Submitting a list, putting it in force, sending it back, undoing it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from branches.access import LIST_ROLES, StaffRequest, allow
from branches.models import Role
from outreach.actions.list_decisions import (
    DecisionRefused,
    approve_list,
    send_list_back,
    submit_list,
)
from outreach.actions.undo_list import undo_list
from whitelist.asked import text_of
from whitelist.forms import SubmitForm
from whitelist.models import UploadState
from whitelist.views.upload_page import may_review, show_upload, undoable_batch, upload_or_404
from whitelist.wording import diff_labels


@allow(Role.CLERK)
@require_POST
def list_submit(request: StaffRequest, pk: int) -> HttpResponse:
    """To the reviewer, with 审批单号, 模型版本 and what had to be confirmed."""
    upload = upload_or_404(request.user, pk)
    if upload.state != UploadState.CHECKED:
        messages.info(request, _("这份名单已经提交过，或者状态已经变化。"))
        return redirect("upload_detail", pk=pk)
    form = SubmitForm(upload.diff.get("needs", []), request.POST)
    if not form.is_valid():
        return show_upload(request, upload, status=422, submit_form=form)
    try:
        submit_list(upload=upload, by=request.user, **form.cleaned_data)
    except DecisionRefused as refusal:
        return show_upload(request, upload, status=409, submit_form=form, refusal=str(refusal))
    messages.success(request, _("已提交复核。"))
    return redirect("upload_detail", pk=pk)


@allow(*LIST_ROLES)
@require_POST
def list_approve(request: StaffRequest, pk: int) -> HttpResponse:
    """The second person puts the list in force, now or at its set time."""
    upload = upload_or_404(request.user, pk)
    if not may_review(request.user, upload):
        if request.user.role != Role.REVIEWER:
            raise PermissionDenied
        text = _("这份名单由您上传，要由另一位名单复核来生效。")
        return show_upload(request, upload, status=409, refusal=text)
    if upload.state != UploadState.SUBMITTED:
        messages.info(request, _("这份名单已经处理过，请看它现在的状态。"))
        return redirect("upload_detail", pk=pk)
    try:
        approve_list(upload=upload, by=request.user)
    except DecisionRefused as refusal:
        upload.refresh_from_db()
        return show_upload(request, upload, status=409, refusal=str(refusal))
    return redirect("upload_detail", pk=pk)


@allow(*LIST_ROLES)
@require_POST
def list_send_back(request: StaffRequest, pk: int) -> HttpResponse:
    """Back to the clerk, with the reason."""
    upload = upload_or_404(request.user, pk)
    if not may_review(request.user, upload):
        raise PermissionDenied
    reason = text_of(request.POST, "reason")
    if not reason:
        return show_upload(request, upload, status=422, back_error=_("请写明退回原因。"))
    try:
        send_list_back(upload=upload, by=request.user, reason=reason)
    except DecisionRefused as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("已退回经办。"))
    return redirect("upload_detail", pk=pk)


@allow(Role.REVIEWER)
@require_http_methods(["GET", "POST"])
def list_undo(request: StaffRequest, pk: int) -> HttpResponse:
    """撤销: first what will happen, then, on POST, a compensating batch."""
    upload = upload_or_404(request.user, pk)
    batch = undoable_batch(upload)
    if batch is None:
        messages.info(request, _("这份名单现在不能撤销。"))
        return redirect("upload_detail", pk=pk)
    labels = diff_labels()
    context = {
        "upload": upload,
        "batch": batch,
        "counts": {label: upload.totals.get(key, 0) for key, label in labels.items()},
    }
    if request.method == "GET":
        return render(request, "lists/undo.html", context)
    try:
        undo_list(batch=batch, by=request.user)
    except DecisionRefused as refusal:
        context["refusal"] = str(refusal)
        return render(request, "lists/undo.html", context, status=409)
    return redirect("upload_detail", pk=pk)
