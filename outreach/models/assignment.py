"""Who gave which lead to whom."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trust.fields import EncryptedTextField
from trust.retention import Kept, Then


class OperationKind(models.TextChoices):
    LASSO = "lasso", _("地图圈选")
    VILLAGE = "village", _("按村")
    OUTLET = "outlet", _("按网点")
    FILTER = "filter", _("按筛选")
    TICKED = "ticked", _("勾选")
    LIST = "list", _("名单生效")
    CLAIM = "claim", _("认领")
    TAKE_BACK = "take_back", _("收回")
    LEAVER = "leaver", _("离岗释放")


class EndReason(models.TextChoices):
    REASSIGNED = "reassigned", _("改派")
    UNDONE = "undone", _("撤销分配")
    RETURNED = "returned", _("退回")
    WITHDRAWN = "withdrawn", _("移出名单")
    EXPIRED = "expired", _("额度过期")
    MOVED = "moved", _("管户机构变更")
    TAKEN_BACK = "taken_back", _("主管收回")
    LEFT = "left", _("离岗")


class AssignmentOperation(models.Model):
    """One act of assigning, of one lead or thousands: what undo works on."""

    kind = models.CharField("方式", max_length=10, choices=OperationKind)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="分配给"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField("时间", auto_now_add=True)
    count = models.PositiveIntegerField("客户数", default=0)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.count} → {self.to}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def out_of_the_pool_since(self, at: datetime) -> "AssignmentQuerySet":
        """Customers of nobody whom somebody took or was given by hand; not those a list gave."""
        taken = self.filter(previous_holder=None, at__gte=at)
        return taken.exclude(operation__kind=OperationKind.LIST)


class Assignment(models.Model):
    """One lead in one holder's hands, from when to when, and why it ended."""

    lead = models.ForeignKey("outreach.Lead", models.CASCADE, related_name="assignments")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    operation = models.ForeignKey(AssignmentOperation, models.PROTECT, related_name="assignments")
    previous_holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)  # the holder was told of it
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=10, choices=EndReason, blank=True)
    end_note = models.CharField("说明", max_length=120, blank=True)
    end_remark = EncryptedTextField("备注")  # in the holder's own words

    objects = AssignmentQuerySet.as_manager()
    retention = (
        Kept(
            ("end_remark",),
            Then.EMPTIED,
            "its end",
            days="RETAIN_NOTES_DAYS",
            since="ended_at",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = "分配"
        constraints = [
            models.UniqueConstraint(
                fields=["lead"], condition=models.Q(ended_at=None), name="one_holder_a_lead"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, end_reason="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(end_reason="")),
                name="an_end_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} → {self.holder}"
