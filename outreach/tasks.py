"""The jobs and the clock of outreach."""

import outreach.exports.tasks
import outreach.feeds.tasks
import outreach.geocode_online  # noqa: F401 (registers its job and its clock)
from branches.models import Staff
from jobs.clock import every_tick
from jobs.queue import GiveUp, Lease, job_handler
from outreach.actions.list_decisions import start_due_lists
from outreach.actions.put_list_in_force import put_list_in_force
from outreach.actions.undo_list import compensate
from outreach.expiry import expire_leads
from outreach.pyramid.folding import fold_changes
from outreach.record.retention_job import ask_for_retention
from whitelist.imports.diffing import WITHDRAWALS, counts_held, scope_values
from whitelist.imports.statements import fetch, scalar
from whitelist.models import Mode, WhitelistBatch, WhitelistUpload
from whitelist.tasks import wait_for_the_index

every_tick(start_due_lists)
every_tick(expire_leads)
every_tick(fold_changes)
every_tick(ask_for_retention)


@job_handler("outreach.put_in_force")
def apply_list(lease: Lease) -> None:
    wait_for_the_index()
    upload = (
        WhitelistUpload.objects.unscoped("a job of the list itself")
        .select_related("programme", "scope")
        .filter(pk=lease.payload["upload"])
        .first()
    )
    if upload is None:
        raise GiveUp("名单文件已不存在")
    put_list_in_force(upload=upload, by=_asked_by(lease), lease=lease)


@job_handler("outreach.undo_list")
def take_list_back(lease: Lease) -> None:
    wait_for_the_index()
    batch = WhitelistBatch.objects.get(pk=lease.payload["batch"])
    compensate(batch=batch, by=_asked_by(lease), lease=lease)


def _asked_by(lease: Lease) -> Staff | None:
    return lease.job.created_by


@counts_held
def held_leads_touched(upload: WhitelistUpload) -> dict[str, int]:
    """How many leads that somebody holds the diff of an upload touches, by kind of change."""
    changed = dict(
        fetch(
            """
            SELECT r.change, COUNT(DISTINCT l.id) FROM whitelist_uploadrow r
            JOIN outreach_lead l ON l.customer_id = r.customer_id
            WHERE r.upload_id = %(upload)s AND r.change IN ('amount', 'details')
            AND l.holder_id IS NOT NULL GROUP BY r.change
            """,
            upload=upload.pk,
        )
    )
    withdrawn = scalar(
        f"""
        SELECT COUNT(DISTINCT l.id) FROM ({WITHDRAWALS[Mode(upload.mode)]}) w
        JOIN outreach_lead l ON l.customer_id = w.customer_id WHERE l.holder_id IS NOT NULL
        """,  # noqa: S608
        **scope_values(upload),
    )
    return {
        "amount_changed": changed.get("amount", 0),
        "details_changed": changed.get("details", 0),
        "withdrawn": withdrawn,
    }
