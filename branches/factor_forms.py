"""The second factor: what is asked when it is put in force, and before it is touched again."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from branches.actions.passkeys import prove_by_passkey
from branches.actions.second_factor import confirm_enrolment, prove
from branches.forms import LONGEST, OwnForm
from branches.locking import LOCKED
from branches.models import SecondFactor, Staff
from branches.passkeys import LONGEST_ANSWER


class EnrolForm(OwnForm):
    """The first code of the phone. With the password, unless it was given a moment ago."""

    code = forms.CharField(max_length=LONGEST)

    def __init__(
        self, data: Any = None, *, staff: Staff, factor: SecondFactor, without_password: bool
    ) -> None:
        super().__init__(data, staff=staff)
        self.factor, self.recovery_codes = factor, list[str]()
        if without_password:
            del self.fields["current"]

    def clean(self) -> Any:
        if not self.errors:
            self.recovery_codes = confirm_enrolment(
                factor=self.factor, code=self.cleaned_data["code"], by=self.staff
            )
            if not self.recovery_codes:
                self.add_error(
                    "code", _("数字不对：请看手机上现在显示的 6 位，手机时间要设为自动。")
                )
        return self.cleaned_data


class ProofForm(OwnForm):
    """Password and code: who sits here is the owner, with their phone or a recovery code."""

    code = forms.CharField(max_length=LONGEST)

    def clean_code(self) -> str:
        """Asked only beside the right password: a code is used up by asking."""
        code: str = self.cleaned_data["code"]
        if "current" not in self.cleaned_data:
            return code
        result = prove(staff=self.staff, code=code, by=self.staff)
        if result == LOCKED:
            raise ValidationError(_("输错次数太多，请过一会儿再试。"))
        if result:
            raise ValidationError(
                _("数字不对，或刚才用过了：请等手机上换成新的 6 位再输，也可以输一个恢复码。")
            )
        return code


class ConfirmForm(OwnForm):
    """Who sits here: the password and, for whoever has a second factor, a code or a passkey.

    Whoever has no password here (they come by the bank's login) gives the second factor alone, or
    the password there.
    """

    code = forms.CharField(max_length=LONGEST, required=False)
    assertion = forms.CharField(max_length=LONGEST_ANSWER, required=False)

    def __init__(self, data: Any = None, *, staff: Staff, challenge: bytes | None) -> None:
        super().__init__(data, staff=staff)
        self.challenge, self.has_factor = challenge, staff.has_second_factor
        if not staff.has_usable_password():
            del self.fields["current"]

    def clean(self) -> Any:
        """The second factor is asked beside the right password alone: a code is used up by asking."""
        if not self.has_factor and "current" not in self.fields:
            raise ValidationError(_("请到统一登录再确认一次。"))
        if self.errors or not self.has_factor:
            return self.cleaned_data
        if self.cleaned_data["assertion"]:
            if self._prove_by_passkey():
                self.add_error("assertion", _("没有认出这把通行密钥，请再试一次。"))
        elif prove(staff=self.staff, code=self.cleaned_data["code"], by=self.staff):
            self.add_error(
                "code",
                _("数字不对，或刚才用过了：请等手机上换成新的 6 位再输，也可以输一个恢复码。"),
            )
        return self.cleaned_data

    def _prove_by_passkey(self) -> str:
        answer = self.cleaned_data["assertion"]
        return prove_by_passkey(
            staff=self.staff, answer=answer, challenge=self.challenge, by=self.staff
        )
