"""What list staff do to a file on its way: confirm its columns, try again, give up."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branches.access import LIST_ROLES, StaffRequest, allow
from branches.models import Role
from whitelist.actions.retry import retry
from whitelist.views.detail import may_abandon, show_upload, upload_or_404


@allow(Role.CLERK)
@require_POST
def upload_retry(request: StaffRequest, pk: int) -> HttpResponse:
    """Give work that stopped another chance; pressed twice, it is given once."""
    upload = upload_or_404(request.user, pk)
    if not retry(upload=upload, by=request.user):
        messages.info(request, _("这份文件已经在处理，或者已经处理完了。"))
    return redirect("upload_detail", pk=pk)


@allow(*LIST_ROLES)
@require_POST
def upload_abandon(request: StaffRequest, pk: int) -> HttpResponse:
    """Give the file up: it never takes effect. Nothing on the map changes."""
    from whitelist.actions.uploads import abandon

    upload = upload_or_404(request.user, pk)
    if not may_abandon(request.user, upload):
        return show_upload(request, upload, status=409, refusal=_("这一步只能由名单经办放弃。"))
    abandon(upload=upload, by=request.user)
    messages.success(request, _("已放弃。这份文件不会生效。"))
    return redirect("upload_detail", pk=pk)
