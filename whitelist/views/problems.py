"""The report of a file, to take away."""

from django.http import FileResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from branches.access import LIST_ROLES, StaffRequest, allow
from trust import audit
from whitelist.report import write_report
from whitelist.views.upload_page import upload_or_404


@allow(*LIST_ROLES)
@require_GET
def upload_report(request: StaffRequest, pk: int) -> FileResponse:
    """The report as XLSX. It is masked, so it needs no second person."""
    upload = upload_or_404(request.user, pk)
    audit.record("upload.report", by=request.user, target=f"upload:{pk}", request=request)
    return FileResponse(
        write_report(upload),
        as_attachment=True,
        filename=_("校验报告_%(pk)d.xlsx") % {"pk": pk},
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
