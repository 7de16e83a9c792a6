"""Versions of a list that took effect, and what each changed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Mode(models.TextChoices):
    FULL = "full", _("全量")
    ADD = "add", _("增量")
    WITHDRAW = "withdraw", _("调出")


class Change(models.TextChoices):
    """What a list does to one customer of its programme and scope."""

    NEW = "new", _("新增")
    KEPT = "kept", _("续留")
    AMOUNT = "amount", _("额度变更")
    DETAILS = "details", _("资料变更")
    WITHDRAWN = "withdrawn", _("移出")


class WhitelistBatch(models.Model):
    """批次: one accepted version of a list, or the compensation that undoes one."""

    upload = models.ForeignKey(
        "whitelist.WhitelistUpload", models.PROTECT, related_name="batches", verbose_name="名单文件"
    )
    programme = models.ForeignKey("whitelist.Programme", models.PROTECT, verbose_name="名单项目")
    scope = models.ForeignKey("branches.Branch", models.PROTECT, verbose_name="名单范围")
    mode = models.CharField("方式", max_length=10, choices=Mode)
    undoes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="undone_by",
        verbose_name="撤销批次",
    )
    counts = models.JSONField("数量", default=dict)  # by Change, and what an undo could not restore
    approval_no = models.CharField("审批单号", max_length=60, blank=True)
    model_version = models.CharField("模型版本", max_length=60, blank=True)
    in_force_at = models.DateTimeField("生效时间")
    in_force_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="复核"
    )

    class Meta:
        verbose_name = verbose_name_plural = "批次"
        ordering = ["-in_force_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.programme} · {self.scope} · {self.in_force_at:%Y-%m-%d}"


class BatchChange(models.Model):
    """What one batch did to one offer: the row it stood on before, and after.

    Kept offers have a row here only when their dates or score are new. `row_before` is empty for a new offer,
    `row_after` for a withdrawn one; undoing a batch puts `row_before` back.
    """

    # Not checked by the database: both were joined to make the row (ADR 24).
    batch = models.ForeignKey(
        WhitelistBatch,
        models.CASCADE,
        related_name="changes",
        db_constraint=False,
        db_index=False,
    )
    offer = models.ForeignKey(
        "whitelist.Offer", models.CASCADE, related_name="changes", db_constraint=False
    )
    change = models.CharField(max_length=10, choices=Change)
    row_before = models.ForeignKey(
        "whitelist.UploadRow", models.PROTECT, null=True, related_name="+"
    )
    row_after = models.ForeignKey(
        "whitelist.UploadRow", models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "offer"], name="one_change_a_batch_and_offer"),
        ]

    def __str__(self) -> str:
        return f"{self.get_change_display()} #{self.offer_id}"
