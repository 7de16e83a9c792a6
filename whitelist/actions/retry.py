"""Trying again what a worker gave up."""

from django.db import transaction
from django.utils import timezone

from branches.models import Staff
from jobs.models import Job, JobState
from trust import audit
from whitelist.models import WhitelistUpload
from whitelist.models.upload import AT_WORK


@transaction.atomic
def retry(*, upload: WhitelistUpload, by: Staff) -> bool:
    """Queue the upload's failed job again, from the attempts it had at first.

    Returns whether it did: False when the job is not failed (any more), or the
    file itself was found unusable, which no new attempt changes.
    """
    if upload.state not in AT_WORK or upload.job_id is None:
        return False
    queued = Job.objects.filter(pk=upload.job_id, state=JobState.FAILED).update(
        state=JobState.QUEUED, run_at=timezone.now(), attempts=0, error="", finished_at=None
    )
    if queued:
        audit.record("upload.retry", by=by, target=f"upload:{upload.pk}")
    return bool(queued)
