"""A list file comes in: stored sealed, measured, queued."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.models import Job
from tests.cast import Cast
from trust.models import AuditEvent
from whitelist.actions import uploads
from whitelist.actions.uploads import receive
from whitelist.imports.pipeline import stored_chunks
from whitelist.imports.reading.problems import FileProblem
from whitelist.models import WhitelistUpload

pytestmark = pytest.mark.django_db

CONTENT = "客户号,姓名\nK0001,吕建国\n".encode() * 1000


def hand_in(cast: Cast, file: Any) -> WhitelistUpload:
    return receive(
        file=file,
        programme=cast.programme,
        scope=cast.province,
        mode="full",
        by=cast.qian,
        file_name="名单.csv",
    )


def stored_files() -> list[str]:
    return default_storage.listdir("uploads")[1] if default_storage.exists("uploads") else []


@pytest.mark.parametrize("file", [SimpleUploadedFile("x.csv", CONTENT), io.BytesIO(CONTENT)])
def test_it_is_stored_sealed_and_queued(file: Any, cast: Cast) -> None:
    file.seek(0)
    upload = hand_in(cast, file)
    assert upload.size == len(CONTENT)
    assert upload.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert upload.uploaded_by == cast.qian
    stored = Path(default_storage.path(upload.stored_as)).read_bytes()
    assert "吕建国".encode() not in stored
    assert b"".join(stored_chunks(upload)) == CONTENT
    job = Job.objects.get()
    assert (job.kind, job.payload, upload.job) == ("whitelist.check", {"upload": upload.pk}, job)


def test_the_audit_says_who_and_what_without_personal_data(cast: Cast) -> None:
    upload = hand_in(cast, io.BytesIO(CONTENT))
    event = AuditEvent.objects.get(action="upload.receive")
    assert (event.actor_id, event.target) == (cast.qian.pk, f"upload:{upload.pk}")
    assert event.detail["sha256"] == upload.sha256
    assert "吕建国" not in str(event.detail)


def test_a_file_over_the_limit_leaves_nothing_behind(cast: Cast, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = len(CONTENT) - 1
    with pytest.raises(FileProblem) as caught:
        hand_in(cast, io.BytesIO(CONTENT))
    assert caught.value.code == "too_large"
    assert stored_files() == []
    assert not WhitelistUpload.objects.unscoped("test").exists()
    assert not Job.objects.exists()


def test_when_the_transaction_fails_the_file_goes_too(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(uploads.audit, "record", fail)
    with pytest.raises(RuntimeError):
        hand_in(cast, io.BytesIO(CONTENT))
    assert stored_files() == []
    assert not WhitelistUpload.objects.unscoped("test").exists()
