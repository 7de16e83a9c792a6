"""When a day begins, and which days are soon, in the branch's own time."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone


def midnight(at: datetime | None = None) -> datetime:
    """The beginning of the local day of a moment; of today without one."""
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def soon() -> date:
    """The last day on which what ends is said to end soon (`EXPIRING_DAYS`, today not counted)."""
    return timezone.localdate() + timedelta(days=settings.EXPIRING_DAYS)
