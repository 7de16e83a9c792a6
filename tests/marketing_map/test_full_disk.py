"""No space left: a page that says so, nothing half-done, and the log has the rest."""

import errno
import sqlite3
from typing import Any
from uuid import uuid4

import psycopg.errors
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from marketing_map.full_disk import is_full_disk
from outreach.models import ContactLog
from tests.cast import Cast, make_lead
from whitelist.models import WhitelistUpload

NO_SPACE = OSError(errno.ENOSPC, "No space left on device")


def chained(cause: Exception) -> OperationalError:
    error = OperationalError("could not write")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        NO_SPACE,
        OSError(errno.EDQUOT, "quota"),
        chained(sqlite3.OperationalError("database or disk is full")),
        chained(psycopg.errors.DiskFull("could not extend file")),
    ],
)
def test_told_apart(error: Exception) -> None:
    assert is_full_disk(error)


@pytest.mark.parametrize(
    "error",
    [None, ValueError("x"), OSError(errno.EIO, "x"), chained(psycopg.errors.DeadlockDetected())],
)
def test_other_errors_are_others(error: Exception | None) -> None:
    assert not is_full_disk(error)


def upload(client: Any, **headers: str) -> Any:
    form = {"programme": "SN2026", "scope": "H", "mode": "full"}
    client.raise_request_exception = False
    return client.post(
        "/lists/new/", {**form, "file": SimpleUploadedFile("a.csv", b"x")}, headers=headers
    )


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise NO_SPACE

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", refuse)
    monkeypatch.setattr("trust.audit.record", refuse)


def test_an_upload(cast: Cast, as_: Any, full: None) -> None:
    answer = upload(as_(cast.qian))
    assert answer.status_code == 507 and "服务器磁盘已满" in answer.content.decode()
    told = upload(as_(cast.qian), accept="application/json")
    assert told.status_code == 507 and "磁盘已满" in told.json()["errors"]["file"][0]["message"]
    assert not WhitelistUpload.objects.unscoped("test").exists()


def test_a_log_that_cannot_be_audited_is_not_kept(cast: Cast, as_: Any, full: None) -> None:
    lead, client = make_lead(cast, holder=cast.wang), as_(cast.wang)
    client.raise_request_exception = False
    form = {"lead": lead.pk, "channel": "visit", "person": "self", "outcome": "considering"}
    answer = client.post(f"/logs/{uuid4()}/", form, headers={"HX-Request": "true"})
    assert answer.status_code == 507
    assert not ContactLog.objects.unscoped("test").exists()
