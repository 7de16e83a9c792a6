"""What the bank's loan system says became of an offer: 申请, 授信, 支用, 拒绝."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.scope import ScopedQuerySet
from trust.retention import Kept, Then
from whitelist.models.offer import Offer

if TYPE_CHECKING:
    from branches.models import Staff


class LoanStep(models.TextChoices):
    APPLIED = "applied", _("申请")
    APPROVED = "approved", _("授信")
    DRAWN = "drawn", _("支用")
    REFUSED = "refused", _("拒绝")


class LoanResultQuerySet(ScopedQuerySet):
    def visible_to(self, user: "Staff") -> "LoanResultQuerySet":
        """Results of offers in the user's subtree."""
        return self._scoped().filter(offer__branch__number__range=user.branch.number_range)


class LoanResult(models.Model):
    """One event of the loan system, as its file told it. Only these confirm a stage (核实).

    `key` is what makes it the same when it is told again: the loan system's own
    reference, or a digest of what happened to whom and when. The refusal of an
    application is a result too; it is no 拒绝营销.
    """

    key = models.CharField(max_length=64, unique=True)
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="results")
    step = models.CharField(_("结果"), max_length=10, choices=LoanStep)
    on = models.DateField(_("日期"))
    amount = models.PositiveBigIntegerField(_("金额（元）"), null=True, blank=True)
    channel = models.CharField(_("渠道"), max_length=40, blank=True)
    reason = models.CharField(_("拒绝原因"), max_length=200, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    objects = LoanResultQuerySet.as_manager()
    retention = (Kept(("reason",), Then.WITH, "with the customer's own data"),)

    class Meta:
        verbose_name = verbose_name_plural = _("业务结果")
        ordering = ["-on", "-pk"]
        indexes = [models.Index(fields=["offer", "on"], name="result_offer")]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.on:%Y-%m-%d}"
