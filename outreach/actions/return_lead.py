"""退回: a holder gives a customer back, with the reason."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from branches.models import Staff
from outreach.models import Assignment, EndReason, Lead
from trust import audit
from trust.wall import whole_bank


class ReturnReason(models.TextChoices):
    """Why a holder gives a customer back."""

    NOT_MINE = "not_mine", _("不在我的片区")
    NO_SUCH_PERSON = "no_such_person", _("查无此人")
    UNREACHABLE = "unreachable", _("长期联系不上")
    RELATED = "related", _("与我有亲属关系，需回避")
    OTHER = "other", _("其他原因")


@whole_bank("a customer of another outlet is out of their reach once returned")
@transaction.atomic
def return_lead(*, lead: Lead, by: Staff, reason: ReturnReason, note: str = "") -> None:
    """End the assignment; the customer is 待分配 again and the supervisor sees why.

    Raises:
        PermissionDenied: `by` does not hold it (any more).
    """
    freed = Lead.objects.unscoped("claimed by its key and holder").filter(pk=lead.pk, holder=by)
    if not freed.update(holder=None):
        raise PermissionDenied
    Assignment.objects.filter(lead=lead, ended_at=None).update(
        ended_at=timezone.now(),
        end_reason=EndReason.RETURNED,
        end_note=_in_source_language(reason),
        end_remark=note,
    )
    lead.holder = None
    audit.record("lead.return", by=by, target=f"lead:{lead.pk}", reason=reason.value)


def _in_source_language(reason: ReturnReason) -> str:
    """Stored as Chinese whoever writes it; screens translate it for who reads it."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(reason.label)
