"""What a manager has done today: the figures, and each customer with what came of it."""

from dataclasses import dataclass
from typing import Any

from branches.models import Staff
from outreach.disclosure import with_personal_data
from outreach.local_day import midnight
from outreach.models import ContactLog, Lead


@dataclass(frozen=True)
class Progress:
    """Customers, not contacts: who was called twice counts once."""

    tried: int  # turned to at all, also where the outcome still waits
    reached: int  # 触达: spoken to or met


def progress(user: Staff) -> Progress:
    """How many customers the user has turned to today, and how many they reached."""
    rows = list(_of_today(user).values_list("lead", "is_contact"))
    reached = {lead for lead, is_contact in rows if is_contact}
    return Progress(tried=len({lead for lead, _ in rows}), reached=len(reached))


def done_today(user: Staff) -> list[ContactLog]:
    """Today's outcomes, the newest of each customer, newest first.

    Customers who left the user's hands since are not shown: somebody else has them.
    """
    logs: dict[int, ContactLog] = {}
    for log in _of_today(user).exclude(logged_at=None):
        logs.setdefault(log.lead_id, log)
    seen = Lead.objects.visible_to(user).filter(pk__in=logs)
    leads = {lead.pk: lead for lead in with_personal_data(seen)}
    done = [log for log in logs.values() if log.lead_id in leads]
    for log in done:
        log.lead = leads[log.lead_id]
    return done


def _of_today(user: Staff) -> Any:
    mine = ContactLog.objects.unscoped("what I did myself").of_staff(user)
    return mine.filter(started_at__gte=midnight())
