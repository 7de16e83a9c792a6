"""What comes back from a page that was sent: opened, and gone to apply.

The page is public, and anybody may ask for it over and over: an opening counts
at most once a minute, clicks up to a hundred, each by a conditional UPDATE of
the row itself. Only the first of each kind is an event in the audit log, by
nobody: whoever opened it is not known.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from outreach.models import Share
from outreach.models.share import ShareQuerySet
from trust import audit
from trust.wall import whole_bank

ONCE_A = timedelta(minutes=1)
CLICKS_COUNTED = 100


@whole_bank("whoever has the code may open it")
def count_open(*, share: Share) -> None:
    """Count an opening, unless one was counted within the minute."""
    now = timezone.now()
    if share.last_opened_at and now - share.last_opened_at < ONCE_A:
        return
    with transaction.atomic():
        as_read = _row(share).filter(last_opened_at=share.last_opened_at)
        counted = as_read.update(
            opens=F("opens") + 1, opened_at=Coalesce("opened_at", now), last_opened_at=now
        )
        if counted and share.opened_at is None:
            _record("share.opened", share)


@whole_bank("whoever has the code may open it")
def count_click(*, share: Share) -> None:
    """Count that somebody went on to apply."""
    if share.clicks >= CLICKS_COUNTED:
        return
    with transaction.atomic():
        if _row(share).filter(clicked_at=None).update(clicked_at=timezone.now(), clicks=1):
            _record("share.clicked", share)
        else:
            _row(share).filter(clicks__lt=CLICKS_COUNTED).update(clicks=F("clicks") + 1)


def _row(share: Share) -> ShareQuerySet:
    rows: ShareQuerySet = Share.objects.unscoped("found by the code that was sent")
    return rows.filter(pk=share.pk)


def _record(action: str, share: Share) -> None:
    audit.record(action, by=None, target=f"lead:{share.lead_id}", share=share.pk)
