"""The job of headquarters' files."""

from jobs.queue import GiveUp, Lease, job_handler
from outreach.actions.feeds import IMPORT_JOB
from outreach.feeds import pipeline
from outreach.models import Feed


@job_handler(IMPORT_JOB)
def import_feed(lease: Lease) -> None:
    """Import the file of the payload."""
    feed = (
        Feed.objects.unscoped("the worker's own file")
        .select_related("branch", "by")
        .filter(pk=lease.payload["feed"])
        .first()
    )
    if feed is None:
        raise GiveUp("总行数据文件已不存在")
    pipeline.run(feed, lease)
