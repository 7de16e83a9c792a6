"""By the clock: ask the configured online providers about customers who are only coarsely located.

Off unless settings.GEOCODERS names a provider. One job an hour at most, so
many questions a job; every answer is remembered under the keyed index of the
address, also “nobody knows”, so that no address is paid for twice.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from jobs.clock import every_tick
from jobs.models import UNFINISHED, Job
from jobs.queue import Lease, enqueue, job_handler
from outreach.actions.locate_by_hand import COARSE
from outreach.actions.locate_online import locate_online
from outreach.models import Lead
from outreach.querysets import LeadQuerySet
from trust.cipher import keyed_indexes
from whitelist.geocoding.asking import Answer, NoAnswer, Unavailable, what_is_sent
from whitelist.geocoding.names import plain
from whitelist.geocoding.online import Online, configured
from whitelist.models import GeocodeAnswer, LocationSource, Precision

KIND = "outreach.geocode_online"
EVERY = timedelta(hours=1)
QUESTIONS = 2_000  # a job
PORTION = 200


@every_tick
def ask_when_due() -> None:
    """Queue one job when a provider is configured, none ran this hour and somebody is coarse."""
    if not settings.GEOCODERS:
        return
    jobs = Job.objects.filter(kind=KIND)
    recent = jobs.filter(created_at__gte=timezone.now() - EVERY)
    if recent.exists() or jobs.filter(state__in=UNFINISHED).exists() or not coarse().exists():
        return
    enqueue(KIND, {}, by=None)


def coarse() -> LeadQuerySet:
    """Leads that may be marketed to and stand no finer than at a township."""
    leads: LeadQuerySet = Lead.objects.unscoped("the clock, for every branch").workable()
    return leads.filter(precision__in=COARSE)


@job_handler(KIND)
def geocode_online(lease: Lease) -> None:
    """Ask about the coarse leads, one by one; stops when nobody answers any more."""
    online = configured()
    if online is None:
        return
    left = QUESTIONS
    total = coarse().count()
    for done, lead in enumerate(_one_after_another()):
        if done % 50 == 0:
            lease.progress("asking", done, total)
        address = what_is_sent(plain(lead.customer.best_address))
        if not address:
            continue
        index, *former = keyed_indexes("address", address)
        known = GeocodeAnswer.objects.filter(address_index__in=[index, *former]).first()
        if known is None:
            if not left or online.is_open:
                continue
            left -= 1
            known = _asked(online, address, index)
        if known and known.precision:
            locate_online(lead=lead, answer=_answer(known))


def _one_after_another() -> Iterator[Lead]:
    """The coarse leads by number, read in small portions, since positions change meanwhile."""
    last = 0
    while portion := list(
        coarse().filter(pk__gt=last).select_related("customer", "village").order_by("pk")[:PORTION]
    ):
        yield from portion
        last = portion[-1].pk


def _asked(online: Online, address: str, index: bytes) -> GeocodeAnswer | None:
    """Ask and remember; None when nobody answered (to be asked again another time)."""
    try:
        answer = online.ask(address)
    except NoAnswer:
        return _remember(index, precision=Precision.UNLOCATED)
    except Unavailable:
        return None
    return _remember(
        index,
        lon=answer.lon,
        lat=answer.lat,
        precision=answer.precision,
        source=answer.source,
        source_datum=answer.source_datum,
    )


def _remember(index: bytes, **answer: object) -> GeocodeAnswer:
    known, _ = GeocodeAnswer.objects.get_or_create(address_index=index, defaults=answer)
    return known


def _answer(known: GeocodeAnswer) -> Answer:
    return Answer(
        known.lon or 0.0,
        known.lat or 0.0,
        Precision(known.precision),
        LocationSource(known.source),
        known.source_datum,
    )
