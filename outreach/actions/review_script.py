"""A script may be used once a second person has read it; and until it is retired."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from branches.models import Staff
from outreach.models import Script
from trust import audit


class NeedsAnotherPerson(Exception):
    """Who wrote a script does not review it."""


@transaction.atomic
def review_script(*, script: Script, by: Staff) -> bool:
    """Release the script; False when that was done before.

    Raises:
        NeedsAnotherPerson: `by` wrote it (while TWO_PEOPLE is on).
    """
    if settings.TWO_PEOPLE and script.written_by_id == by.pk:
        raise NeedsAnotherPerson
    waiting = Script.objects.filter(pk=script.pk, reviewed_at=None, retired_at=None)
    if not waiting.update(reviewed_by=by, reviewed_at=timezone.now()):
        return False
    audit.record("script.review", by=by, target=f"script:{script.pk}", version=script.version)
    return True


@transaction.atomic
def retire_script(*, script: Script, by: Staff) -> bool:
    """Take the script out of use; False when that was done before."""
    if not Script.objects.filter(pk=script.pk, retired_at=None).update(retired_at=timezone.now()):
        return False
    audit.record("script.retire", by=by, target=f"script:{script.pk}", version=script.version)
    return True
