"""拒绝营销: do not contact, until the customer themselves reopens it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trust.fields import EncryptedTextField
from trust.retention import Kept, Then


class RefusalSource(models.TextChoices):
    CUSTOMER = "customer", _("客户本人")
    LIST = "list", _("名单免打扰标志")
    HQ = "hq", _("总行渠道")
    DECEASED = "deceased", _("已故")
    ERASURE = "erasure", _("客户要求删除资料")


class Refusal(models.Model):
    """Why a customer may not be contacted, since when, and what ended it."""

    customer = models.ForeignKey("whitelist.Customer", models.PROTECT, related_name="refusals")
    source = models.CharField("来源", max_length=10, choices=RefusalSource)
    contact_log = models.ForeignKey(
        "outreach.ContactLog", models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField("时间", auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField("解除时间", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    end_reason = EncryptedTextField("解除原因")  # at most 120 characters

    retention = (
        Kept(
            ("end_reason",),
            Then.EMPTIED,
            "its end; the refusal itself stays",
            days="RETAIN_NOTES_DAYS",
            since="ended_at",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = "拒绝营销"
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(ended_at=None),
                name="one_open_refusal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.at:%Y-%m-%d}"
