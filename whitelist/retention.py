"""When rows of lists are needed no more: replaced long ago, or never put in force."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from trust import audit
from trust.retention import Rule, nothing_in, register_rule
from whitelist.models import BatchChange, Offer, UploadRow, UploadState, WhitelistUpload
from whitelist.models.upload import ABANDONABLE
from whitelist.models.upload_row import PERSONAL

SAYS_SOMETHING = Q(id_index__isnull=False) | Q(name__isnull=False) | Q(phone__isnull=False)
NEVER_IN_FORCE = tuple(state for state in ABANDONABLE if state != UploadState.FAILED)


def undo_ends(now: datetime | None = None) -> datetime:
    """Lists from before this moment cannot be undone: the rows to go back to may be emptied."""
    return (now or timezone.now()) - timedelta(days=settings.RETAIN_ROWS_DAYS)


def rows_of_former_lists(before: datetime) -> QuerySet[UploadRow]:
    """Rows no offer stands on, of lists from before, to which no later undo would go back."""
    recent = BatchChange.objects.filter(batch__in_force_at__gte=before)
    return UploadRow.objects.filter(
        SAYS_SOMETHING,
        ~Exists(Offer.objects.unscoped("whose row it is").filter(row=OuterRef("pk"))),
        ~Exists(recent.filter(row_before=OuterRef("pk"))),
        ~Exists(recent.filter(row_after=OuterRef("pk"))),
        upload__uploaded_at__lt=before,
        upload__batches__isnull=False,
    )


def empty_rows(keys: list[int], before: datetime) -> int:
    """What is personal in these rows goes; number, product, amount and change stay."""
    nothing = nothing_in(UploadRow, PERSONAL)
    return rows_of_former_lists(before).filter(pk__in=keys).update(**nothing)


def staged_rows(before: datetime) -> QuerySet[UploadRow]:
    """Rows of lists that were handed in before and never took effect."""
    return UploadRow.objects.filter(
        upload__uploaded_at__lt=before,
        upload__batches=None,
        upload__state__in=[*NEVER_IN_FORCE, UploadState.ABANDONED],
    )


def give_up(keys: list[int], before: datetime) -> int:
    """Delete these rows; their lists are given up first, so that none is applied by half."""
    rows = UploadRow.objects.filter(pk__in=keys)
    uploads = WhitelistUpload.objects.unscoped("the clock looks over all")
    waiting = uploads.filter(pk__in=rows.values("upload"), state__in=NEVER_IN_FORCE)
    for pk in waiting.values_list("pk", flat=True):
        if uploads.filter(pk=pk, state__in=NEVER_IN_FORCE).update(state=UploadState.ABANDONED):
            audit.record("upload.abandon", by=None, target=f"upload:{pk}", reason="retention")
    given_up = uploads.filter(pk__in=rows.values("upload"), state=UploadState.ABANDONED)
    return rows.filter(upload__in=given_up).delete()[0]


register_rule("rows", Rule(due=rows_of_former_lists, carry_out=empty_rows))
register_rule("staged rows", Rule(due=staged_rows, carry_out=give_up))
