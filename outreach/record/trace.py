"""Who saw this customer, and under which list: one customer's chain, told from what is on record.

list → assignment → views, reveals, contacts → result. Page and command show the
same events. Names of customers are masked, phones and free text are not told;
what of it came from the audit log is as complete as the audit log.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Staff
from outreach.exports.columns import labels
from outreach.models import Assignment, ContactLog, EndReason, ExportCopy, Lead, Refusal
from outreach.record.trace_lists import Event, Kind, list_events
from trust.masking import mask_name
from trust.models import AuditEvent
from whitelist.models import Correction, CorrectionState, Customer, LoanResult, Offer
from whitelist.models.customer import CustomerQuerySet

InWords = Callable[[str], str]
SEEN = "lead.seen_in_full"
CALLS = ("phone.reveal", "lead.call", "lead.call_not_dialled")
# Told by the assignments, logs and refusals themselves, with more.
TOLD_ELSEWHERE = ("lead.log", "lead.claim", "lead.return", "customer.refused", "customer.reopen")
# A list that takes effect ends an assignment at its beginning: the holder may look until its end.
LOOKS_AFTER_THE_END = timedelta(days=1)


@dataclass(frozen=True)
class Trace:
    """One customer, with their offers now and every event about them, the oldest first."""

    customer: Customer
    name: str  # masked
    lead: Lead | None
    offers: list[Offer]
    events: list[Event]


def customers_within(user: Staff) -> CustomerQuerySet:
    """Whose chain a user may read: customers whose lead is in their subtree.

    A customer without a lead (a list listed them, no outlet has them yet) is
    looked for by the branch of their offers.
    """
    listed = Offer.objects.visible_to(user).filter(customer=OuterRef("pk"))
    return Customer.objects.unscoped("narrowed to the user's subtree in the next step").filter(
        Q(lead__branch_number__range=user.branch.number_range) | Q(lead=None) & Exists(listed)
    )


def trace_of(customer: Customer, *, in_words: InWords) -> Trace:
    """Everything on record about a customer, fetched in scope by the caller.

    Args:
        in_words: what an audited action is called (the words are the upper floor's).
    """
    leads = Lead.objects.unscoped("of a customer that was fetched in scope")
    lead = leads.filter(customer=customer).select_related("branch", "holder").first()
    events = [*list_events(customer), *_results(customer), *_corrections(customer)]
    events += _refusals(customer)
    audited = [f"customer:{customer.pk}"]
    if lead is not None:
        events += [*_assignments(lead), *_views(lead, in_words), *_contacts(lead)]
        events += _downloads(lead)
        audited.append(f"lead:{lead.pk}")
    events += _audited(audited, in_words)
    offers = Offer.objects.unscoped("of a customer that was fetched in scope")
    return Trace(
        customer=customer,
        name=mask_name(customer.name),
        lead=lead,
        offers=list(
            offers.filter(customer=customer)
            .select_related("product", "programme", "branch")
            .order_by("-is_in_force", "valid_to", "pk")
        ),
        events=sorted(events, key=lambda event: event.at),
    )


def narrowed(
    events: list[Event], *, kind: str = "", since: Any = None, until: Any = None
) -> list[Event]:
    """The events of one kind, from a day to a day (both whole, in the project's time zone)."""
    return [
        event
        for event in events
        if (not kind or event.kind == kind)
        and (since is None or timezone.localdate(event.at) >= since)
        and (until is None or timezone.localdate(event.at) <= until)
    ]


def _person(staff: Staff | None, nobody: str = "") -> str:
    return f"{staff.name} {staff.username}" if staff else nobody


def _assignments(lead: Lead) -> Iterator[Event]:
    rows = Assignment.objects.filter(lead=lead).select_related(
        "holder", "operation__by", "previous_holder"
    )
    for row in rows:
        said = [str(row.operation.get_kind_display())]
        if row.previous_holder:
            said.append(_("原持有人 %(who)s") % {"who": _person(row.previous_holder)})
        what = _("分配给 %(who)s") % {"who": _person(row.holder)}
        yield Event(row.at, Kind.ASSIGNMENT, what, _person(row.operation.by, _("系统")), said)
        if row.ended_at:
            said = [
                str(EndReason(row.end_reason).label),
                *([_(row.end_note)] if row.end_note else []),
            ]
            what = _("%(who)s 不再持有") % {"who": _person(row.holder)}
            yield Event(row.ended_at, Kind.ASSIGNMENT, what, "", said)


def _views(lead: Lead, in_words: InWords) -> Iterator[Event]:
    """The holders' views in full: one event names hundreds of customers, this one among them.

    Not every database can ask whether a JSON list holds a number, so the events
    are fetched by who held the customer and when (`audit_actor_action`) and
    looked into here: at most a few a day of each holder.
    """
    spans: dict[int, list[tuple[datetime, datetime | None]]] = {}
    if lead.holder_id:
        spans[lead.holder_id] = [(lead.created_at, None)]
    rows = Assignment.objects.filter(lead=lead)
    for holder, begins, end in rows.values_list("holder_id", "at", "ended_at"):
        spans.setdefault(holder, []).append((begins, end))
    for holder, held in spans.items():
        first = min(begins for begins, _end in held)
        ends = [end for _begins, end in held if end is not None]
        events = AuditEvent.objects.filter(actor_id=holder, action=SEEN, at__gte=first)
        if len(ends) == len(held):  # they hold it no more
            events = events.filter(at__lte=max(ends) + LOOKS_AFTER_THE_END)
        who = _person(Staff.objects.get(pk=holder))
        for event in events.only("at", "detail").iterator():
            if lead.pk in event.detail.get("leads", []):
                yield Event(event.at, Kind.VIEW, in_words(SEEN), who)


def _downloads(lead: Lead) -> Iterator[Event]:
    """The files they were in, each time one was fetched, and what of them was in clear."""
    copies = ExportCopy.objects.filter(export__leads__lead=lead).defer("secret", "decoys")
    for copy in copies.select_related("export__asked_by"):
        export = copy.export
        clear = _("、").join(labels(export.clear)) or _("无")
        said = [
            _("导出 %(mark)s") % {"mark": copy.mark},
            _("明文：%(columns)s") % {"columns": clear},
        ]
        what = _("在下载的导出文件里")
        yield Event(copy.at, Kind.VIEW, what, _person(export.asked_by), said)


def _audited(targets: list[str], in_words: InWords) -> Iterator[Event]:
    events = AuditEvent.objects.filter(target__in=targets).exclude(action__in=TOLD_ELSEWHERE)
    found = list(events.order_by("at"))
    people = Staff.objects.in_bulk({event.actor_id for event in found if event.actor_id})
    for event in found:
        who = _person(people.get(event.actor_id or 0), event.actor_no or _("系统"))
        said = [] if event.result == "ok" else [_("结果：%(code)s") % {"code": event.result}]
        yield Event(event.at, _kind_of(event.action), in_words(event.action), who, said)


def _kind_of(action: str) -> Kind:
    if action in CALLS or "reveal" in action:
        return Kind.REVEAL
    return Kind.VIEW if action in {"customer.trace", "customer.access"} else Kind.OTHER


def _contacts(lead: Lead) -> Iterator[Event]:
    logs = ContactLog.objects.unscoped("of a customer that was fetched in scope")
    for log in (
        logs.filter(lead=lead).select_related("staff").defer("need_purpose", "business", "note")
    ):
        said = [str(log.get_purpose_display())]
        if log.logged_at is None:
            said.append(_("待登记"))
        codes = (log.get_call_state_display(), log.get_person_display())
        said += [str(code) for code in (*codes, log.get_outcome_display()) if code]
        if log.intention:
            said.append(str(log.get_intention_display()))
        if log.steps:
            said.append(_("五步 %(done)d/5") % {"done": len(log.steps)})
        who = _person(log.staff, _("总行"))
        yield Event(log.started_at, Kind.CONTACT, str(log.get_channel_display()), who, said)


def _results(customer: Customer) -> Iterator[Event]:
    rows = LoanResult.objects.unscoped("of a customer that was fetched in scope")
    mine = rows.filter(offer__customer=customer).order_by("on", "pk")
    for row in mine.select_related("offer__product"):
        said = [str(row.offer.product)]
        if row.amount is not None:
            said.append(_("%(amount)s 元") % {"amount": f"{row.amount:,}"})
        at = timezone.make_aware(datetime.combine(row.on, time()))
        who = row.channel or _("信贷系统")
        yield Event(at, Kind.RESULT, str(row.get_step_display()), who, said, is_day=True)


def _corrections(customer: Customer) -> Iterator[Event]:
    rows = Correction.objects.unscoped("of a customer that was fetched in scope")
    mine = rows.filter(customer=customer).defer("value")
    for row in mine.select_related("stated_by", "decided_by"):
        field = str(row.get_field_display())
        what = _("提出更正：%(field)s") % {"field": field}
        yield Event(row.stated_at, Kind.CORRECTION, what, _person(row.stated_by))
        if row.decided_at:
            said = [str(CorrectionState(row.state).label)]
            what = _("更正有结果：%(field)s") % {"field": field}
            yield Event(row.decided_at, Kind.CORRECTION, what, _person(row.decided_by), said)


def _refusals(customer: Customer) -> Iterator[Event]:
    rows = Refusal.objects.filter(customer=customer).select_related("by", "ended_by", "contact_log")
    for row in rows:
        said = [str(row.get_source_display())]
        if row.contact_log:
            said.append(str(row.contact_log.get_channel_display()))
        yield Event(row.at, Kind.REFUSAL, _("拒绝营销"), _person(row.by, _("系统")), said)
        if row.ended_at:
            said = [row.end_reason] if row.end_reason else []
            who = _person(row.ended_by, _("系统"))
            yield Event(row.ended_at, Kind.REFUSAL, _("解除拒绝营销"), who, said)
