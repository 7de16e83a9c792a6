"""更正: stated by who met the customer, adopted by a second person.

Until it is adopted nothing of the customer changes. Where they are, and whose
lead they are, is not known here: `outreach.actions` does the rest.
"""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.models import Branch, Staff
from trust import audit
from trust.cipher import keyed_index
from trust.masking import tells_a_number
from whitelist.imports.values import phones
from whitelist.imports.values.text import Invalid, clean
from whitelist.models import Correction, CorrectionField, CorrectionState, Customer

ADDRESS_LENGTH = 200
PHONES = (CorrectionField.PHONE, CorrectionField.PHONE2)
_NOT_A_NUMBER = {
    CorrectionField.PHONE: gettext_lazy("请填 11 位手机号，以 1 开头。"),
    CorrectionField.PHONE2: gettext_lazy("请填 11 位手机号，或带区号的固定电话。"),
}
_NO_ADDRESS = gettext_lazy("请填写新地址。")


class CorrectionRefused(ValueError):
    """It was not taken; the text says why, for people."""


class SameAsOnRecord(CorrectionRefused):
    """It is what stands already. Said of a masked number, that confirms it: the caller records it."""


def index_of(field: str, value: str) -> bytes | None:
    """What stands for a value in `Correction.before_index`; None for an empty one."""
    return keyed_index("phone" if field in PHONES else "address", value) if value else None


def value_as_stored(customer: Customer, field: str, text: str) -> str:
    """The new value in the form a list's would have, checked against what is on record.

    Raises:
        CorrectionRefused: unreadable.
        SameAsOnRecord: known already.
    """
    try:
        value = clean(text)
        if field == CorrectionField.PHONE:
            value = phones.mobile(value)
        elif field == CorrectionField.PHONE2:
            value = phones.any_phone(value)
    except Invalid:
        said = _NOT_A_NUMBER.get(CorrectionField(field), _NO_ADDRESS)
        raise CorrectionRefused(said) from None
    if not value:
        raise CorrectionRefused(_NO_ADDRESS)
    if len(value) > ADDRESS_LENGTH:
        too_long = _("地址太长，最多 %(most)s 个字。") % {"most": ADDRESS_LENGTH}
        raise CorrectionRefused(too_long)
    if value == getattr(customer, field):
        raise SameAsOnRecord(_("和现有的一样，不用更正。"))
    if field in PHONES and value in (customer.phone, customer.phone2):
        raise SameAsOnRecord(_("这个号码已经在案，不用更正。"))
    return value


@transaction.atomic
def state_correction(
    *, customer: Customer, branch: Branch, field: str, value: str, by: Staff
) -> Correction:
    """Say what a column should be. One waits a column: a newer one replaces one's own.

    Args:
        branch: the 管户机构 now; it decides who may review.
        value: as `value_as_stored` gives it.

    Raises:
        CorrectionRefused: somebody else's is waiting, or the customer's data was deleted.
    """
    if customer.erased_at:
        raise CorrectionRefused(_("客户资料已删除，不能更正。"))
    waiting = Correction.objects.unscoped("of one customer, fetched in scope").pending()
    known = waiting.filter(customer=customer, field=field).select_related("stated_by").first()
    if known is not None and known.stated_by_id != by.pk:
        who = {"who": known.stated_by.name}
        raise CorrectionRefused(_("%(who)s已经提出更正，正在等待审核。") % who)
    if known is not None and known.value == value:
        return known
    if known is not None:
        take_back_correction(correction=known, by=by)
    try:
        with transaction.atomic():
            correction: Correction = Correction.objects.create(
                customer=customer,
                branch=branch,
                field=field,
                value=value,
                before_index=index_of(field, getattr(customer, field)),
                stated_by=by,
            )
    except IntegrityError:
        raise CorrectionRefused(_("同事刚刚提出了更正，正在等待审核。")) from None
    _record("correction.state", correction, by)
    return correction


@transaction.atomic
def take_back_correction(*, correction: Correction, by: Staff) -> None:
    """撤回, by who stated it, while nobody has decided.

    Raises:
        CorrectionRefused: not theirs, or decided meanwhile.
    """
    if correction.stated_by_id != by.pk:
        raise CorrectionRefused(_("只有提出人可以撤回。"))
    _move(correction, CorrectionState.TAKEN_BACK)
    _record("correction.take_back", correction, by)


@transaction.atomic
def approve_correction(*, correction: Correction, by: Staff) -> Customer:
    """The customer's column and its indexes become what the correction says.

    What it replaces is what stands now, which a list may have changed since.
    Another number voids what was found out about the former one.

    Raises:
        CorrectionRefused: decided meanwhile, one's own, or the data was deleted.
    """
    _second_person(correction, by)
    customers = Customer.objects.unscoped("of a correction that was fetched in scope")
    customers = customers.filter(pk=correction.customer_id)
    customers.update(phone_fault=F("phone_fault"))  # takes the lock, changes nothing
    customer: Customer = customers.get()
    if customer.erased_at:
        raise CorrectionRefused(_("客户资料已删除，不能更正。"))
    before = index_of(correction.field, getattr(customer, correction.field))
    _move(correction, CorrectionState.APPROVED, by, before_index=before)
    columns = put_value(customer, correction.field, correction.value)
    customer.save(update_fields=columns)
    _record("correction.approve", correction, by)
    return customer


@transaction.atomic
def reject_correction(*, correction: Correction, by: Staff, reason: str) -> None:
    """Everything stays as it is; who stated it is told why.

    Raises:
        CorrectionRefused: decided meanwhile, one's own, no reason, or one that tells a number.
    """
    _second_person(correction, by)
    if not reason.strip():
        raise CorrectionRefused(_("请写明不采用的原因。"))
    if tells_a_number(reason):
        raise CorrectionRefused(_("原因里请不要写电话、证件号码或账号。"))
    _move(correction, CorrectionState.REJECTED, by, reason=reason.strip()[:120])
    _record("correction.reject", correction, by)


def put_value(customer: Customer, field: str, value: str) -> list[str]:
    """Set a column with what depends on it, unsaved; returns the columns to save."""
    setattr(customer, field, value)
    if field != CorrectionField.PHONE:
        return [field]
    customer.phone_index = keyed_index("phone", value)
    customer.phone_tail_index = keyed_index("tail", value[-4:])
    customer.phone_fault = ""
    return ["phone", "phone_index", "phone_tail_index", "phone_fault"]


def _second_person(correction: Correction, by: Staff) -> None:
    if correction.stated_by_id == by.pk:
        raise CorrectionRefused(_("您提出的更正，要由另一位名单复核来审核。"))


def _move(correction: Correction, state: str, by: Staff | None = None, **columns: object) -> None:
    """Leave 待审核, once. `by` decided; nobody did when its author takes it back."""
    decided = {"decided_by": by, "decided_at": timezone.now()} if by else {}
    waiting = Correction.objects.unscoped("claimed by its key").pending()
    changes = {"state": state, **decided, **columns}
    if not waiting.filter(pk=correction.pk).update(**changes):
        raise CorrectionRefused(_("这条更正已经处理过。"))
    for name, value in changes.items():
        setattr(correction, name, value)


def _record(action: str, correction: Correction, by: Staff) -> None:
    audit.record(
        action,
        by=by,
        target=f"correction:{correction.pk}",
        customer=correction.customer_id,
        field=str(correction.field),
    )
