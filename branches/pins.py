"""Which six digits make a PIN."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from branches.models import Staff

DIGITS = 6
_RUNS = "01234567890123456789", "98765432109876543210"
_REPEATED = re.compile(r"(\d{1,3})\1+")  # 111111, 121212, 123123


def check_pin(pin: str, staff: Staff) -> None:
    """Refuse what a thief of the phone would try first.

    Raises:
        ValidationError: with the reason in words.
    """
    if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", pin):
        raise ValidationError(_("PIN 是 6 位数字。"), code="form")
    if _REPEATED.fullmatch(pin) or any(pin in run for run in _RUNS):
        raise ValidationError(_("这个 PIN 太容易猜到：不要用重复或连续的数字。"), code="trivial")
    known = (re.sub(r"\D", "", staff.work_phone), re.sub(r"\D", "", staff.username))
    if any(number.endswith(pin) for number in known):
        raise ValidationError(_("不要用自己电话或工号的末 6 位。"), code="known")
