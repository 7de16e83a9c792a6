"""Once a night, what is kept too long goes: a job of the queue, so that no clock waits for it."""

from datetime import datetime, time

from django.utils import timezone

from jobs.models import Job
from jobs.queue import Lease, enqueue, job_handler
from trust.retention import Declared, carry_out_all

KIND = "outreach.retention"
AT = time(3, 0)  # when nobody works
_asked: set[datetime] = set()  # by this process: the table need not be asked every tick


def ask_for_retention() -> None:
    """Queue the job of tonight, once. Two workers at once may queue two: the second finds nothing."""
    tonight = timezone.make_aware(datetime.combine(timezone.localdate(), AT))
    if timezone.now() < tonight or tonight in _asked:
        return
    if not Job.objects.filter(kind=KIND, run_at__gte=tonight).exists():
        enqueue(KIND, {}, by=None)
    _asked.clear()
    _asked.add(tonight)


@job_handler(KIND)
def carry_out(lease: Lease) -> None:
    """All that is due. A worker that dies leaves the rest to the next one."""

    def tell(declared: Declared, done: int) -> None:
        lease.progress(declared.name[:40], done, done)

    carry_out_all(tell=tell)
