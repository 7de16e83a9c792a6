"""Background work on list files."""

import logging

from django.core.files.storage import default_storage

from jobs.queue import GiveUp, Lease, NotYet, job_handler
from trust.rotation.settled import index_is_settled
from whitelist.actions.uploads import CHECK_JOB, DISCARD_JOB
from whitelist.imports import pipeline, staging
from whitelist.models import UploadState, WhitelistUpload
from whitelist.models.upload import UploadQuerySet

logger = logging.getLogger(__name__)


def wait_for_the_index() -> None:
    """Lists are compared by keyed indexes in SQL: not while those are under two keys.

    Raises:
        NotYet: `rotate_keys` has not been run to its end with this INDEX_KEYS.
    """
    if not index_is_settled():
        logger.warning("lists wait: INDEX_KEYS has a new key, run manage.py rotate_keys")
        raise NotYet


def _uploads(reason: str) -> UploadQuerySet:
    return WhitelistUpload.objects.unscoped(reason)


@job_handler(CHECK_JOB)
def check(lease: Lease) -> None:
    """Read, check and compare the upload of the payload."""
    wait_for_the_index()
    upload = (
        _uploads("the worker's own upload")
        .select_related("programme", "scope", "uploaded_by")
        .filter(pk=lease.payload["upload"])
        .first()
    )
    if upload is None:
        raise GiveUp("名单文件已不存在")
    pipeline.run(upload, lease)


@job_handler(DISCARD_JOB)
def discard(lease: Lease) -> None:
    """Delete the file and the staged rows of an upload that was given up."""
    upload = (
        _uploads("the worker's own upload")
        .filter(pk=lease.payload["upload"], state=UploadState.ABANDONED)
        .first()
    )
    if upload is not None:
        staging.clear_rows(upload)
        _delete_file(upload)


def _delete_file(upload: WhitelistUpload) -> None:
    if upload.stored_as:
        default_storage.delete(upload.stored_as)
        _uploads("the file is gone").filter(pk=upload.pk).update(stored_as="")
