"""How many customers' numbers one person gets: per hour, and before they log what came of it.

The gates look at one customer; these look at who asks, so that a list of
numbers cannot be read off call by call. Each limit is asked after
`Staff.take_turn`, in the transaction that hands the number out: of many requests
at once, each counts those before it.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from branches.models import Staff
from outreach.gates import GateRefusal
from outreach.local_day import midnight
from outreach.models import Channel, ContactLog
from trust.models import AuditEvent

HOUR = timedelta(hours=1)
COPIED = "wechat"  # the purpose that the reveal of a copied number states


def too_many_copied(by: Staff, *, at: datetime) -> GateRefusal | None:
    """The cap of an hour on numbers to copy, and that on all of them."""
    return _cap(
        settings.REVEALS_PER_HOUR,
        _revealed(by, at=at, purpose=COPIED),
        _("一小时内已复制 %(count)s 个号码，已到上限。"),
    ) or too_many_numbers(by, at=at)


def copies_many(by: Staff, *, at: datetime) -> bool:
    """Whether the next number to copy is asked for with password and second factor."""
    return len(_revealed(by, at=at, purpose=COPIED)) >= settings.COPIES_BEFORE_STEP_UP


def too_many_numbers(by: Staff, *, at: datetime) -> GateRefusal | None:
    """The cap of an hour on all numbers handed out: to call, to copy, of a village's helper."""
    return _cap(
        settings.CALLS_PER_HOUR,
        _revealed(by, at=at),
        _("一小时内已取用 %(count)s 个号码，已到上限。"),
    )


def too_many_unlogged(by: Staff, *, at: datetime) -> GateRefusal | None:
    """Today's calls without outcome: they come first, whatever the next one is for."""
    logs = ContactLog.objects.unscoped("their own attempts, whoever holds the customer by now")
    mine = logs.waiting().of_staff(by).filter(channel=Channel.CALL, started_at__gte=midnight(at))
    count = mine.count()
    if count < settings.UNLOGGED_MAX:
        return None
    sentence = _("先登记 %(count)s 个通话的结果，再打下一个。") % {"count": count}
    return GateRefusal("unlogged", sentence)


def _revealed(by: Staff, *, at: datetime, purpose: str = "") -> list[datetime]:
    """When they got a number in the hour before, ascending; for one purpose, or for any."""
    events = AuditEvent.objects.filter(
        actor_id=by.pk, action="phone.reveal", result="ok", at__gt=at - HOUR
    ).order_by("at")
    return [each.at for each in events if not purpose or each.detail.get("purpose") == purpose]


def _cap(cap: int, times: list[datetime], sentence: str) -> GateRefusal | None:
    if len(times) < cap:
        return None
    until = times[-cap] + HOUR if cap else None
    return GateRefusal("reveals", sentence % {"count": len(times)}, until)
