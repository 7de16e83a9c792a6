"""A list file through the whole job, as the worker does it."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.models import Job
from jobs.queue import claim_next, run
from tests.cast import Cast
from whitelist.actions.uploads import receive
from whitelist.models import Mode, WhitelistUpload


def work() -> None:
    """Do every job that is due."""
    while (lease := claim_next()) is not None:
        run(lease)


@pytest.fixture
def import_file(cast: Cast) -> Any:
    """``import_file(bytes)`` uploads them as 钱经办 for the whole bank, and returns the checked upload."""

    def do(
        content: bytes, *, name: str = "list.csv", mode: str = Mode.FULL, scope: Any = None
    ) -> WhitelistUpload:
        upload = receive(
            file=SimpleUploadedFile(name, content),
            programme=cast.programme,
            scope=scope or cast.hq,
            mode=mode,
            by=cast.qian,
            file_name=name,
        )
        work()
        assert not Job.objects.exclude(state="done").exists()
        return WhitelistUpload.objects.unscoped("test").get(pk=upload.pk)

    return do


@pytest.fixture
def stream() -> Any:
    """Bytes as the reading process gets them."""
    return io.BytesIO
