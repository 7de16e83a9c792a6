"""When a day begins, in the branch's own time."""

from datetime import datetime

from django.utils import timezone


def midnight(at: datetime | None = None) -> datetime:
    """The beginning of the local day of a moment; of today without one."""
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
