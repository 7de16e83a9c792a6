"""What a manager does next, in the order of what cannot wait."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from branches.models import Staff
from outreach.models import Lead, Stage
from outreach.querysets import LeadQuerySet


@dataclass(frozen=True)
class Task:
    """One customer to turn to, and why."""

    lead: Lead
    reason: str


def due(user: Staff) -> LeadQuerySet:
    """Agreed follow-ups of today and before, the oldest first; business in process too."""
    mine = Lead.objects.visible_to(user).held_by(user).due()
    return (mine.workable() | mine.served_by(user)).order_by("follow_up_at", "pk")


def expiring(user: Staff) -> LeadQuerySet:
    """Ending within days, with nobody interested or applied yet."""
    open_stages = (Stage.TO_CONTACT, Stage.CONTACTED, Stage.INTERESTED)
    mine = Lead.objects.visible_to(user).held_by(user).workable()
    soon = mine.expiring(settings.EXPIRING_DAYS).filter(stage__in=open_stages)
    return soon.order_by("valid_to", "-amount", "pk")


def never_contacted(user: Staff) -> LeadQuerySet:
    """Held, and nobody has spoken to them; the best answer expected first."""
    mine = Lead.objects.visible_to(user).held_by(user).workable()
    return mine.filter(stage=Stage.TO_CONTACT).order_by("last_attempt_at", "-amount", "pk")


def served(user: Staff) -> LeadQuerySet:
    """Left the list with an application under way: served on, not marketed to."""
    mine = Lead.objects.visible_to(user).served_by(user).off_the_list()
    return mine.order_by("last_contact_at", "pk")


def next_lead(user: Staff, after: Lead) -> Lead | None:
    """Whom to turn to after this one: due, else the same village, else the next untouched.

    Somebody already tried today is left for another day.
    """
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)

    def first(leads: LeadQuerySet) -> Lead | None:
        fresh = leads.exclude(pk=after.pk).exclude(last_attempt_at__gte=midnight)
        lead: Lead | None = fresh.first()
        return lead

    untouched = never_contacted(user)
    here = untouched.filter(village=after.village) if after.village_id else untouched.none()
    return first(due(user)) or first(here) or first(expiring(user)) or first(untouched)


def days_left(lead: Lead) -> int | None:
    """Days until the offer ends; 0 on its last day (valid-to is inclusive)."""
    return None if lead.valid_to is None else (lead.valid_to - timezone.localdate()).days


def expiry_in_words(lead: Lead) -> str:
    """今天到期, 3天后到期, 已过期."""
    left = days_left(lead)
    if left is None:
        return ""
    if left < 0:
        return _("已过期")
    return _("今天到期") if left == 0 else _("%(days)s天后到期") % {"days": left}


def reason(lead: Lead) -> str:
    """The one thing that speaks for turning to this customer now."""
    now = timezone.now()
    if lead.follow_up_at and timezone.localdate(lead.follow_up_at) <= timezone.localdate(now):
        day = date_format(timezone.localdate(lead.follow_up_at), _("n月j日"))
        return _("约定 %(day)s 跟进") % {"day": day}
    if lead.is_in_process:
        return _("业务办理中，做好服务")
    left = days_left(lead)
    if left is not None and 0 <= left <= settings.EXPIRING_DAYS:
        return (
            expiry_in_words(lead)
            if lead.last_contact_at
            else _("%(end)s，还没联系上") % {"end": expiry_in_words(lead)}
        )
    if lead.stage == Stage.INTERESTED:
        return _("有意向，指导申请")
    if lead.stage == Stage.TO_CONTACT:
        return _("打过电话，还没联系上") if lead.last_attempt_at else _("还没有联系过")
    return _("保持联系")


def tasks(leads: LeadQuerySet, limit: int) -> list[Task]:
    """The first of them with their reasons, and with what showing names needs."""
    joined = leads.select_related("customer", "village", "product", "holder", "branch")
    return [Task(lead, reason(lead)) for lead in joined[:limit]]
