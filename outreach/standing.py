"""Where a customer stands: what their lead says follows from logs and loan results.

One rule for every way a contact comes in: the outcome sheet, its correction on
the same day, the API, and headquarters' files, however late and in whatever
order. The same facts, told in the order in which they happened, give the same
lead. Nothing else writes these columns.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from outreach.models import ContactLog, Eligibility, Intention, Lead, Outcome
from outreach.stages import Stage, StageBasis
from whitelist.models import LoanResult, LoanStep, Offer

CHUNK = 500
# Where staff may move a lead from, by where it goes: forward only.
FORWARD_FROM = {
    Stage.CONTACTED: (Stage.TO_CONTACT,),
    Stage.INTERESTED: (Stage.TO_CONTACT, Stage.CONTACTED, Stage.NOT_INTERESTED),
    Stage.APPLIED: (Stage.TO_CONTACT, Stage.CONTACTED, Stage.INTERESTED, Stage.NOT_INTERESTED),
    Stage.NOT_INTERESTED: (Stage.TO_CONTACT, Stage.CONTACTED, Stage.INTERESTED),
}
STAGE_OF_OUTCOME = {
    Outcome.INTERESTED: Stage.INTERESTED,
    Outcome.APPLIED: Stage.APPLIED,
    Outcome.NOT_INTERESTED: Stage.NOT_INTERESTED,
    Outcome.REFUSED: Stage.NOT_INTERESTED,
}
# The furthest step of any offer says how far the customer is; the first that is there counts.
CONFIRMED_STAGE = (
    (LoanStep.DRAWN, Stage.DRAWN),
    (LoanStep.APPROVED, Stage.APPROVED),
    (LoanStep.APPLIED, Stage.APPLIED),
    (LoanStep.REFUSED, Stage.APPLIED),
)


@dataclass(frozen=True)
class Standing:
    """The columns of a lead that follow from what happened."""

    stage: str = Stage.TO_CONTACT
    stage_basis: str = StageBasis.REPORTED
    application_refused: bool = False
    last_attempt_at: datetime | None = None
    last_contact_at: datetime | None = None
    follow_up_at: datetime | None = None
    hq_interest_at: datetime | None = None


def standing_of(logs: Sequence[ContactLog], steps: Sequence[str]) -> Standing:
    """What follows from a customer's logs, in any order, and the `loan_step` of their offers.

    An attempt still without outcome counts as an attempt and nothing else. A
    follow-up is what the last colleague who had anything to say agreed;
    headquarters' channels neither make nor end one.
    """
    told = sorted(logs, key=lambda log: (log.started_at, log.pk or 0))
    done = [log for log in told if log.logged_at is not None]
    stage, basis = _confirmed_stage(steps), StageBasis.CONFIRMED
    if stage is None:
        stage, basis = _reported_stage(done), StageBasis.REPORTED
    ours = [log for log in done if log.staff_id is not None]
    speaking = [log for log in ours if log.is_contact or log.follow_up_at or log.outcome]
    talked = [log.started_at for log in ours if log.is_contact]
    keen = [log.started_at for log in done if log.intention == Intention.HIGH]
    answered = bool(keen and talked and talked[-1] >= keen[-1])
    return Standing(
        stage=stage,
        stage_basis=basis,
        application_refused=bool(steps) and set(steps) == {LoanStep.REFUSED},
        last_attempt_at=told[-1].started_at if told else None,
        last_contact_at=max((log.started_at for log in done if log.is_contact), default=None),
        follow_up_at=speaking[-1].follow_up_at if speaking else None,
        hq_interest_at=keen[-1] if keen and not answered else None,
    )


def restate_standing(lead_ids: Iterable[int]) -> int:
    """Bring leads to what is on record about them; returns how many changed.

    In chunks, each in a transaction of its own (or the caller's). A lead is
    locked before its logs are read, so that an outcome saved meanwhile is
    either seen or waits.
    """
    ids = sorted(set(lead_ids))
    return sum(_restate_chunk(ids[at : at + CHUNK]) for at in range(0, len(ids), CHUNK))


@transaction.atomic
def _restate_chunk(ids: list[int]) -> int:
    leads = Lead.objects.unscoped("brought to what is on record about them").filter(pk__in=ids)
    leads.update(last_attempt_at=F("last_attempt_at"))  # takes the lock, changes nothing
    logs = _logs_of(ids)
    by_customer = {lead.customer_id: lead for lead in leads}
    steps = _steps_of(by_customer)
    changed: dict[tuple[str, ...], list[Lead]] = defaultdict(list)  # by which columns
    for customer_id, lead in by_customer.items():
        now = asdict(standing_of(logs[lead.pk], steps[customer_id]))
        if lead.eligibility == Eligibility.REFUSED:
            now["follow_up_at"] = None
        other = tuple(name for name, value in now.items() if getattr(lead, name) != value)
        if other:
            for name in other:
                setattr(lead, name, now[name])
            changed[other].append(lead)
    for names, theirs in changed.items():
        leads.bulk_update(theirs, names)
    return sum(map(len, changed.values()))


def _logs_of(lead_ids: list[int]) -> Mapping[int, list[ContactLog]]:
    """The logs of each lead, without the sealed columns."""
    columns = ("pk", "lead_id", "staff_id", "started_at", "logged_at", "is_contact", "outcome")
    found: dict[int, list[ContactLog]] = defaultdict(list)
    rows = ContactLog.objects.unscoped("a customer's whole history decides, whoever wrote it")
    for log in rows.filter(lead__in=lead_ids).only(*columns, "follow_up_at", "intention"):
        found[log.lead_id].append(log)
    return found


def _steps_of(customer_ids: Iterable[int]) -> Mapping[int, list[str]]:
    """How far each customer's offers came, those the loan system has spoken of."""
    found: dict[int, list[str]] = defaultdict(list)
    offers = Offer.objects.unscoped("of customers whose leads are restated")
    rows = offers.filter(customer__in=customer_ids).exclude(loan_step="")
    for customer_id, step in rows.values_list("customer_id", "loan_step"):
        found[customer_id].append(step)
    return found


def _confirmed_stage(steps: Sequence[str]) -> Stage | None:
    return next((stage for step, stage in CONFIRMED_STAGE if step in steps), None)


def _reported_stage(logs: Sequence[ContactLog]) -> Stage:
    stage = Stage.TO_CONTACT
    for log in logs:
        for step in stages_of(log):
            if stage in FORWARD_FROM[step]:
                stage = step
    return stage


def stages_of(log: ContactLog) -> Iterable[Stage]:
    """The step a contact takes by itself, then the one its outcome takes."""
    if log.is_contact:
        yield Stage.CONTACTED
    if log.outcome in STAGE_OF_OUTCOME and (log.is_contact or log.outcome == Outcome.REFUSED):
        yield STAGE_OF_OUTCOME[Outcome(log.outcome)]


def loan_step_of(results: Iterable[LoanResult]) -> str:
    """How far one offer came, from all that the loan system said of it.

    Drawn and approved stand whatever is told later. A refusal ends an
    application; a later application begins another. On one day the refusal
    is taken to be the answer.
    """
    told = list(results)
    steps = {result.step for result in told}
    for step in (LoanStep.DRAWN, LoanStep.APPROVED):
        if step in steps:
            return step
    newest = max(told, key=lambda each: (each.on, each.step == LoanStep.REFUSED), default=None)
    return newest.step if newest else ""
