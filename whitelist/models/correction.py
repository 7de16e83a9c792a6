"""更正: what the field found to be otherwise than the list says."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.scope import ScopedQuerySet
from trust.fields import EncryptedTextField, KeyedIndexField
from trust.retention import Kept, Then
from whitelist.models.customer import Customer

if TYPE_CHECKING:
    from branches.models import Staff


class CorrectionField(models.TextChoices):
    """Which of a customer's columns it is about."""

    PHONE = "phone", _("手机号")
    PHONE2 = "phone2", _("备用电话")
    BUSINESS_ADDRESS = "business_address", _("经营地址")
    HOME_ADDRESS = "home_address", _("居住地址")


class CorrectionState(models.TextChoices):
    PENDING = "pending", _("待审核")
    APPROVED = "approved", _("已采用")
    REJECTED = "rejected", _("未采用")
    TAKEN_BACK = "taken_back", _("已撤回")


class CorrectionQuerySet(ScopedQuerySet):
    def visible_to(self, user: "Staff") -> "CorrectionQuerySet":
        """Corrections stated for customers of the user's subtree."""
        return self._scoped().filter(branch__number__range=user.branch.number_range)

    def pending(self) -> "CorrectionQuerySet":
        return self.filter(state=CorrectionState.PENDING)


class Correction(models.Model):
    """One new value of one column, waiting for 复核, or what became of it.

    `before_index` stands for the value it replaces (`trust.cipher.keyed_index`,
    kind ``phone`` or ``address``): a later list that still says the old value
    does not win over an approved correction, one that says a third does.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="corrections")
    branch = models.ForeignKey("branches.Branch", models.PROTECT, related_name="+")  # 管户机构 then
    field = models.CharField(_("更正"), max_length=20, choices=CorrectionField)
    value = EncryptedTextField(_("新内容"))
    before_index = KeyedIndexField()
    state = models.CharField(
        _("状态"), max_length=10, choices=CorrectionState, default=CorrectionState.PENDING
    )
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提出人")
    )
    stated_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("审核人"),
    )
    decided_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    reason = EncryptedTextField(_("说明"))  # at most 120 characters

    objects = CorrectionQuerySet.as_manager()
    retention = (
        Kept(
            ("value", "before_index", "reason"),
            Then.EMPTIED,
            "the decision, when it was not adopted",
            days="RETAIN_NOTES_DAYS",
            since="decided_at",
            only=models.Q(state__in=[CorrectionState.REJECTED, CorrectionState.TAKEN_BACK]),
        ),
        Kept(
            ("value", "before_index", "reason"),
            Then.WITH,
            "with the customer's own data, when it was adopted: later lists do not undo it",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("更正")
        ordering = ["-stated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "field"],
                condition=models.Q(state="pending"),
                name="one_pending_correction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_field_display()} #{self.customer_id}"
