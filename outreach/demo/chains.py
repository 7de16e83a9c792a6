"""A second list that raised amounts, and one customer of it with a chain from list to loan.

The chain is the 客户轨迹 of the shown manager's first customer who has drawn the
loan: listed, first given to a colleague who returned them, given on by the
supervisor, seen, called, applied, approved, drawn, the amount raised.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from branches.models import Staff
from outreach.demo.leads import at_hour
from outreach.demo.lists import DAYS_IN_FORCE, make_upload, totals
from outreach.demo.organisation import Organisation
from outreach.models import (
    AmountBand,
    Assignment,
    AssignmentOperation,
    ContactLog,
    Eligibility,
    EndReason,
    Lead,
    OperationKind,
    Stage,
)
from trust import audit
from trust.models import AuditEvent
from whitelist.models import (
    BatchChange,
    Change,
    LoanResult,
    LoanStep,
    Mode,
    Offer,
    UploadRow,
    UploadState,
    WhitelistBatch,
)

RAISED = 48  # customers whose amount the second list raises
MORE = 20_000  # 元
RAISED_DAYS_AGO = 10


def make_chains(org: Organisation, leads: Sequence[Lead]) -> None:
    """The list, then the chain of the one customer."""
    manager = org.logins["manager"]
    mine = [lead for lead in leads if lead.holder_id == manager.pk]
    chosen = next((lead for lead in mine if lead.stage == Stage.DRAWN), None)
    others = [lead for lead in mine if lead.eligibility == Eligibility.YES and lead != chosen]
    if chosen is None:
        return
    _raise_amounts(org, [chosen, *others[: RAISED - 1]])
    _hand_on(org, chosen, manager)
    _see_and_call(chosen, mine, manager)
    _lend(chosen)


def _raise_amounts(org: Organisation, leads: Sequence[Lead]) -> None:
    at, in_force_at = at_hour(-RAISED_DAYS_AGO, 9, 20), at_hour(-RAISED_DAYS_AGO, 20, 0)
    upload = make_upload(
        org,
        file_name="寿光优质种植户提额.csv",
        rows=len(leads),
        scope=org.counties[0],
        mode=Mode.ADD,
        state=UploadState.IN_FORCE,
        submitted_by=org.logins["admin"],
        submitted_at=at,
        reviewed_by=org.logins["reviewer"],
        reviewed_at=at + timedelta(minutes=40),
        effective_at=in_force_at,
        approval_no="寿农授〔2026〕5号",
        model_version="三农响应 3.2",
        totals=totals(rows=len(leads), accepted=len(leads), amount_changed=len(leads)),
        diff={"by_branch": _by_outlet(leads)},
    )
    type(upload).objects.unscoped("seeding the demo").filter(pk=upload.pk).update(
        uploaded_at=at - timedelta(minutes=30)
    )
    batch = WhitelistBatch.objects.create(
        upload=upload,
        programme=upload.programme,
        scope=upload.scope,
        mode=upload.mode,
        counts={"amount_changed": len(leads), "control": 0},
        approval_no=upload.approval_no,
        model_version=upload.model_version,
        in_force_at=in_force_at,
        in_force_by=upload.reviewed_by,
    )
    offers = Offer.objects.unscoped("seeding the demo").filter(
        customer__in=[lead.customer_id for lead in leads], is_in_force=True
    )
    _raise_offers(batch, list(offers.select_related("row").order_by("pk")))
    for lead in leads:
        lead.amount += MORE
        lead.amount_band = AmountBand.of(lead.amount)
    Lead.objects.unscoped("seeding the demo").bulk_update(leads, ["amount", "amount_band"])


def _by_outlet(leads: Sequence[Lead]) -> list[dict[str, object]]:
    """Raised amounts by outlet, as the diff of an upload has them."""
    counted = Counter(lead.branch for lead in leads)
    return [
        {"code": outlet.code, "name": outlet.name, "amount_changed": count}
        for outlet, count in counted.items()
    ]


def _raise_offers(batch: WhitelistBatch, offers: list[Offer]) -> None:
    before = [offer.row for offer in offers if offer.row]
    rows = []
    for number, row in enumerate(before, 2):
        raised = UploadRow.objects.get(pk=row.pk)
        raised.pk, raised.upload_id, raised.row_no = None, batch.upload_id, number
        raised.change, raised.amount = Change.AMOUNT, row.amount + MORE
        rows.append(raised)
    UploadRow.objects.bulk_create(rows)
    BatchChange.objects.bulk_create(
        BatchChange(batch=batch, offer=offer, change=Change.AMOUNT, row_before=was, row_after=now)
        for offer, was, now in zip(offers, before, rows, strict=True)
    )
    for offer, row in zip(offers, rows, strict=True):
        offer.amount, offer.row, offer.batch = row.amount, row, batch
    Offer.objects.unscoped("seeding the demo").bulk_update(offers, ["amount", "row", "batch"])


def _hand_on(org: Organisation, lead: Lead, manager: Staff) -> None:
    """First a colleague's, who gave them back; then the supervisor's word."""
    colleague = next(each for each in org.managers[lead.branch_id] if each != manager)
    assignment = Assignment.objects.get(lead=lead, ended_at=None)
    listed = WhitelistBatch.objects.earliest("in_force_at").in_force_at
    given = listed + timedelta(days=1, hours=3)
    by_list = AssignmentOperation.objects.create(kind=OperationKind.LIST, to=colleague, count=1)
    by_hand = AssignmentOperation.objects.create(
        kind=OperationKind.TICKED, to=manager, by=org.logins["supervisor"], count=1
    )
    for operation, at in ((by_list, listed), (by_hand, given)):
        AssignmentOperation.objects.filter(pk=operation.pk).update(at=at)
    Assignment.objects.create(
        lead=lead,
        holder=colleague,
        operation=by_list,
        at=listed,
        ended_at=given - timedelta(hours=1),
        end_reason=EndReason.RETURNED,
        end_note="不在我的片区",
    )
    Assignment.objects.filter(pk=assignment.pk).update(
        at=given, operation=by_hand, previous_holder=None
    )


def _see_and_call(lead: Lead, mine: Sequence[Lead], manager: Staff) -> None:
    """Views in full on the days of the contacts, and each call with its reveal."""
    logs = ContactLog.objects.unscoped("seeding the demo").filter(lead=lead, staff=manager)
    events = []
    for log in logs.order_by("started_at"):
        seen = sorted({lead.pk, *(each.pk for each in mine[:12])})
        events.append(
            _event(manager, log.started_at - timedelta(minutes=6), "lead.seen_in_full",
                   f"leads:{len(seen)}", leads=seen)
        )  # fmt: skip
        if log.channel == "call":
            target, about = f"lead:{lead.pk}", {"log": str(log.uuid)}
            events += [
                _event(manager, log.started_at, action, target, **about)
                for action in ("lead.call", "phone.reveal")
            ]
    AuditEvent.objects.bulk_create(events)


def _event(by: Staff, at: datetime, action: str, target: str, **detail: object) -> AuditEvent:
    event = AuditEvent(
        at=at, actor_id=by.pk, actor_no=by.username, action=action, target=target, detail=detail
    )
    audit.sign(event)
    return event


def _lend(lead: Lead) -> None:
    """What the loan system said, unless the demo has its word already."""
    offer = Offer.objects.unscoped("seeding the demo").get(
        customer=lead.customer_id, is_in_force=True
    )
    if LoanResult.objects.unscoped("seeding the demo").filter(offer=offer).exists():
        return
    first = timezone.localdate() - timedelta(days=DAYS_IN_FORCE - 30)
    steps = ((LoanStep.APPLIED, 0, None), (LoanStep.APPROVED, 0, 1.0), (LoanStep.DRAWN, 1, 0.6))
    LoanResult.objects.bulk_create(
        LoanResult(
            key=f"demo-chain-{step}",
            offer=offer,
            step=step,
            on=first + timedelta(days=days),
            amount=int(offer.amount * share) if share else None,
            channel="手机银行",
        )
        for step, days, share in steps
    )
    offer.loan_step = LoanStep.DRAWN
    offer.save(update_fields=["loan_step"])
