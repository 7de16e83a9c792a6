"""What people are shown of corrections: on the card, on 今日, and in review."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from branches.models import Staff
from outreach.actions.refuse import death_said_today
from outreach.disclosure import names_for, with_personal_data
from outreach.models import ContactLog, Lead, Refusal
from outreach.numbers import NUMBER_OF, Number, fault_in_words
from trust.cipher import keyed_indexes
from trust.masking import mask_address, mask_name, mask_phone
from whitelist.actions.corrections import PHONES
from whitelist.models import Correction, CorrectionField, CorrectionState, Customer

TOLD_ON_CARD = timedelta(days=14)  # a decision stays on the card so long
TOLD_TODAY = timedelta(days=3)  # and on 今日
DECIDED = (CorrectionState.APPROVED, CorrectionState.REJECTED)


@dataclass(frozen=True)
class Line:
    """One correction and its value as this viewer may see it; the number to dial, if it is one."""

    correction: Correction
    value: str
    number: Number | None = None


@dataclass(frozen=True)
class CardCorrections:
    """更正 on a customer's card."""

    fault: str = ""
    waiting: list[Line] = field(default_factory=list)
    decided: list[Line] = field(default_factory=list)
    death: Refusal | None = None  # said by the viewer today: may be taken back

    @property
    def numbers(self) -> list[Line]:
        """Those that wait and can be dialled meanwhile."""
        return [line for line in self.waiting if line.number]


@dataclass(frozen=True)
class Decision:
    """What became of one of my corrections, and whose it was."""

    correction: Correction
    lead: Lead
    name: str


@dataclass(frozen=True)
class Reviewed:
    """One correction as the reviewer sees it: masked, with what speaks for it."""

    correction: Correction
    name: str
    village: str
    before: str  # what stands now: of an adopted one, the new value
    after: str
    talks: int  # conversations of whoever stated it with the customer
    by_new_number: int  # of these, by the new number

    @property
    def is_below_village(self) -> bool:
        """Masked alike, though the addresses differ: the group or house does."""
        is_open = self.correction.state != CorrectionState.APPROVED
        return is_open and self.correction.field not in PHONES and self.before == self.after


def masked(name: str, value: str) -> str:
    """A value of one column as anybody but the holder sees it."""
    return mask_phone(value) if name in PHONES else mask_address(value)


def corrections_on_card(lead: Lead, viewer: Staff) -> CardCorrections:
    """What waits and what was decided lately. For who may work the lead."""
    rows = Correction.objects.unscoped("of a lead that was fetched in scope")
    rows = rows.filter(customer=lead.customer_id).select_related("stated_by", "decided_by")
    since = timezone.now() - TOLD_ON_CARD
    decided: dict[str, Line] = {}
    for each in rows.filter(state__in=DECIDED, decided_at__gte=since).order_by("-decided_at"):
        decided.setdefault(each.field, _line(each, lead, viewer))
    return CardCorrections(
        fault=fault_in_words(lead.customer),
        waiting=[_line(each, lead, viewer) for each in rows.pending().order_by("stated_at")],
        decided=list(decided.values()),
        death=death_said_today(viewer, lead),
    )


def _line(correction: Correction, lead: Lead, viewer: Staff) -> Line:
    number = NUMBER_OF.get(CorrectionField(correction.field))
    is_open = lead.holder_id == viewer.pk and correction.field not in PHONES
    value = correction.value if is_open else masked(correction.field, correction.value)
    return Line(correction, value, number)


def decided_lately(user: Staff) -> list[Decision]:
    """What became of my corrections these days, of customers I still see."""
    mine = Correction.objects.unscoped("my own").filter(
        stated_by=user, state__in=DECIDED, decided_at__gte=timezone.now() - TOLD_TODAY
    )
    told = list(mine.order_by("-decided_at")[:10])
    leads = with_personal_data(Lead.objects.visible_to(user)).filter(
        customer__in=[each.customer_id for each in told]
    )
    by_customer = {lead.customer_id: lead for lead in leads}
    names = names_for(user, by_customer.values())
    return [
        Decision(each, lead, names[lead.pk])
        for each in told
        if (lead := by_customer.get(each.customer_id))
    ]


def reviewed(corrections: Iterable[Correction]) -> list[Reviewed]:
    """Rows of the review, with customer, lead and people fetched beforehand."""
    return [_reviewed(each) for each in corrections]


def _reviewed(correction: Correction) -> Reviewed:
    customer: Customer = correction.customer
    lead: Lead | None = getattr(customer, "lead", None)
    talks = ContactLog.objects.unscoped("of a customer whose correction was fetched in scope")
    talks = talks.filter(lead__customer=customer, staff_id=correction.stated_by_id, is_contact=True)
    counted = talks.aggregate(
        all=Count("pk"),
        new=Count("pk", filter=Q(dialled_index__in=keyed_indexes("phone", correction.value))),
    )
    return Reviewed(
        correction=correction,
        name=mask_name(customer.name),
        village=lead.village.short_name if lead and lead.village else "",
        before=masked(correction.field, getattr(customer, correction.field)),
        after=masked(correction.field, correction.value),
        talks=counted["all"],
        by_new_number=counted["new"],
    )
