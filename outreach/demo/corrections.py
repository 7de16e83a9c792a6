"""更正 of the demo: some that wait, some that were decided, a number that is none."""

import random
from collections.abc import Sequence

from branches.models import Staff
from outreach.demo.identities import phone_number
from outreach.demo.leads import at_hour
from outreach.demo.organisation import Organisation
from outreach.models import Eligibility, Lead, Stage
from whitelist.actions.corrections import index_of, put_value
from whitelist.models import Correction, CorrectionField, CorrectionState, Customer, PhoneFault

FIRST_SERIAL = 9_000_017  # numbers of nobody else in the demo
# Of the shown manager, then of colleagues: the column, what became of it, how many days ago.
SHOWN = (
    (CorrectionField.PHONE, CorrectionState.PENDING, 1),
    (CorrectionField.HOME_ADDRESS, CorrectionState.PENDING, 2),
    (CorrectionField.PHONE, CorrectionState.APPROVED, 1),
    (CorrectionField.PHONE2, CorrectionState.REJECTED, 2),
)
OTHERS = (
    (CorrectionField.PHONE, CorrectionState.PENDING, 1),
    (CorrectionField.PHONE2, CorrectionState.PENDING, 1),
    (CorrectionField.PHONE, CorrectionState.PENDING, 2),
    (CorrectionField.HOME_ADDRESS, CorrectionState.PENDING, 3),
    (CorrectionField.PHONE, CorrectionState.PENDING, 3),
    (CorrectionField.PHONE, CorrectionState.APPROVED, 4),
    (CorrectionField.HOME_ADDRESS, CorrectionState.REJECTED, 4),
)
REASON = {
    CorrectionField.PHONE2: "新号码打不通",
    CorrectionField.HOME_ADDRESS: "地址不完整，请写到村组",
}


def make_corrections(org: Organisation, leads: Sequence[Lead], chance: random.Random) -> None:
    """Corrections that agree with the customers they are about; the first has a 空号."""
    shown = org.logins["manager"].pk
    known = [
        lead
        for lead in leads
        if lead.holder_id
        and lead.eligibility == Eligibility.YES
        and lead.stage in (Stage.CONTACTED, Stage.INTERESTED)
        and lead.customer.home_address
    ]
    mine = [lead for lead in known if lead.holder_id == shown]
    others = [lead for lead in known if lead.holder_id != shown]
    chosen = [
        *zip(mine, SHOWN, strict=False),
        *zip(chance.sample(others, min(len(others), len(OTHERS))), OTHERS, strict=False),
    ]
    made = [
        _correction(lead, field, state, org.logins["reviewer"], serial)
        for serial, (lead, (field, state, _days)) in enumerate(chosen, FIRST_SERIAL)
    ]
    Correction.objects.bulk_create(made)
    _date(made, [days for _lead, (_field, _state, days) in chosen])
    if mine:
        Customer.objects.unscoped("seeding the demo").filter(pk=mine[0].customer_id).update(
            phone_fault=PhoneFault.NO_SUCH_NUMBER
        )


def _correction(lead: Lead, field: str, state: str, reviewer: Staff, serial: int) -> Correction:
    """One correction; when it was adopted, the customer has its value."""
    customer = lead.customer
    before = getattr(customer, field)
    value = _new_address(before) if field == CorrectionField.HOME_ADDRESS else phone_number(serial)
    is_decided = state != CorrectionState.PENDING
    if state == CorrectionState.APPROVED:
        customer.save(update_fields=put_value(customer, field, value))
    return Correction(
        customer=customer,
        branch=lead.branch,
        field=field,
        value=value,
        before_index=index_of(field, before),
        state=state,
        stated_by=lead.holder,
        decided_by=reviewer if is_decided else None,
        reason=REASON.get(CorrectionField(field), "") if state == CorrectionState.REJECTED else "",
    )


def _date(made: Sequence[Correction], days_ago: Sequence[int]) -> None:
    """Stated so many days ago (creating them wrote now), decided in the evening."""
    for place, (correction, days) in enumerate(zip(made, days_ago, strict=True)):
        correction.stated_at = at_hour(-days, 9 + place % 6, 7 * place % 60)
        if correction.state != CorrectionState.PENDING:
            correction.decided_at = at_hour(-days, 17, 7 * place % 60)
    rows = Correction.objects.unscoped("seeding the demo")
    rows.bulk_update(made, ["stated_at", "decided_at"])


def _new_address(address: str) -> str:
    """The same village, another house."""
    village, found, _house = address.rpartition("村")
    return f"{village}村5组18号" if found else f"{address}5组18号"
