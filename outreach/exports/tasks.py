"""The job and the clock of exports."""

from jobs.clock import every_tick
from jobs.queue import GiveUp, Lease, job_handler
from outreach.actions.export_files import expire_exports, make_export
from outreach.actions.exports import MAKE_JOB, ExportRefused
from outreach.models import Export

every_tick(expire_exports)


@job_handler(MAKE_JOB)
def make(lease: Lease) -> None:
    """Make the file of the payload."""
    export = (
        Export.objects.unscoped("the worker's own export")
        .select_related("asked_by__branch")
        .filter(pk=lease.payload["export"])
        .first()
    )
    if export is None:
        raise GiveUp("导出申请已不存在")
    try:
        make_export(export=export, lease=lease)
    except ExportRefused as refusal:
        raise GiveUp(str(refusal)) from refusal
