"""The job and the clock of headquarters' files."""

from datetime import timedelta

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from jobs.clock import every_tick
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


@every_tick
def delete_old_feed_files() -> None:
    """Stored files go after UPLOAD_KEEP_DAYS; the numbers, the report and what they told stay."""
    before = timezone.now() - timedelta(days=settings.UPLOAD_KEEP_DAYS)
    feeds = Feed.objects.unscoped("the clock looks over all")
    for feed in feeds.filter(received_at__lt=before).exclude(stored_as="")[:100]:
        default_storage.delete(feed.stored_as)
        feeds.filter(pk=feed.pk).update(stored_as="")
