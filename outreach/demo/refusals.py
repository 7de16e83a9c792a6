"""拒绝营销 of every source, one that was ended, and a customer whose data was deleted."""

import random
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from django.utils import timezone

from outreach.actions.erase_customer import erase_customer
from outreach.demo.lists import DAYS_IN_FORCE
from outreach.demo.organisation import Organisation
from outreach.models import ContactLog, Eligibility, Lead, Outcome, Refusal, RefusalSource

# How many of the untouched pool were refused by others than our own people, by source.
TOLD_BY_OTHERS = ((RefusalSource.DECEASED, 1), (RefusalSource.LIST, 6), (RefusalSource.HQ, 9))
END_REASON = "到店 {day}：客户到网点办理存款时表示想了解惠农贷"


def make_refusals(org: Organisation, leads: Sequence[Lead], chance: random.Random) -> None:
    """On top of what customers said in conversations (`outreach.demo.leads`)."""
    _date_from_logs()
    open_ones = [lead for lead in leads if lead.eligibility == Eligibility.YES]
    pool = [lead for lead in open_ones if not lead.holder_id]
    taken = iter(chance.sample(pool, min(len(pool) // 2, 2 + sum(n for _s, n in TOLD_BY_OTHERS))))
    came_back, erased = next(taken, None), next(taken, None)
    made = [(lead, source) for source, count in TOLD_BY_OTHERS for lead in islice(taken, count)]
    refused = Refusal.objects.bulk_create(
        Refusal(customer_id=lead.customer_id, source=source) for lead, source in made
    )
    for refusal in refused:
        refusal.at = timezone.now() - timedelta(days=chance.randrange(1, DAYS_IN_FORCE - 2))
    Refusal.objects.bulk_update(refused, ["at"])
    closed = Lead.objects.unscoped("seeding the demo")
    closed.filter(pk__in=[lead.pk for lead, _source in made]).update(
        eligibility=Eligibility.REFUSED
    )
    if came_back:
        _ended(org, came_back)
    if erased:
        erase_customer(customer=erased.customer, by=None, reason="客户书面要求（示意）")


def _date_from_logs() -> None:
    """What a customer said, they said in the conversation that is on record."""
    logs = ContactLog.objects.unscoped("seeding the demo").filter(outcome=Outcome.REFUSED)
    by_customer = {log.lead.customer_id: log for log in logs.select_related("lead")}
    refusals = list(Refusal.objects.filter(customer__in=by_customer))
    for refusal in refusals:
        refusal.contact_log = by_customer[refusal.customer_id]
        refusal.at = refusal.contact_log.started_at
    Refusal.objects.bulk_update(refusals, ["contact_log", "at"])


def _ended(org: Organisation, lead: Lead) -> None:
    """Refused through an HQ channel, came to the counter two weeks later, reopened by 复核."""
    said, asked = (timezone.now() - timedelta(days=days) for days in (20, 6))
    refusal = Refusal.objects.create(
        customer_id=lead.customer_id,
        source=RefusalSource.HQ,
        ended_at=asked,
        ended_by=org.logins["reviewer"],
        end_reason=END_REASON.format(day=f"{timezone.localdate(asked):%Y-%m-%d}"),
    )
    Refusal.objects.filter(pk=refusal.pk).update(at=said)
