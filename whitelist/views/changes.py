"""What list staff do to a file on its way: try again, give up."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branches.access import StaffRequest, allow
from branches.models import Role
from whitelist.actions.retry import retry
from whitelist.actions.uploads import NotPossibleNow, abandon
from whitelist.views.upload_page import upload_or_404


@allow(Role.CLERK)
@require_POST
def upload_retry(request: StaffRequest, pk: int) -> HttpResponse:
    """Give work that stopped another chance; pressed twice, it is given once."""
    upload = upload_or_404(request.user, pk)
    if not retry(upload=upload, by=request.user):
        messages.info(request, _("这份文件已经在处理，或者已经处理完了。"))
    return redirect("upload_detail", pk=pk)


@allow(Role.CLERK)
@require_POST
def upload_abandon(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the file up: it never takes effect. Nothing on the map changes."""
    upload = upload_or_404(request.user, pk)
    try:
        abandon(upload=upload, by=request.user)
    except NotPossibleNow:
        messages.info(request, _("这份文件现在不能放弃，请看它现在的状态。"))
    else:
        messages.success(request, _("已放弃。这份文件不会生效。"))
    return redirect("upload_detail", pk=pk)
