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
        if not self.errors and self.has_factor:
            self._ask_for_the_factor()
        return self.cleaned_data

    def _ask_for_the_factor(self) -> None:
        code, assertion = self.cleaned_data["code"], self.cleaned_data["assertion"]
        if not code and not assertion:
            self.add_error("code", _("请输手机上的 6 位数字，或用通行密钥。"))
            return
        field, wrong = (
            "code",
            _("数字不对，或刚才用过了：请等手机上换成新的 6 位再输，也可以输一个恢复码。"),
        )
        if assertion:
            field, wrong = "assertion", _("没有认出这把通行密钥，请再试一次。")
            result = prove_by_passkey(
                staff=self.staff, answer=assertion, challenge=self.challenge, by=self.staff
            )
        else:
            result = prove(staff=self.staff, code=code, by=self.staff)
        if result == LOCKED:
            wrong = _("输错次数太多，请过一会儿再试。")
        if result:
            self.add_error(field, wrong)
