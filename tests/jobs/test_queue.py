"""One worker a job; a dead worker's job goes on; a sleeper cannot write."""

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import queue
from jobs.models import Job, JobState
from jobs.queue import GiveUp, Lease, LeaseLost, NotYet, claim_next, enqueue, job_handler, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_handlers", {})


def expire(job: Job) -> None:
    """As if the worker had died a while ago."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_job_is_done_once() -> None:
    seen = []
    job_handler("greet")(lambda lease: seen.append(lease.payload["who"]))
    job = enqueue("greet", {"who": 7}, by=None)
    run(claim_next())
    job.refresh_from_db()
    assert (seen, job.state, claim_next()) == ([7], JobState.DONE, None)


def test_a_job_in_the_future_waits() -> None:
    enqueue("greet", {}, by=None, run_at=timezone.now() + timedelta(minutes=1))
    assert claim_next() is None


def test_a_claimed_job_is_not_claimed_again() -> None:
    enqueue("greet", {}, by=None)
    assert claim_next() is not None
    assert claim_next() is None


def test_a_dead_workers_job_is_taken_over_and_the_sleeper_cannot_write() -> None:
    job = enqueue("greet", {}, by=None)
    sleeper = claim_next()
    expire(job)
    successor = claim_next()
    assert successor is not None and successor.job.pk == job.pk
    with pytest.raises(LeaseLost):
        sleeper.fence()
    with pytest.raises(LeaseLost):
        sleeper.progress("x", 1, 2)
    successor.progress("x", 1, 2)
    job.refresh_from_db()
    assert (job.step, job.percent) == ("x", 50)


def test_a_sleeper_that_wakes_does_not_finish_the_job() -> None:
    def slow(lease: Lease) -> None:
        expire(lease.job)
        claim_next()

    job_handler("slow")(slow)
    job = enqueue("slow", {}, by=None)
    run(claim_next())
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


def test_giving_up_says_why_and_is_final() -> None:
    def hopeless(lease: Lease) -> None:
        raise GiveUp("文件已删除")

    job_handler("hopeless")(hopeless)
    job = enqueue("hopeless", {}, by=None)
    run(claim_next())
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "文件已删除")


def test_a_fault_is_tried_again_later_then_given_up_and_leaks_no_message() -> None:
    def faulty(lease: Lease) -> None:
        raise ValueError("吕建国 16900000001")

    job_handler("faulty")(faulty)
    job = enqueue("faulty", {}, by=None)
    for _ in range(queue.MAX_ATTEMPTS):
        Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
        with pytest.raises(ValueError):
            run(claim_next())
        job.refresh_from_db()
        assert job.state == JobState.QUEUED
        assert job.run_at > timezone.now()
    Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
    run(claim_next())
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "ValueError" in job.error and "16900000001" not in job.error


def test_an_unknown_kind_fails_in_words() -> None:
    job = enqueue("nobody", {}, by=None)
    run(claim_next())
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "nobody" in job.error


def test_a_job_that_cannot_begin_yet_waits_and_is_not_counted_as_tried() -> None:
    def not_now(lease: Lease) -> None:
        raise NotYet

    job_handler("greet")(not_now)
    job = enqueue("greet", {}, by=None)
    run(claim_next())
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error, claim_next()) == (JobState.QUEUED, 0, "", None)
