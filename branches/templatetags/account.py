"""What a try at the door is called on 我的."""

from django import template
from django.utils.translation import gettext as _

from branches.locking import LOCKED
from trust.models import AuditEvent

register = template.Library()


@register.filter
def how_they_came(event: AuditEvent) -> str:
    """By which way somebody came in, or what they gave that was wrong."""
    if event.action == "session.login_by_pin":
        return _("用 PIN 登录")
    if event.action == "session.login":
        return _("用统一登录") if event.detail.get("first") == "sso" else _("登录成功")
    if event.result == LOCKED:
        return _("已锁定，没让登录")
    wrong = {"code": _("验证码不对"), "passkey": _("通行密钥不对")}
    if event.result == "wrong_pin":
        return _("PIN 不对")
    return wrong.get(event.detail.get("asked", ""), _("密码不对"))
