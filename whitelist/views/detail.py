"""One page a file, which follows its state from arrival to its end."""

import json

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from branches.access import LIST_ROLES, StaffRequest, allow
from jobs.models import JobState
from whitelist.models import UploadState, WhitelistUpload
from whitelist.views.problem_table import problems_context
from whitelist.views.upload_page import show_upload, upload_or_404


@allow(*LIST_ROLES)
@require_GET
def upload_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """The whole page; for htmx its progress bar or its table of problems alone."""
    upload = upload_or_404(request.user, pk)
    target = request.htmx.target if request.htmx else ""
    if target == "problems":
        context = {"upload": upload, **problems_context(upload, request.GET)}
        return render(request, "lists/problems.html", context)
    if target == "progress":
        return _progress(request, upload)
    return show_upload(request, upload)


def _progress(request: StaffRequest, upload: WhitelistUpload) -> HttpResponse:
    """The bar while the work goes on; when the state has changed, the whole page's content."""
    stuck = upload.job is not None and upload.job.state == JobState.FAILED
    if upload.state == request.GET.get("was") and not stuck:
        return render(request, "lists/progress.html", {"upload": upload})
    response = show_upload(request, upload, template="lists/upload.html#upload")
    response["HX-Retarget"] = "#upload"
    response["HX-Reswap"] = "outerHTML"
    text = _("当前状态：%(state)s") % {"state": upload.get_state_display()}
    kind = "error" if stuck or upload.state == UploadState.FAILED else "success"
    response["HX-Trigger"] = json.dumps({"toast": {"text": text, "kind": kind}})
    return response
