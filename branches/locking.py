"""So many wrong passwords in a row close the door for a while."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from branches.models import Staff
from trust.models import AuditEvent

FAILED, LOCKED = "failed", "locked"


def is_locked(staff: Staff) -> bool:
    """Whether their last `LOGIN_FAILURES` tries were all wrong, within the last minutes.

    Passwords only: wrong PINs are counted by device, and forget the device. Ask
    after `take_turn`, in the transaction that records the try: else the next one
    is made before this one counts.
    """
    tries = AuditEvent.objects.filter(
        target=f"staff:{staff.pk}",
        action__in=("session.login", "session.login_failed"),
        result__in=("ok", FAILED),
        at__gte=timezone.now() - timedelta(minutes=settings.LOGIN_LOCK_MINUTES),
    )
    results = tries.order_by("-pk").values_list("result", flat=True)[: settings.LOGIN_FAILURES]
    return list(results) == [FAILED] * settings.LOGIN_FAILURES
