"""Giving a file up: it changes nothing, and its data go."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from tests.cast import Cast
from tests.retention import keep_no_longer
from tests.whitelist.actions.test_confirm_mapping import HEADER, RIGHT, ROW, hand_in
from tests.whitelist.imports.conftest import work
from trust.models import AuditEvent
from whitelist.actions.uploads import NotPossibleNow, abandon, confirm_mapping
from whitelist.models import UploadState, WhitelistUpload

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(cast: Cast) -> WhitelistUpload:
    """A checked file with one good row and one broken one."""
    upload = hand_in(
        cast, f"{HEADER}\n{ROW}\n{ROW.replace('K0001', 'K0002').replace('JSD', 'X')}\n"
    )
    confirm_mapping(upload=upload, mapping=RIGHT, by=cast.qian)
    work()
    upload.refresh_from_db()
    assert upload.state == UploadState.CHECKED
    return upload


def test_rows_and_file_go_and_the_report_stays(upload: WhitelistUpload, cast: Cast) -> None:
    path = upload.stored_as
    abandon(upload=upload, by=cast.qian)
    work()
    upload.refresh_from_db()
    assert (upload.state, upload.stored_as) == (UploadState.ABANDONED, "")
    assert not upload.rows.exists()
    assert upload.problems.exists()
    assert not default_storage.exists(path)
    assert AuditEvent.objects.filter(action="upload.abandon", actor_id=cast.qian.pk).exists()


@pytest.mark.parametrize(
    "state", [UploadState.APPLYING, UploadState.IN_FORCE, UploadState.UNDONE, UploadState.ABANDONED]
)
def test_not_when_it_is_in_force_or_over(
    state: UploadState, upload: WhitelistUpload, cast: Cast
) -> None:
    WhitelistUpload.objects.unscoped("test").update(state=state)
    with pytest.raises(NotPossibleNow):
        abandon(upload=upload, by=cast.qian)
    work()
    assert upload.rows.exists()


def test_old_files_go_before_the_rows_do(upload: WhitelistUpload, settings) -> None:
    settings.RETAIN_STAGED_DAYS = 92
    keep_no_longer()
    assert default_storage.exists(upload.stored_as)
    old = timezone.now() - timedelta(days=91)
    WhitelistUpload.objects.unscoped("test").update(uploaded_at=old)
    keep_no_longer()
    assert not default_storage.exists(upload.stored_as)
    upload.refresh_from_db()
    assert upload.stored_as == ""
    assert upload.rows.exists()
