"""Reviewed texts, and pages that were sent."""

from typing import Any

from django.utils import timezone

from outreach.actions.share_page import share_page
from outreach.models import Lead, Script, ScriptKind, Share
from tests.cast import Cast

APPLY = "https://bank.example/apply?from={code}"
PAGE_TEXT = "随借随还。有问题找{机构}的{姓名}。"
MESSAGE_TEXT = "您好，我是{机构}的{姓名}，介绍在这里：{链接}"
A_PHONE = "Mozilla/5.0 (Linux; Android 11) AppleWebKit/537.36 Chrome/89.0 MicroMessenger/8.0"


def make_text(cast: Cast, kind: ScriptKind, body: str, **fields: Any) -> Script:
    reviewed = {"reviewed_at": timezone.now(), "reviewed_by": cast.feng}
    return Script.objects.create(kind=kind, title="文案", body=body, **(reviewed | fields))


def make_texts(cast: Cast) -> None:
    """One of each kind, and where the product is applied for."""
    make_text(cast, ScriptKind.PAGE, PAGE_TEXT)
    make_text(cast, ScriptKind.MESSAGE, MESSAGE_TEXT)
    cast.product.apply_url = APPLY
    cast.product.save()


def send(lead: Lead, by: Any) -> Share:
    share = share_page(lead=lead, by=by)
    assert isinstance(share, Share), share
    return share


def stored(share: Share) -> Share:
    found: Share = Share.objects.unscoped("test").get(pk=share.pk)
    return found
