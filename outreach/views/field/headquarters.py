"""What headquarters did and found out, as the card tells it before anybody dials."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from outreach.models import Channel, ContactLog, Intention, Lead, Outcome, PersonReached
from whitelist.models import LoanResult, LoanStep, Offer

OF_HEADQUARTERS = (Channel.HQ_AI_CALL, Channel.HQ_CALL, Channel.HQ_SMS, Channel.HQ_POPUP)


@dataclass(frozen=True)
class Touch:
    """The latest contact of one channel: in words, what came of it, how keen they were."""

    log: ContactLog
    words: str
    result: str
    is_keen: bool  # high intention, and no colleague has spoken to them since


@dataclass(frozen=True)
class Progress:
    """What the loan system said of one offer, in the order in which it happened."""

    offer: Offer
    results: list[LoanResult]

    @property
    def is_refused(self) -> bool:
        return self.offer.loan_step == LoanStep.REFUSED


@dataclass(frozen=True)
class Headquarters:
    """Both, for one customer."""

    touches: list[Touch]
    progress: list[Progress]

    @property
    def says_keen(self) -> bool:
        """Then it is the reason to turn to them, and need not be said twice."""
        return any(touch.is_keen for touch in self.touches)


def headquarters_of(lead: Lead) -> Headquarters:
    """Of a lead that was fetched in scope."""
    return Headquarters(_touches(lead), _progress(lead))


def _touches(lead: Lead) -> list[Touch]:
    """The latest of each channel, the newest first; one that found them keen before all."""
    logs = ContactLog.objects.unscoped("of a lead that was fetched in scope").filter(lead=lead)
    latest = [
        logs.filter(channel=channel).exclude(logged_at=None).first() for channel in OF_HEADQUARTERS
    ]
    told = [log for log in latest if log is not None]
    keen_at = lead.hq_interest_at
    if keen_at and not any(log.started_at == keen_at for log in told):
        told += logs.filter(started_at=keen_at, intention=Intention.HIGH)[:1]
    touches = [_touch(log, is_keen=_is_keen(log, keen_at)) for log in told]
    return sorted(touches, key=lambda each: (each.is_keen, each.log.started_at), reverse=True)


def _is_keen(log: ContactLog, keen_at: datetime | None) -> bool:
    return log.intention == Intention.HIGH and log.started_at == keen_at


def _touch(log: ContactLog, *, is_keen: bool) -> Touch:
    words = {
        Channel.HQ_SMS: _("总行%(day)s已发短信"),
        Channel.HQ_POPUP: _("总行%(day)s已在手机银行弹窗"),
        Channel.HQ_AI_CALL: _("总行%(day)s已智能外呼"),
        Channel.HQ_CALL: _("总行%(day)s已人工外呼"),
    }[Channel(log.channel)] % {"day": day_in_words(log.started_at)}
    return Touch(log, words, _result_of(log), is_keen)


def _result_of(log: ContactLog) -> str:
    """What came of it, in one word or two; a message that arrived says nothing."""
    if log.outcome == Outcome.REFUSED:
        return str(log.get_outcome_display())
    if log.person == PersonReached.SELF:
        return _("本人接听")
    return str(log.get_person_display() or log.get_call_state_display())


def day_in_words(moment: datetime) -> str:
    """今天, 昨天, 11月20日; with its year when that is another."""
    day, today = timezone.localdate(moment), timezone.localdate()
    if day == today:
        return _("今天")
    if day == today - timedelta(days=1):
        return _("昨天")
    return str(date_format(day, _("n月j日") if day.year == today.year else _("Y年n月j日")))


def _progress(lead: Lead) -> list[Progress]:
    """By offer, the one that came furthest lately first; offers off the list too."""
    results = LoanResult.objects.unscoped("of a lead that was fetched in scope")
    told = list(
        results.filter(offer__customer=lead.customer_id)
        .select_related("offer__product", "offer__programme")
        .order_by("offer_id", "on", "pk")
    )
    order = {LoanStep.APPLIED: 0, LoanStep.REFUSED: 1, LoanStep.APPROVED: 1, LoanStep.DRAWN: 2}
    found = []
    for offer, group in groupby(told, key=lambda each: each.offer):
        in_turn = sorted(group, key=lambda each: (each.on, order[LoanStep(each.step)]))
        found.append(Progress(offer, in_turn))
    return sorted(found, key=lambda each: each.results[-1].on, reverse=True)
