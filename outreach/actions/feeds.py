"""Headquarters' files: handing one in, and trying again what a worker gave up."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from branches.models import Branch, Staff
from jobs.models import Job, JobState
from jobs.queue import enqueue
from outreach.models import Feed, FeedState
from trust import audit
from trust.masking import mask_numbers
from whitelist.actions.uploads import Stored, stored_sealed

IMPORT_JOB = "outreach.import_feed"


def receive_feed(*, file: Any, kind: str, branch: Branch, by: Staff | None, file_name: str) -> Feed:
    """Store a file sealed and queue its import. `file`: anything with `read` or `chunks`.

    Only customers of `branch` and below will be touched. `by`: None for the system.

    Raises:
        FileProblem: too_large.
    """
    with stored_sealed(file) as stored:
        return _register(stored, kind=kind, branch=branch, by=by, file_name=file_name)


@transaction.atomic
def _register(
    stored: Stored, *, kind: str, branch: Branch, by: Staff | None, file_name: str
) -> Feed:
    feed = Feed.objects.create(
        kind=kind,
        branch=branch,
        file_name=mask_numbers(file_name)[-200:],
        size=stored.size,
        sha256=stored.sha256,
        stored_as=stored.stored_as,
        by=by,
    )
    feed.job = enqueue(IMPORT_JOB, {"feed": feed.pk}, by=by)
    feed.save(update_fields=["job"])
    audit.record(
        "feed.receive", by=by, target=f"feed:{feed.pk}", kind=kind, branch=branch.code,
        size=feed.size, sha256=feed.sha256,
    )  # fmt: skip
    return feed


@transaction.atomic
def retry_feed(*, feed: Feed, by: Staff) -> bool:
    """Queue the failed job of an import again; it goes on behind the rows that went in.

    Returns whether it did: False when the job is not failed (any more), or the
    file itself was found unusable, which no new attempt changes.
    """
    if feed.job_id is None or feed.state not in (FeedState.RECEIVED, FeedState.RUNNING):
        return False
    queued = Job.objects.filter(pk=feed.job_id, state=JobState.FAILED).update(
        state=JobState.QUEUED, run_at=timezone.now(), attempts=0, error="", finished_at=None
    )
    if queued:
        audit.record("feed.retry", by=by, target=f"feed:{feed.pk}")
    return bool(queued)
