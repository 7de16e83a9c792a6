"""A worker may die at any chunk, and a person may change their mind: nothing is left half-done."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from jobs.models import Job, JobState
from jobs.queue import claim_next, run
from tests.cast import Cast
from tests.whitelist.imports.conftest import work
from tests.whitelist.imports.test_unusable_files import HEADER
from whitelist.actions.uploads import abandon, receive
from whitelist.imports import pipeline, staging
from whitelist.models import UploadRow, UploadState, WhitelistUpload

pytestmark = pytest.mark.django_db

ROWS = "".join(
    f"K{i:04d},甲一,1690000{i:04d},寿光市稻田镇刘庄村,H37078301,{'JSD' if i % 10 else 'XXX'},"
    "500000,2026-01-01,2099-12-31\n"
    for i in range(1, 1202)
)
CONTENT = (HEADER + ROWS).encode()


@pytest.fixture
def upload(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> WhitelistUpload:
    """A file of 1,201 rows, 120 of them broken, written in chunks of 500."""
    monkeypatch.setattr(pipeline, "CHUNK", 500)
    return receive(
        file=SimpleUploadedFile("list.csv", CONTENT),
        programme=cast.programme,
        scope=cast.hq,
        mode="full",
        by=cast.qian,
        file_name="list.csv",
    )


def fresh(upload: WhitelistUpload) -> WhitelistUpload:
    return WhitelistUpload.objects.unscoped("test").get(pk=upload.pk)


def assert_whole(upload: WhitelistUpload) -> None:
    upload = fresh(upload)
    assert upload.state == UploadState.CHECKED
    counts = {key: upload.totals[key] for key in ("rows", "accepted", "rejected")}
    assert counts == {"rows": 1201, "accepted": 1081, "rejected": 120}
    assert upload.rows.count() == 1081
    assert upload.problems.filter(code="product_unknown").count() == 120


def on_third_chunk(monkeypatch: pytest.MonkeyPatch, what: Any) -> None:
    """Do something when the third chunk is about to be written."""
    real, calls = staging.insert_rows, []

    def insert_rows(rows: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            what()
        real(rows)

    monkeypatch.setattr(staging, "insert_rows", insert_rows)


def test_after_a_fault_the_check_starts_over(upload: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def die() -> None:
        raise OSError("disk gone")

    on_third_chunk(monkeypatch, die)
    with pytest.raises(OSError):
        run(claim_next())
    assert fresh(upload).state == UploadState.CHECKING
    assert 0 < UploadRow.objects.count() < 1081
    Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
    work()
    assert_whole(upload)


def test_a_worker_that_slept_writes_nothing_more(
    upload: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, staged = staging.insert_rows, []

    def sleep_after_first(rows: Any) -> None:
        real(rows)
        if not staged:
            staged.append(UploadRow.objects.count())
            Job.objects.update(lease_no=99)  # another worker has claimed it

    monkeypatch.setattr(staging, "insert_rows", sleep_after_first)
    run(claim_next())
    assert UploadRow.objects.count() == staged[0]
    assert fresh(upload).state == UploadState.CHECKING
    monkeypatch.setattr(staging, "insert_rows", real)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    work()
    assert_whole(upload)


def test_given_up_while_it_is_being_checked(
    upload: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up() -> None:
        pipeline.staging.insert_rows = real  # only once
        abandon(upload=upload, by=cast.qian)

    real = staging.insert_rows
    on_third_chunk(monkeypatch, give_up)
    work()
    assert fresh(upload).state == UploadState.ABANDONED
    assert not UploadRow.objects.exists()
    assert fresh(upload).stored_as == ""
    assert default_storage.listdir("uploads")[1] == []
    assert not Job.objects.exclude(state=JobState.DONE).exists()


def test_the_stored_file_is_gone(upload: Any) -> None:
    default_storage.delete(upload.stored_as)
    work()
    assert (fresh(upload).state, fresh(upload).failure) == (
        "failed",
        "原文件已删除，无法再次读取。请重新上传。",
    )


def test_the_stored_file_was_altered(upload: Any) -> None:
    path = default_storage.path(upload.stored_as)
    with open(path, "r+b") as file:  # noqa: PTH123
        file.seek(100)
        file.write(b"\0\0\0\0")
    work()
    assert fresh(upload).state == "failed"
    assert "无法解密" in fresh(upload).failure


def test_progress_is_told(upload: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    real = pipeline.Lease.progress

    def progress(self: Any, step: str, done: int = 0, total: int = 0) -> None:
        told.append((step, done, total))
        real(self, step, done, total)

    monkeypatch.setattr(pipeline.Lease, "progress", progress)
    work()
    assert told[0] == ("读取", 0, 0)
    checking = [(done, total) for step, done, total in told if step == "校验"]
    assert checking == sorted(checking)
    assert checking[-1] == (1201, 1201)
    assert all(done <= total for done, total in checking)
