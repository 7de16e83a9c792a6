"""Putting work into the queue, claiming it, and keeping the claim.

A job is a row; claiming is one conditional UPDATE whose count says who won
(`select_for_update` silently does nothing on SQLite). A handler is a function
``handler(lease)`` registered under the job's kind; it must be able to start
over or go on from what it finds, since any worker may die at any moment.
"""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from jobs.faults import crash_point
from jobs.models import Job, JobState
from jobs.surroundings import surrounded

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 5

WAIT = timedelta(seconds=30)  # until a job that could not begin is tried again

Handler = Callable[["Lease"], None]
_handlers: dict[str, Handler] = {}


class LeaseLost(Exception):
    """Another worker has taken this job over: stop at once, write nothing more."""


class GiveUp(Exception):
    """The job cannot succeed, however often it is tried; its text is for people."""


class NotYet(Exception):
    """The job cannot begin now, through no fault of its own: later, as if it had not been tried."""


def job_handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of this kind."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def enqueue(kind: str, payload: dict[str, Any], *, by: Any, run_at: datetime | None = None) -> Job:
    """Add a job, in the caller's transaction. `payload` holds ids and codes only."""
    return Job.objects.create(
        kind=kind, payload=payload, created_by=by, run_at=run_at or timezone.now()
    )


class Lease:
    """A claim on one job, for the worker that holds it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.payload: dict[str, Any] = job.payload

    def progress(self, step: str, done: int = 0, total: int = 0) -> None:
        """Say how far the work is, and keep the lease.

        Raises:
            LeaseLost: the job has been taken over.
        """
        self._write(step=step, done=done, total=total)
        crash_point(f"{self.job.kind}:{step}")

    def fence(self) -> None:
        """First statement of the transaction that makes the work count.

        Raises:
            LeaseLost: the job has been taken over; roll back.
        """
        self._write()

    def _write(self, **changes: Any) -> None:
        mine = Job.objects.filter(pk=self.job.pk, lease_no=self.job.lease_no)
        if not mine.update(lease_until=_lease_end(), **changes):
            raise LeaseLost(f"job {self.job.pk}")


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def claim_next() -> Lease | None:
    """Claim the oldest job that is due, or whose worker has died; None when there is none."""
    now = timezone.now()
    due = Q(state=JobState.QUEUED, run_at__lte=now)
    abandoned = Q(state=JobState.RUNNING, lease_until__lt=now)
    for job in Job.objects.filter(due | abandoned).order_by("run_at", "pk")[:10]:
        lease = claim(job)
        if lease is not None:
            return lease
    return None


def claim(job: Job) -> Lease | None:
    """Claim this job, if it is due or its worker has died; None when it is not to be had."""
    now = timezone.now()
    free = Q(state=JobState.QUEUED, run_at__lte=now) | Q(
        state=JobState.RUNNING, lease_until__lt=now
    )
    claimed = Job.objects.filter(free, pk=job.pk, lease_no=job.lease_no).update(
        state=JobState.RUNNING,
        lease_until=_lease_end(),
        lease_no=F("lease_no") + 1,
        attempts=F("attempts") + 1,
    )
    if not claimed:
        return None
    job.refresh_from_db()
    return Lease(job)


def run(lease: Lease) -> None:
    """Do one claimed job and write down how it ended."""
    job = lease.job
    handler = _handlers.get(job.kind)
    beat = _Heartbeat(lease)
    try:
        if handler is None:
            raise GiveUp(f"没有处理“{job.kind}”的程序")
        if job.attempts > MAX_ATTEMPTS:
            raise GiveUp(job.error or "多次尝试都未完成")
        beat.start()
        with surrounded():
            handler(lease)
        _finish(lease, state=JobState.DONE, error="")
    except LeaseLost:
        return
    except GiveUp as reason:
        _finish(lease, state=JobState.FAILED, error=str(reason))
    except NotYet:
        Job.objects.filter(pk=job.pk, lease_no=job.lease_no).update(
            state=JobState.QUEUED, run_at=timezone.now() + WAIT, attempts=F("attempts") - 1
        )
    except Exception:
        retry_at = timezone.now() + timedelta(seconds=2**job.attempts)
        Job.objects.filter(pk=job.pk, lease_no=job.lease_no).update(
            state=JobState.QUEUED, run_at=retry_at, error=_last_lines(traceback.format_exc())
        )
        raise
    finally:
        beat.stop()


def finish_here(job: Job | None) -> None:
    """Do one job in this process, as a worker would; wait when a worker was faster.

    For commands: a killed one leaves the job to the workers. A job that fails
    is tried again as in the queue.
    """
    while job is not None:
        job.refresh_from_db()
        if not job.unfinished:
            return
        lease = claim(job)
        if lease is None:
            time.sleep(0.2)
            continue
        try:
            run(lease)
        except Exception:
            logger.exception("job %s failed; trying again", job.pk)


def _finish(lease: Lease, **changes: Any) -> None:
    Job.objects.filter(pk=lease.job.pk, lease_no=lease.job.lease_no).update(
        finished_at=timezone.now(), lease_until=None, **changes
    )


def _last_lines(trace: str) -> str:
    """The frames of a traceback, without its message: a message may quote personal data."""
    frames = [line.strip() for line in trace.splitlines() if line.startswith("  File ")]
    name = trace.strip().splitlines()[-1].split(":")[0]
    return "\n".join([*frames[-5:], name])


class _Heartbeat(threading.Thread):
    """Keeps the lease while a handler is inside one long statement.

    On SQLite it cannot write while the handler's own transaction does; then
    nobody else can claim either, and `Lease.fence` decides.
    """

    def __init__(self, lease: Lease) -> None:
        super().__init__(daemon=True)
        self._lease = lease
        self._ended = threading.Event()

    def run(self) -> None:
        try:
            while not self._ended.wait(settings.JOB_LEASE_SECONDS / 3):
                with suppress(OperationalError), transaction.atomic():
                    self._lease._write()
        except LeaseLost:
            return
        finally:
            connection.close()

    def stop(self) -> None:
        self._ended.set()
        if self.is_alive():
            self.join(timeout=5)
