"""What a manager does next: one list, in the order of what cannot wait, each with its reason.

今日 shows it, and the sheet after an outcome names the next of it. A customer
stands in it once: in the first section that fits. Whoever was tried today is
left for another day, unless they went to apply or headquarters has found them keen since.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.models import Staff
from outreach.disclosure import with_personal_data
from outreach.distance import Point, in_words, metres_between
from outreach.gates import at_attempt_cap, purpose_of
from outreach.local_day import midnight
from outreach.models import Channel, ContactLog, Intention, Lead, Purpose, Stage
from outreach.querysets import LeadQuerySet
from outreach.shares import unanswered_clicks

OPEN_STAGES = (Stage.TO_CONTACT, Stage.CONTACTED, Stage.INTERESTED)


class Section(models.TextChoices):
    """Why somebody is in the list, the most urgent first."""

    CLICKED = "clicked", gettext_lazy("点了“去申请”")
    KEEN = "keen", gettext_lazy("总行意向高")
    DUE = "due", gettext_lazy("到期跟进")
    SERVED = "served", gettext_lazy("业务办理中（已不在名单，只做服务）")
    EXPIRING = "expiring", gettext_lazy("几天内到期")
    NEVER = "never", gettext_lazy("还没联系上")
    VISIT = "visit", gettext_lazy("多次未接通")


Plan = dict[Section, list[Lead]]


@dataclass(frozen=True)
class Task:
    """One customer to turn to, why, and how far away when it is known where one stands."""

    lead: Lead
    reason: str
    metres: float | None = None
    by_visit: bool = False  # calling is over for now, going there is not

    @property
    def away(self) -> str:
        return in_words(self.metres) if self.metres is not None else ""


def plan(user: Staff, *, origin: Point | None = None) -> Plan:
    """Everybody the user should turn to today, by section, in order.

    Args:
        origin: where they stand: the nearest of each section come first then.
    """
    now = timezone.now()
    leads = _in_hand(user)
    capped = at_attempt_cap(leads, at=now)
    clicks = unanswered_clicks(leads)
    tried = _tried_today(leads)
    found: Plan = {section: [] for section in Section}
    for lead in leads:
        clicked_at = clicks[lead.pk].clicked_at if lead.pk in clicks else None
        since = tried.get(lead.pk)
        if since and not any(at and at > since for at in (lead.hq_interest_at, clicked_at)):
            continue
        section = _section_of(lead, is_capped=lead.pk in capped, now=now)
        if clicked_at and lead.stage in OPEN_STAGES:
            section = Section.CLICKED
        if section:
            found[section].append(lead)
    for section, each in found.items():
        each.sort(key=lambda lead: (_away(lead, origin), *_turn(section, lead), lead.pk))
    return found


def next_task(user: Staff, after: Lead, wanted: Iterable[int] = ()) -> Task | None:
    """Whom to turn to after this one: the first of 今日.

    Args:
        wanted: ids in the order in which the user has them before their eyes, from
            their place on; those that are still to be done come first.
    """
    in_order = {
        lead.pk: (section, lead)
        for section, leads in plan(user).items()
        for lead in leads
        if lead.pk != after.pk
    }
    before_their_eyes = (in_order[pk] for pk in wanted if pk in in_order)
    found = next(before_their_eyes, None) or next(iter(in_order.values()), None)
    return tasks(found[0], [found[1]])[0] if found else None


def tasks(section: Section, leads: Sequence[Lead], *, origin: Point | None = None) -> list[Task]:
    """These leads with their reasons, and with what showing names needs."""
    ids = [lead.pk for lead in leads]
    scoped = Lead.objects.unscoped("leads of a plan, which was made in scope")
    joined = with_personal_data(scoped.filter(pk__in=ids)).in_bulk()
    clicks = unanswered_clicks(scoped.filter(pk__in=ids)) if section == Section.CLICKED else {}

    def why(lead: Lead) -> str:
        if lead.pk in clicks:
            return clicks[lead.pk].in_words()
        return _visit_reason(lead) if section == Section.VISIT else reason(lead)

    return [
        Task(
            lead=joined[pk],
            reason=why(joined[pk]),
            metres=_metres(joined[pk], origin),
            by_visit=section == Section.VISIT,
        )
        for pk in ids
        if pk in joined
    ]


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
    if lead.hq_interest_at and lead.stage in OPEN_STAGES:
        return _keen_reason(lead, lead.hq_interest_at)
    if lead.follow_up_at and timezone.localdate(lead.follow_up_at) <= timezone.localdate(now):
        if timezone.localdate(lead.follow_up_at) == timezone.localdate(now):
            return _("约定今天跟进")
        return _("约定 %(day)s 跟进") % {"day": _day(lead.follow_up_at)}
    if lead.is_in_process:
        return _("业务办理中，做好服务")
    if _ends_soon(lead):
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


def _in_hand(user: Staff) -> LeadQuerySet:
    """What the user holds and may turn to: on the list, or business under way."""
    mine = Lead.objects.visible_to(user).held_by(user)
    return mine.workable() | mine.served_by(user)


def _tried_today(leads: LeadQuerySet) -> dict[int, datetime]:
    """When colleagues last tried each of `leads` today; an attempt that waits for its
    outcome, of whatever day, counts too: it stands in 待登记."""
    logs = ContactLog.objects.unscoped("whoever tried, it was today")
    of_colleagues = logs.filter(lead__in=leads).exclude(staff=None)
    recent = of_colleagues.filter(started_at__gte=midnight()) | of_colleagues.waiting()
    return dict(recent.order_by("started_at").values_list("lead", "started_at"))


def _section_of(lead: Lead, *, is_capped: bool, now: datetime) -> Section | None:
    never_reached = lead.last_contact_at is None and lead.stage == Stage.TO_CONTACT
    if is_capped and never_reached and purpose_of(lead, at=now) == Purpose.MARKETING:
        return Section.VISIT
    if lead.hq_interest_at and lead.stage in OPEN_STAGES:
        return Section.KEEN
    if lead.follow_up_at and timezone.localdate(lead.follow_up_at) <= timezone.localdate(now):
        return Section.DUE
    if lead.is_in_process and lead.is_off_the_list:
        return Section.SERVED
    if lead.stage in OPEN_STAGES and _ends_soon(lead):
        return Section.EXPIRING
    return Section.NEVER if lead.stage == Stage.TO_CONTACT else None


def _turn(section: Section, lead: Lead) -> tuple[Any, ...]:
    """The order within a section, where no distance decides."""
    last_day = lead.valid_to.toordinal() if lead.valid_to else 0
    if section == Section.KEEN and lead.hq_interest_at:
        return (-lead.hq_interest_at.timestamp(),)
    if section == Section.DUE and lead.follow_up_at:
        return (lead.follow_up_at.timestamp(),)
    if section == Section.SERVED:
        return (lead.last_contact_at.timestamp() if lead.last_contact_at else 0,)
    if section == Section.NEVER:
        return (lead.last_attempt_at.timestamp() if lead.last_attempt_at else 0, -lead.amount)
    return (last_day, -lead.amount)


def _metres(lead: Lead, origin: Point | None) -> float | None:
    """None, too, of who is known to the township only: its point is no distance to them."""
    known = lead.point if lead.is_placed else None
    return metres_between(origin, known) if origin and known else None


def _away(lead: Lead, origin: Point | None) -> float:
    """What sorts by distance: nothing without an origin; who is not located comes last."""
    metres = _metres(lead, origin)
    return float(origin is not None) * 1e9 if metres is None else metres


def _ends_soon(lead: Lead) -> bool:
    left = days_left(lead)
    return left is not None and 0 <= left <= settings.EXPIRING_DAYS


def _keen_reason(lead: Lead, at: datetime) -> str:
    logs = ContactLog.objects.unscoped("of a lead that was fetched in scope")
    keen = logs.filter(lead=lead, staff=None, intention=Intention.HIGH, started_at=at).first()
    by_phone = keen is None or keen.channel in (Channel.HQ_CALL, Channel.HQ_AI_CALL)
    said = _("总行%(day)s外呼，意向高") if by_phone else _("总行%(day)s联系，意向高")
    return said % {"day": _day(at)}


def _visit_reason(lead: Lead) -> str:
    said = _("30天内 %(count)s 次没联系上，已到上限，建议上门")
    if _ends_soon(lead):
        said = _("30天内 %(count)s 次没联系上，已到上限，建议上门；%(end)s")
    return said % {"count": settings.ATTEMPTS_PER_30_DAYS, "end": expiry_in_words(lead)}


def _day(at: datetime) -> str:
    return date_format(timezone.localdate(at), _("n月j日"))
