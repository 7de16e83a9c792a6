"""List files in any state, made without the importer."""

from typing import Any

import pytest

from jobs.models import Job, JobState
from tests.cast import Cast
from tests.whitelist.views.list_files import ListFiles


@pytest.fixture
def files(cast: Cast) -> ListFiles:
    return ListFiles(cast)


@pytest.fixture
def job(cast: Cast) -> Any:
    """``job(state=…)`` makes a job of the worker."""

    def make(state: str = JobState.QUEUED, **fields: Any) -> Job:
        from django.utils import timezone

        return Job.objects.create(
            kind="whitelist.check", run_at=timezone.now(), state=state, **fields
        )

    return make
