"""The demo's leads: how far each customer has come, and in whose hands."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from outreach.demo.lists import CHUNK, DAYS_IN_FORCE
from outreach.demo.people import Person
from outreach.models import (
    AmountBand,
    Assignment,
    AssignmentOperation,
    Eligibility,
    Lead,
    OperationKind,
    Refusal,
    RefusalSource,
    Stage,
    StageBasis,
)
from outreach.tilekey import key_of
from whitelist.models import Customer, Offer

# Where the held customers stand, in percent: a funnel some weeks old.
STAGES = {
    Stage.TO_CONTACT: 44,
    Stage.CONTACTED: 19,
    Stage.INTERESTED: 12,
    Stage.APPLIED: 5,
    Stage.APPROVED: 6,
    Stage.DRAWN: 5,
    Stage.NOT_INTERESTED: 9,
}


def make_leads(
    people: Sequence[Person],
    customers: Sequence[Customer],
    offers: Sequence[Offer],
    chance: random.Random,
) -> list[Lead]:
    """One lead a customer, assigned where somebody holds them."""
    leads = Lead.objects.bulk_create(
        [_lead(*trio, chance) for trio in zip(people, customers, offers, strict=True)],
        batch_size=CHUNK,
    )
    _assign(leads)
    _refuse(leads)
    return leads


def _lead(person: Person, customer: Customer, offer: Offer, chance: random.Random) -> Lead:
    eligibility = Eligibility.CONTROL if offer.is_control else Eligibility.YES
    stage, basis = Stage.TO_CONTACT, StageBasis.REPORTED
    if person.holder:
        stage = chance.choices(list(STAGES), list(STAGES.values()))[0]
        if stage in (Stage.APPROVED, Stage.DRAWN) or (
            stage == Stage.APPLIED and chance.random() < 0.6
        ):
            basis = StageBasis.CONFIRMED
        if stage == Stage.NOT_INTERESTED and chance.random() < 0.12:
            eligibility = Eligibility.REFUSED
    return Lead(
        customer=customer,
        branch=person.outlet,
        branch_number=person.outlet.number,
        holder=person.holder,
        stage=stage,
        stage_basis=basis,
        eligibility=eligibility,
        tile_key=key_of(*person.point) if person.point else None,
        precision=person.precision,
        village=person.village,
        product=person.product,
        segment=person.segment,
        amount=person.amount,
        amount_band=AmountBand.of(person.amount),
        valid_to=offer.valid_to,
        score=person.score,
    )


def _assign(leads: Sequence[Lead]) -> None:
    """The list itself assigned them, one operation a manager."""
    at = at_hour(-DAYS_IN_FORCE, 12, 0)  # the list has just taken effect
    held: dict[int, list[Lead]] = {}
    for lead in leads:
        if lead.holder_id:
            held.setdefault(lead.holder_id, []).append(lead)
    operations = AssignmentOperation.objects.bulk_create(
        AssignmentOperation(kind=OperationKind.LIST, to_id=holder, count=len(theirs))
        for holder, theirs in held.items()
    )
    AssignmentOperation.objects.update(at=at)
    Assignment.objects.bulk_create(
        (
            Assignment(lead=lead, holder_id=holder, operation=operation, at=at)
            for operation, (holder, theirs) in zip(operations, held.items(), strict=True)
            for lead in theirs
        ),
        batch_size=CHUNK,
    )


def _refuse(leads: Sequence[Lead]) -> None:
    Refusal.objects.bulk_create(
        Refusal(customer_id=lead.customer_id, source=RefusalSource.CUSTOMER, by=lead.holder)
        for lead in leads
        if lead.eligibility == Eligibility.REFUSED
    )


def set_expired_and_withdrawn(leads: Sequence[Lead], chance: random.Random) -> None:
    """A few of the pool left the list: their offers ended, or HQ took them out; and who applied."""
    today = timezone.localdate()
    pool = [lead for lead in leads if not lead.holder_id and lead.eligibility == Eligibility.YES]
    gone = chance.sample(pool, len(pool) // 40)
    expired, withdrawn = gone[::2], gone[1::2]
    offers = Offer.objects.unscoped("seeding the demo")
    ended = today - timedelta(days=3)
    offers.filter(customer__in=[lead.customer_id for lead in expired]).update(valid_to=ended)
    offers.filter(customer__in=[lead.customer_id for lead in withdrawn]).update(is_in_force=False)
    rows = Lead.objects.unscoped("seeding the demo")
    rows.filter(pk__in=[lead.pk for lead in expired]).update(
        eligibility=Eligibility.EXPIRED, valid_to=ended
    )
    rows.filter(pk__in=[lead.pk for lead in withdrawn]).update(eligibility=Eligibility.WITHDRAWN)
    served = _first_applications(leads)
    offers.filter(customer__in=[lead.customer_id for lead in served]).update(is_in_force=False)
    rows.filter(pk__in=[lead.pk for lead in served]).update(eligibility=Eligibility.WITHDRAWN)


def _first_applications(leads: Sequence[Lead]) -> list[Lead]:
    """One of each manager: an application under way, to be served although HQ took them out."""
    first: dict[int, Lead] = {}
    for lead in leads:
        confirmed = lead.stage == Stage.APPLIED and lead.stage_basis == StageBasis.CONFIRMED
        if lead.holder_id and confirmed and lead.eligibility == Eligibility.YES:
            first.setdefault(lead.holder_id, lead)
    return list(first.values())


def at_hour(day_offset: int, hour: int, minute: int) -> datetime:
    """A moment so many days from today, in the branch's time."""
    moment = timezone.localtime() + timedelta(days=day_offset)
    return moment.replace(hour=hour, minute=minute, second=0, microsecond=0)
