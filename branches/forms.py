"""What people set about themselves: password, PIN, work phone."""

import re
from typing import Any

from django import forms
from django.contrib.auth.password_validation import (
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branches.actions.credentials import change_password, set_pin, set_work_phone
from branches.locking import FAILED, LOCKED, is_locked
from branches.models import Staff
from branches.pins import check_pin
from trust import audit

# A mobile, a landline with its area code (and extension), 400/800 or a bank's 95xxx.
PHONE = re.compile(
    r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(?:-\d{1,6})?|[48]00-?\d{3}-?\d{4}|95\d{3,6}", re.ASCII
)
LONGEST = 128


class OwnForm(forms.Form):
    """A form about the person who fills it in, who proves it with their password."""

    current = forms.CharField(max_length=LONGEST, strip=False)

    def __init__(self, data: Any = None, *, staff: Staff) -> None:
        super().__init__(data)
        self.staff = staff

    def clean_current(self) -> str:
        """Wrong tries count as they do at the login: an unattended phone is no way around it."""
        given: str = self.cleaned_data["current"]
        result = self._try(given)
        if result == LOCKED:
            raise ValidationError(_("密码输错次数太多，请过一会儿再试。"))
        if result == FAILED:
            raise ValidationError(_("现在的密码不对。"))
        return given

    @transaction.atomic
    def _try(self, given: str) -> str:
        """Check it and record a wrong one, one try after the other; nothing when it is right."""
        self.staff.take_turn()
        locked = is_locked(self.staff)
        if not locked and self.staff.check_password(given):
            return ""
        target, result = f"staff:{self.staff.pk}", LOCKED if locked else FAILED
        audit.record("session.login_failed", by=self.staff, target=target, result=result)
        return result


class PasswordForm(OwnForm):
    """A new password, twice. The temporary one was proved a moment ago, at the login."""

    password = forms.CharField(max_length=LONGEST, strip=False)
    again = forms.CharField(max_length=LONGEST, strip=False)

    def __init__(self, data: Any = None, *, staff: Staff) -> None:
        super().__init__(data, staff=staff)
        if staff.must_change_password:
            del self.fields["current"]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        is_proved = "current" in self.cleaned_data or "current" not in self.fields
        if is_proved and self.staff.check_password(password):  # else it would be one more try
            raise ValidationError(_("新密码和现在的一样，请换一个。"))
        try:
            validate_password(password, self.staff)
        except ValidationError as problem:
            raise ValidationError([_in_words(each) for each in problem.error_list]) from None
        return password

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise ValidationError(_("两次输入的新密码不一样。"))
        return again

    def save(self) -> None:
        change_password(password=self.cleaned_data["password"], by=self.staff)


def rules_in_words() -> list[str]:
    """What is asked of a new password, before it is typed."""
    validators = get_default_password_validators()
    ours = [each for each in validators if type(each).__module__.startswith("branches.")]
    return [text for each in ours if (text := each.get_help_text())]


def _in_words(problem: ValidationError) -> str:
    """What Django's validators found, as a clerk would say it; their own words for others."""
    words = {
        "password_too_common": _("这个密码太常见，别人一猜就中，请换一个。"),
        "password_entirely_numeric": _("密码不能全是数字，请加上字母。"),
    }
    return words.get(problem.code or "", " ".join(problem.messages))


class PinForm(OwnForm):
    pin = forms.CharField(max_length=LONGEST)
    again = forms.CharField(max_length=LONGEST)

    def clean_pin(self) -> str:
        pin: str = self.cleaned_data["pin"]
        check_pin(pin, self.staff)
        return pin

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "pin" in self.cleaned_data and again != self.cleaned_data["pin"]:
            raise ValidationError(_("两次输入的 PIN 不一样。"))
        return again

    def save(self) -> None:
        set_pin(pin=self.cleaned_data["pin"], by=self.staff)


class WorkPhoneForm(forms.Form):
    phone = forms.CharField(max_length=20, required=False)

    def __init__(self, data: Any = None, *, staff: Staff) -> None:
        super().__init__(data)
        self.staff = staff

    def clean_phone(self) -> str:
        phone = re.sub(r"\s", "", self.cleaned_data["phone"])
        if phone and not PHONE.fullmatch(phone):
            raise ValidationError(
                _("请填手机号（11 位）或带区号的座机号，例如 0536-5551234；不填也可以。")
            )
        return phone

    def save(self) -> None:
        set_work_phone(phone=self.cleaned_data["phone"], by=self.staff)
