"""Files that a death left behind go; those that a row names, or may name in a moment, stay."""

from datetime import timedelta
from pathlib import Path

import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from outreach.actions.export_files import close_export
from tests.cast import Cast, make_lead
from tests.exports import again, ready
from tests.lists import make_upload
from tests.retention import keep_no_longer
from trust.models import AuditEvent


def files() -> set[str]:
    return {f"uploads/{path.name}" for path in Path(default_storage.path("uploads")).iterdir()}


def test_a_file_whose_row_forgot_it_before_it_was_deleted(
    cast: Cast,
) -> None:
    make_lead(cast)
    export, kept = ready(cast), ready(cast)
    close_export(again(export), result="erased")  # and here the process is killed
    assert not again(export).stored_as and files() == {export.stored_as, kept.stored_as}
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert keep_no_longer() == 1
    assert files() == {kept.stored_as}
    event = AuditEvent.objects.get(target="files:stray")
    assert (event.action, event.detail["rows"]) == ("retention.carry_out", 1)


def test_a_file_that_was_written_and_never_named(cast: Cast) -> None:
    default_storage.save("uploads/lost.sealed", ContentFile(b"MMF1"))
    assert keep_no_longer() == 0  # somebody may be about to name it
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert keep_no_longer() == 1
    assert files() == set()


def test_files_of_lists_stay(cast: Cast) -> None:
    name = default_storage.save("uploads/list.sealed", ContentFile(b"MMF1"))
    upload = make_upload(cast, [], scope=cast.province)
    type(upload)._base_manager.filter(pk=upload.pk).update(stored_as=name)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert keep_no_longer() == 0
    assert files() == {name}
