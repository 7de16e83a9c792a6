"""After the talk: reviewed texts to paste and to show, and pages that were sent, with answers."""

import random
import string
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from outreach.demo.lists import CHUNK
from outreach.demo.organisation import Organisation
from outreach.models import Eligibility, Lead, Script, ScriptKind, Share, Stage

# segment, text to paste into WeChat, text of the page
TEXTS = (
    (
        "",
        "您好，我是{机构}的客户经理{姓名}，刚才和您通过电话。网点位置、产品介绍和申请入口都在这里：{链接}"
        " 能否办理、额度和利率以最终审批为准，有问题随时找我。",
        "线上申请，随借随还，用一天算一天利息。\n\n"
        "准备好身份证和本人银行卡，在手机银行里填写用途和金额，提交后一般几分钟出结果。\n\n"
        "填写时有不明白的地方，给{姓名}打电话，或到{机构}来办。",
    ),
    (
        "蔬菜种植",
        "您好，我是{机构}的{姓名}，刚才和您聊过大棚的事。换膜、买苗周转用的惠农贷，介绍和申请入口在这里：{链接}"
        " 能否办理、额度和利率以最终审批为准。",
        "给种棚户准备的：换膜、买苗、建棚都能用。\n\n"
        "按茬口还款：卖了菜再还本，平时只还利息。\n\n"
        "手机银行申请，填写棚数和用途，提交后一般几分钟出结果。"
        "不会操作就给{姓名}打电话，或到{机构}来办。",
    ),
    (
        "收单商户",
        "您好，我是{机构}的{姓名}，刚才和您聊过店里进货的事。凭收款流水核额度的商户贷，介绍和申请入口在这里：{链接}"
        " 能否办理、额度和利率以最终审批为准。",
        "给用我行收款码的商户准备的：进货、装修、周转都能用。\n\n"
        "不用抵押，凭店里的收款流水核额度，随借随还。\n\n"
        "手机银行申请，提交后一般几分钟出结果。"
        "有不明白的地方给{姓名}打电话，或到{机构}来办。",
    ),
)
LETTERS = string.ascii_letters + string.digits
OF_THE_SHOWN_MANAGER, ANSWERED_LATELY = 16, 4
SHARE_OF_OTHERS = 0.15


def make_texts(org: Organisation) -> None:
    """微信文案 and 推送页文案, general and for two segments, reviewed as the call scripts are."""
    reviewed_at = timezone.now() - timedelta(days=70)
    Script.objects.bulk_create(
        Script(
            kind=kind,
            title=f"{segment or '通用'}{ScriptKind(kind).label}",
            segment=segment,
            body=body,
            written_by=org.logins["admin"],
            reviewed_by=org.logins["reviewer"],
            reviewed_at=reviewed_at,
        )
        for segment, *bodies in TEXTS
        for kind, body in zip((ScriptKind.MESSAGE, ScriptKind.PAGE), bodies, strict=True)
    )


def make_shares(leads: Sequence[Lead], shown_holder: int, chance: random.Random) -> None:
    """Sent minutes after the conversation; some opened, some on to apply.

    The shown manager's first few were answered lately: 今日 has something to tell.
    """
    keen = (Stage.CONTACTED, Stage.INTERESTED, Stage.APPLIED)
    spoken = [
        each
        for each in leads
        if each.holder_id
        and each.last_contact_at
        and each.stage in keen
        and each.eligibility == Eligibility.YES
    ]
    mine = [each for each in spoken if each.holder_id == shown_holder]
    mine.sort(key=lambda lead: (lead.stage == Stage.APPLIED, lead.pk))
    others = [each for each in spoken if each.holder_id != shown_holder]
    pages = {script.segment: script for script in Script.objects.filter(kind=ScriptKind.PAGE)}
    sent = [
        *(
            _share(lead, pages, chance, lately=place < ANSWERED_LATELY)
            for place, lead in enumerate(mine[:OF_THE_SHOWN_MANAGER])
        ),
        *(_share(lead, pages, chance) for lead in others if chance.random() < SHARE_OF_OTHERS),
    ]
    times = [share.created_at for share in sent]  # auto_now_add says "now" when they are stored
    created = Share.objects.bulk_create(sent, batch_size=CHUNK)
    for share, at in zip(created, times, strict=True):
        share.created_at = at
    rows = Share.objects.unscoped("seeding the demo")
    rows.bulk_update(created, ["created_at"], batch_size=CHUNK)


def _share(
    lead: Lead, pages: Mapping[str, Script], chance: random.Random, *, lately: bool = False
) -> Share:
    sent_at = (lead.last_contact_at or timezone.now()) + timedelta(minutes=6)
    opens = chance.choice((1, 2, 2, 3)) if lately else chance.choice((0, 0, 1, 1, 2, 4))
    clicks = int(chance.random() < (0.6 if lately else 0.4 if opens > 1 else 0))
    first = _later(sent_at, chance, lately)
    last = first + timedelta(minutes=chance.randrange(4, 15)) * (opens > 1)
    # (Whom somebody has spoken to is held, and has a product.)
    return Share(  # type: ignore[misc]
        code="".join(chance.choices(LETTERS, k=16)),
        lead=lead,
        staff_id=lead.holder_id,
        product_id=lead.product_id,
        script=pages.get(lead.segment, pages[""]),
        created_at=sent_at,
        expires_at=sent_at + timedelta(days=settings.SHARE_DAYS),
        opened_at=first if opens else None,
        last_opened_at=last if opens else None,
        opens=opens,
        clicked_at=last + timedelta(minutes=1) if clicks else None,
        clicks=clicks,
    )


def _later(sent_at: datetime, chance: random.Random, lately: bool) -> datetime:
    """When the page was first opened: soon after, or within the last day."""
    if not lately:
        return sent_at + timedelta(minutes=chance.randrange(2, 180))
    return max(sent_at, timezone.now() - timedelta(minutes=chance.randrange(30, 1200)))
