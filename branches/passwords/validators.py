"""The rules, as Django asks them (AUTH_PASSWORD_VALIDATORS): on 我的 and in the admin alike."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from branches.models import FormerPassword
from branches.passwords.breached import is_breached
from branches.passwords.guessable import LEAST, left_of


class LongEnough:
    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < settings.PASSWORD_MIN_LENGTH:
            raise ValidationError(
                _("密码太短，至少要 %(n)d 个字符。") % {"n": settings.PASSWORD_MIN_LENGTH}
            )

    def get_help_text(self) -> str:
        return _("至少 %(n)d 个字符，可以是一句话，可以有空格。") % {
            "n": settings.PASSWORD_MIN_LENGTH
        }


class EnoughKinds:
    """Kinds of characters: only where PASSWORD_CLASSES asks for them (等保)."""

    def validate(self, password: str, user: Any = None) -> None:
        kinds = (str.isupper, str.islower, str.isdecimal, lambda each: not each.isalnum())
        found = sum(any(is_one(each) for each in password) for is_one in kinds)
        if found < settings.PASSWORD_CLASSES:
            raise ValidationError(self.get_help_text())

    def get_help_text(self) -> str:
        if not settings.PASSWORD_CLASSES:
            return ""
        return _("大写字母、小写字母、数字、符号，四种里至少有 %(n)d 种。") % {
            "n": settings.PASSWORD_CLASSES
        }


class NotGuessable:
    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < settings.PASSWORD_MIN_LENGTH:
            return  # said already, and all there is to do about it
        if len(left_of(password, user)) < LEAST:
            raise ValidationError(
                _("去掉姓名、工号、机构名、银行名和年份，剩下的太少，容易猜到，请换一个。")
            )

    def get_help_text(self) -> str:
        return _("不要靠姓名、工号、电话、机构名、银行名或年份拼出来。")


class NotBreached:
    def validate(self, password: str, user: Any = None) -> None:
        if is_breached(password):
            raise ValidationError(_("这个密码在泄露的密码名单里，别人会先试它，请换一个。"))

    def get_help_text(self) -> str:
        return _("不要用常见的，也不要用在别的网站用过的。")


class NotUsedBefore:
    """None of one's last PASSWORD_HISTORY, the present one among them (等保)."""

    def validate(self, password: str, user: Any = None) -> None:
        if not settings.PASSWORD_HISTORY or user is None or user.pk is None:
            return
        before = FormerPassword.objects.filter(staff=user)[: settings.PASSWORD_HISTORY - 1]
        if any(check_password(password, each.password) for each in before):
            raise ValidationError(self.get_help_text())

    def get_help_text(self) -> str:
        if not settings.PASSWORD_HISTORY:
            return ""
        return _("不能和最近 %(n)d 个密码一样。") % {"n": settings.PASSWORD_HISTORY}
