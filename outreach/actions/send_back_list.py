"""退回经办: the reviewer does not put a list in force, and says why."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from branches.models import Staff
from trust import audit
from whitelist.models import UploadState, WhitelistUpload


@transaction.atomic
def send_back_list(*, upload: WhitelistUpload, by: Staff, reason: str) -> bool:
    """Back to the clerk, who may submit it again or give it up. Nothing on the map changes.

    The reason stands with the file, for the clerk; it is free text and therefore
    not in the audit event. Returns False when the file no longer waits for review.

    Raises:
        PermissionDenied: the uploader reviews their own file.
    """
    if settings.TWO_PEOPLE and upload.uploaded_by_id == by.pk:
        raise PermissionDenied
    changed = (
        WhitelistUpload.objects.visible_to(by)
        .filter(pk=upload.pk, state=UploadState.SUBMITTED)
        .update(state=UploadState.CHECKED, failure=reason[:300])
    )
    if changed:
        audit.record("list.send_back", by=by, target=f"upload:{upload.pk}")
    return bool(changed)
