"""解除拒绝营销: the customer asked to be contacted again, and 复核 lets them."""

from datetime import date

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from branches.models import Role, Staff
from outreach.eligibility import restate_eligibility
from outreach.models import Eligibility, Lead, PersonReached, Refusal, RefusalSource
from outreach.standing import restate_standing
from trust import audit
from whitelist.imports.applying import one_list_at_a_time

# Nobody can ask for the dead; who had their data deleted must begin anew at the counter.
FOR_GOOD = (RefusalSource.DECEASED, RefusalSource.ERASURE)


class AskedBy(models.TextChoices):
    """How the customer themselves asked to be contacted again."""

    CALL = "call", gettext_lazy("来电")
    WALK_IN = "walk_in", gettext_lazy("到店")
    WRITTEN = "written", gettext_lazy("书面")


class ReopenRefused(Exception):
    """It cannot be reopened; the message says why, for the person who tried."""


def is_for_good(refusal: Refusal) -> bool:
    """Whether nobody can end it: by its source, or because the log behind it says 已故."""
    log = refusal.contact_log
    died = log is not None and log.person == PersonReached.DECEASED
    return died or refusal.source in FOR_GOOD


@transaction.atomic
def reopen(
    *, refusal: Refusal, by: Staff, asked_by: AskedBy, asked_on: date, reason: str
) -> Eligibility | None:
    """End an open refusal; the lead follows the customer's offers again.

    Args:
        refusal: fetched in scope by the caller.
        asked_by, asked_on: the customer's own request.
        reason: in words, stored as it is: nothing personal.

    Returns:
        what the lead is now, None when the customer has none.

    Raises:
        PermissionDenied: not 名单复核.
        ReopenRefused: closed for good, ended already, or the request is not possible.
    """
    if by.role != Role.REVIEWER:
        raise PermissionDenied
    if is_for_good(refusal):
        raise ReopenRefused(_("客户已故或已要求删除资料，不能在这里解除。"))
    if not timezone.localdate(refusal.at) <= asked_on <= timezone.localdate():
        raise ReopenRefused(_("客户提出的日期应在拒绝之后、今天或以前。"))
    one_list_at_a_time()
    ended = Refusal.objects.filter(pk=refusal.pk, ended_at=None).update(
        ended_at=timezone.now(), ended_by=by, end_reason=_reason(asked_by, asked_on, reason)
    )
    if not ended:
        raise ReopenRefused(_("这条拒绝营销已经解除了。"))
    lead = Lead.objects.unscoped("of a refusal that was fetched in scope").filter(
        customer_id=refusal.customer_id
    )
    found = lead.first()
    becomes = restate_eligibility(found) if found else None
    if found:
        restate_standing([found.pk])
    audit.record(
        "customer.reopen",
        by=by,
        target=f"lead:{found.pk}" if found else f"customer:{refusal.customer_id}",
        refusal=refusal.pk,
        source=refusal.source,
        asked_by=asked_by.value,
        asked_on=asked_on.isoformat(),
        becomes=becomes.value if becomes else "",
    )
    return becomes


def _reason(asked_by: AskedBy, asked_on: date, reason: str) -> str:
    """One line, in the language of the screens, whoever writes it."""
    with override(settings.LANGUAGE_CODE):
        return f"{asked_by.label} {asked_on:%Y-%m-%d}：{reason.strip()}"[:120]
