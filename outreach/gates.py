"""What must be true before anybody contacts a customer.

The gates stand in one order and the first that is closed answers: on the list,
do-not-contact, hours, frequency, collision. Whether a contact is marketing or
service is decided here, from what is on record, never by whoever asks: service
(an application the bank's systems confirm, an agreed follow-up that is due, a customer who rang
us) skips hours and frequency, nothing else. Every figure is a setting; the
sources of the defaults stand in docs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Role, Staff
from outreach.models import (
    Assignment,
    Channel,
    ContactLog,
    Eligibility,
    Lead,
    Purpose,
    Refusal,
)
from outreach.querysets import LeadQuerySet

MONTH = timedelta(days=30)
DRAFTS_LIVE = timedelta(hours=48)  # on the phone; static/js/call/drafts.js: LIFETIME
# The customer came to us: these limit nobody.
BY_THE_CUSTOMER = (Channel.CALL_IN, Channel.WALK_IN)


@dataclass(frozen=True)
class GateRefusal:
    """Which gate is closed, in words, and when it opens (None: not by waiting)."""

    code: str
    sentence: str
    until: datetime | None = None


def may_work(staff: Staff, lead: Lead) -> bool:
    """Whether they may call, log and correct a lead they can see.

    The holder may; so may a manager of the outlet while nobody holds it (the
    pool), where the collision gate keeps two from calling at once. A supervisor
    who does not hold the customer watches and assigns.
    """
    if lead.holder_id is None:
        return staff.role == Role.MANAGER
    return lead.holder_id == staff.pk


def held_lately(staff: Staff, lead: Lead) -> bool:
    """Whether the customer was theirs to work a moment ago, as a phone without network goes.

    A visit made before the customer was given to somebody else, taken back or withdrawn by
    a list is put on record when the phone finds the network again (ADR 21). So is one to a
    customer of the pool whom a colleague has claimed meanwhile.
    """
    since = timezone.now() - DRAFTS_LIVE
    of_lead = Assignment.objects.filter(lead=lead)
    if of_lead.filter(holder=staff, ended_at__gte=since).exists():
        return True
    first, last = staff.branch.number_range
    was_in_pool = staff.role == Role.MANAGER and first <= lead.branch_number <= last
    return was_in_pool and of_lead.out_of_the_pool_since(since).exists()


def first_refusal(lead: Lead, *, by: Staff, at: datetime) -> GateRefusal | None:
    """The first closed gate for a call by `by` at `at`, or None when all stand open."""
    is_service = purpose_of(lead, at=at) == Purpose.SERVICE
    return (
        not_on_the_list(lead, at=at)
        or do_not_contact(lead)
        or (None if is_service else outside_hours(at))
        or (None if is_service else too_often(lead, at=at))
        or in_contact_now(lead, by=by, at=at)
    )


def lasting_refusal(lead: Lead, *, at: datetime) -> GateRefusal | None:
    """The gates that no waiting opens: on the list, do-not-contact.

    For what disturbs nobody by itself and is no attempt: handing out the number
    to add on WeChat, sending the page that was just spoken about.
    """
    return not_on_the_list(lead, at=at) or do_not_contact(lead)


def purpose_of(lead: Lead, *, at: datetime) -> Purpose:
    """Marketing, or service: decided from what is on record."""
    if lead.is_confirmed_in_process:
        return Purpose.SERVICE
    logs = ContactLog.objects.unscoped("a customer's whole history decides, whoever wrote it")
    newest = logs.filter(lead=lead, is_contact=True, started_at__lte=at).first()
    if newest and newest.follow_up_at:
        agreed_since = at - timedelta(days=settings.AGREED_DAYS)
        is_due = agreed_since < newest.follow_up_at <= at
        if is_due and newest.started_at < newest.follow_up_at:
            return Purpose.SERVICE
    rang = logs.filter(lead=lead, channel=Channel.CALL_IN, started_at__lte=at).first()
    if rang and at - rang.started_at < timedelta(hours=settings.CALLBACK_HOURS):
        answered = newest and newest.started_at > rang.started_at
        return Purpose.MARKETING if answered else Purpose.SERVICE
    return Purpose.MARKETING


def not_on_the_list(lead: Lead, *, at: datetime) -> GateRefusal | None:
    """Withdrawn, expired, refused, control group. Business under way may still be served."""
    if lead.eligibility == Eligibility.REFUSED:
        return GateRefusal("refused", _("客户已拒绝营销，不能再联系。客户本人要求恢复后才可以。"))
    if lead.eligibility == Eligibility.CONTROL:
        return GateRefusal("control", _("该客户暂不开放联系。"))
    if lead.is_confirmed_in_process:
        return None
    if lead.eligibility == Eligibility.WITHDRAWN:
        return GateRefusal("withdrawn", _("客户已移出名单，不能再营销。"))
    today = timezone.localdate(at)
    gone = lead.valid_to is not None and lead.valid_to < today
    if lead.eligibility == Eligibility.EXPIRED or gone:
        return GateRefusal("expired", _("预审批额度已过期，不能再营销。"))
    return None


def do_not_contact(lead: Lead) -> GateRefusal | None:
    """An open 拒绝营销, also where the column of the lead has not caught up."""
    if Refusal.objects.filter(customer_id=lead.customer_id, ended_at=None).exists():
        return GateRefusal("refused", _("客户已拒绝营销，不能再联系。客户本人要求恢复后才可以。"))
    return None


def outside_hours(at: datetime) -> GateRefusal | None:
    """Before opening, at or after closing, or in the midday ban when there is one."""
    opens = next_opening(at)
    if opens == at:
        return None
    return GateRefusal(
        "hours",
        _("现在不是可以联系客户的时间（每天 %(hours)s）。") % {"hours": _hours_in_words()},
        opens,
    )


def too_often(lead: Lead, *, at: datetime) -> GateRefusal | None:
    """The caps over all channels together, ours and headquarters'.

    A conversation is a log with the person reached; an attempt is any other
    (also one still without outcome, and a text message). What the customer
    began themselves does not count. Days are the branch's calendar days, the
    thirty days are rolling.
    """
    rows = (
        _counted(at)
        .filter(lead=lead)
        .order_by("started_at")
        .values_list("started_at", "is_contact")
    )
    talks = [started for started, is_contact in rows if is_contact]
    attempts = [started for started, is_contact in rows if not is_contact]
    return _cap(
        "conversations",
        talks,
        settings.CONVERSATIONS_PER_DAY,
        settings.CONVERSATIONS_PER_30_DAYS,
        at,
    ) or _cap("attempts", attempts, settings.ATTEMPTS_PER_DAY, settings.ATTEMPTS_PER_30_DAYS, at)


def at_attempt_cap(leads: LeadQuerySet, *, at: datetime) -> set[int]:
    """Those of `leads` whose unanswered attempts of thirty days have reached the cap."""
    tried = _counted(at).filter(lead__in=leads, is_contact=False).order_by().values_list("lead")
    often = tried.annotate(n=Count("pk")).filter(n__gte=settings.ATTEMPTS_PER_30_DAYS)
    return {lead for lead, _n in often}


def _counted(at: datetime) -> Any:
    """The contacts of thirty days that the caps look at."""
    logs = ContactLog.objects.unscoped("the cap counts everybody's contacts")
    in_time = logs.filter(started_at__gt=at - MONTH, started_at__lte=at)
    return in_time.exclude(channel__in=BY_THE_CUSTOMER)


def in_contact_now(lead: Lead, *, by: Staff, at: datetime) -> GateRefusal | None:
    """A colleague's or headquarters' attempt that began minutes ago and has no outcome yet."""
    lasts = timedelta(minutes=settings.COLLISION_MINUTES)
    other = (
        ContactLog.objects.unscoped("somebody else's attempt is what this gate looks for")
        .waiting()
        .filter(lead=lead, started_at__gt=at - lasts)
        .exclude(staff=by)
        .select_related("staff")
        .first()
    )
    if other is None:
        return None
    who = other.staff.name if other.staff else _("总行")
    sentence = _("%(who)s正在联系该客户，请稍后再打。") % {"who": who}
    return GateRefusal("collision", sentence, other.started_at + lasts)


def next_opening(at: datetime) -> datetime:
    """The first moment from `at` on at which customers may be contacted."""
    local = timezone.localtime(at)
    opens, closes = _span(settings.CALL_HOURS)
    if local.time() < opens:
        local = _at(local, opens)
    elif local.time() >= closes:
        local = _at(local + timedelta(days=1), opens)
    if settings.CALL_MIDDAY_BAN:
        ban_from, ban_to = _span(settings.CALL_MIDDAY_BAN)
        if ban_from <= local.time() < ban_to:
            local = _at(local, ban_to)
    return at if local == at else local


def _cap(
    kind: str, times: Sequence[datetime], a_day: int, a_month: int, at: datetime
) -> GateRefusal | None:
    """The daily cap, then the cap of thirty days. `times` ascend."""
    today = timezone.localdate(at)
    in_day = sum(timezone.localdate(each) == today for each in times)
    if in_day >= a_day:
        tomorrow = _at(timezone.localtime(at) + timedelta(days=1), time.min)
        return GateRefusal(f"{kind}_day", _sentence(f"{kind}_day", in_day), next_opening(tomorrow))
    if len(times) >= a_month:
        until = next_opening(times[-a_month] + MONTH) if a_month else None
        return GateRefusal(f"{kind}_month", _sentence(f"{kind}_month", len(times)), until)
    return None


def _sentence(code: str, count: int) -> str:
    return {
        "conversations_day": _("今天已与客户沟通 %(count)s 次，已到上限。"),
        "conversations_month": _("30 天内已与客户沟通 %(count)s 次，已到上限。"),
        "attempts_day": _("今天已联系 %(count)s 次未接通，已到上限。"),
        "attempts_month": _("30 天内已联系 %(count)s 次未接通，已到上限。"),
    }[code] % {"count": count}


def _span(text: str) -> tuple[time, time]:
    """``"08:00-20:30"`` as two times of day. ValueError when it is not that."""
    begin, _dash, end = text.partition("-")
    return time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())


def _at(day: datetime, clock: time) -> datetime:
    return day.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)


def _hours_in_words() -> str:
    hours = str(settings.CALL_HOURS).replace("-", "–")
    if not settings.CALL_MIDDAY_BAN:
        return hours
    return _("%(hours)s，午间 %(ban)s 除外") % {
        "hours": hours,
        "ban": str(settings.CALL_MIDDAY_BAN).replace("-", "–"),
    }
