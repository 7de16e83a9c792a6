"""Which of a customer's numbers can be dialled."""

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outreach.gates import GateRefusal
from whitelist.models import Correction, CorrectionField, Customer, PhoneFault


class Number(models.TextChoices):
    """What is dialled: a number on record, or one that waits for review."""

    MAIN = "main", gettext_lazy("手机号")
    SPARE = "spare", gettext_lazy("备用电话")
    NEW = "new", gettext_lazy("待审核的新号码")
    NEW_SPARE = "new_spare", gettext_lazy("待审核的备用电话")


CORRECTION_OF = {Number.NEW: CorrectionField.PHONE, Number.NEW_SPARE: CorrectionField.PHONE2}
NUMBER_OF = {field: number for number, field in CORRECTION_OF.items()}


def number_of(customer: Customer, which: Number) -> str:
    """The digits, or empty when there is no such number."""
    if which not in CORRECTION_OF:
        return customer.phone2 if which == Number.SPARE else customer.phone
    waiting = Correction.objects.unscoped("of a customer fetched in scope").pending()
    correction = waiting.filter(customer=customer, field=CORRECTION_OF[which]).first()
    return correction.value if correction else ""


def dialling_refusal(customer: Customer, which: Number, number: str) -> GateRefusal | None:
    """Why this number is not dialled: there is none, or it is known to be of no use."""
    if which == Number.MAIN and number and customer.phone_fault:
        return GateRefusal("faulty_number", fault_in_words(customer))
    if number:
        return None
    if which in CORRECTION_OF:
        return GateRefusal("no_number", _("这个号码已经审核或撤回，请重新打开客户卡片。"))
    return GateRefusal("no_number", _("名单里没有可用的号码。"))


def fault_in_words(customer: Customer) -> str:
    """What is wrong with the number on record, and what to do; empty when nothing is."""
    if customer.phone_fault == PhoneFault.NO_SUCH_NUMBER:
        return _("这个号码是空号，请更正或用备用电话。")
    if customer.phone_fault == PhoneFault.WRONG_PERSON:
        return _("这个号码不是客户本人的，请更正或用备用电话。")
    return ""
