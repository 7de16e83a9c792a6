"""推送网点及产品: a page for one customer, sent and taken back."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Staff
from outreach.actions.lead_lock import locked
from outreach.gates import GateRefusal, lasting_refusal, may_work
from outreach.local_day import midnight
from outreach.models import Eligibility, Lead, Script, ScriptKind, Share
from trust import audit


@transaction.atomic
def share_page(*, lead: Lead, by: Staff, request: Any = None) -> Share | GateRefusal:
    """Make the page, or find today's; or say which gate is closed.

    It is no attempt and writes no log: making a page contacts nobody, and only
    the manager knows whether it was passed on (the outcome sheet has its step
    for that). A second tap on one day gives the same page, so that what comes
    back is counted in one place.

    Raises:
        PermissionDenied: not theirs to contact.
    """
    locked(lead.pk)  # of two taps at once, the second finds the first one's page
    lead.refresh_from_db()
    if not may_work(by, lead):
        raise PermissionDenied
    now = timezone.now()
    script = marketing_refusal(lead, at=now) or _text_for(lead)
    if isinstance(script, GateRefusal):
        audit.record(
            "share.create", by=by, target=f"lead:{lead.pk}", result=script.code, request=request
        )
        return script
    todays = _of_today(lead, by, script, now)
    if todays:
        return todays
    # (A text was found, so there is a product.)
    share = Share.objects.create(  # type: ignore[misc]
        lead=lead,
        staff=by,
        product_id=lead.product_id,
        script=script,
        expires_at=now + timedelta(days=settings.SHARE_DAYS),
    )
    audit.record(
        "share.create",
        by=by,
        target=f"lead:{lead.pk}",
        request=request,
        share=share.pk,
        script=script.pk,
    )
    return share


@transaction.atomic
def withdraw_share(*, share: Share, by: Staff) -> bool:
    """Take a page back: its address answers no more. False when that was so already.

    Raises:
        PermissionDenied: neither sent by them nor a customer of theirs.
    """
    if share.staff_id != by.pk and not may_work(by, share.lead):
        raise PermissionDenied
    now = timezone.now()
    alive = Share.objects.unscoped("found by its own key").alive(now).filter(pk=share.pk)
    if not alive.update(expires_at=now):
        return False
    share.expires_at = now
    audit.record("share.withdraw", by=by, target=f"lead:{share.lead_id}", share=share.pk)
    return True


def marketing_refusal(lead: Lead, *, at: datetime) -> GateRefusal | None:
    """Whether texts and pages are closed for them: the list, their own word, service only."""
    closed = lasting_refusal(lead, at=at)
    gone = lead.valid_to is not None and lead.valid_to < timezone.localdate(at)
    if closed is None and (lead.eligibility != Eligibility.YES or gone):
        return GateRefusal("service_only", _("已不在名单内，业务办理中：只做服务跟进，不能营销。"))
    return closed


def _text_for(lead: Lead) -> Script | GateRefusal:
    if lead.product_id is None:
        return GateRefusal("no_product", _("客户没有对应的产品，不能推送。"))
    script = Script.objects.for_lead(lead.segment, lead.product_id, ScriptKind.PAGE)
    return script or GateRefusal(
        "no_text", _("还没有审核过的推送页文案。文案由名单经办撰写、名单复核审核，请联系他们。")
    )


def _of_today(lead: Lead, by: Staff, script: Script, now: datetime) -> Share | None:
    mine = Share.objects.unscoped("their own, of a lead that was fetched in scope").alive(now)
    found: Share | None = mine.filter(
        lead=lead,
        staff=by,
        product_id=lead.product_id,
        script=script,
        created_at__gte=midnight(now),
    ).first()
    return found
