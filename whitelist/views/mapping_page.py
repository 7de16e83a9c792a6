"""The mapping screen: which column of the file is which field."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branches.access import StaffRequest, allow
from branches.models import Role
from whitelist.actions.uploads import MappingRefused, NotPossibleNow, confirm_mapping
from whitelist.imports.mapping import FIELDS
from whitelist.models import UploadState, WhitelistUpload
from whitelist.views.mapping_table import mapping_context
from whitelist.views.upload_page import show_upload, upload_or_404


@allow(Role.CLERK)
@require_POST
def upload_mapping(request: StaffRequest, pk: int) -> HttpResponse:
    """Confirm the columns: remembered for the programme's next file, and the check begins."""
    upload = upload_or_404(request.user, pk)
    chosen = _chosen(upload, request.POST)
    try:
        if upload.state != UploadState.MAPPING:
            raise NotPossibleNow
        confirm_mapping(upload=upload, mapping=chosen, by=request.user)
    except MappingRefused:
        return show_upload(request, upload, status=422, **mapping_context(upload, chosen))
    except NotPossibleNow:
        messages.info(request, _("列已经确认过了。"))
    return redirect("upload_detail", pk=pk)


def _chosen(upload: WhitelistUpload, posted: QueryDict) -> dict[str, str]:
    """Field by column index as text; columns left alone are not in it."""
    chosen = {}
    for column in upload.layout.get("columns", []):
        name = posted.get(f"column-{column['index']}", "")
        if name in FIELDS:
            chosen[str(column["index"])] = name
    return chosen
