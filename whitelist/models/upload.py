"""A list file as HQ sent it, from arrival to its end."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.scope import ScopedQuerySet
from trust.retention import Kept, Then
from whitelist.models.batch import Mode

if TYPE_CHECKING:
    from branches.models import Staff


class UploadState(models.TextChoices):
    RECEIVED = "received", _("已接收")
    READING = "reading", _("读取中")
    MAPPING = "mapping", _("待确认列")
    CHECKING = "checking", _("校验中")
    CHECKED = "checked", _("待提交")
    SUBMITTED = "submitted", _("待复核")
    SCHEDULED = "scheduled", _("待生效")
    APPLYING = "applying", _("生效中")
    IN_FORCE = "in_force", _("已生效")
    UNDOING = "undoing", _("撤销中")
    UNDONE = "undone", _("已撤销")
    ABANDONED = "abandoned", _("已放弃")
    FAILED = "failed", _("无法使用")


# The worker is at it; the page shows a progress bar.
AT_WORK = (
    UploadState.RECEIVED,
    UploadState.READING,
    UploadState.CHECKING,
    UploadState.APPLYING,
    UploadState.UNDOING,
)
# It may still be given up.
ABANDONABLE = (
    UploadState.RECEIVED,
    UploadState.READING,
    UploadState.MAPPING,
    UploadState.CHECKING,
    UploadState.CHECKED,
    UploadState.SUBMITTED,
    UploadState.SCHEDULED,
    UploadState.FAILED,
)


class UploadQuerySet(ScopedQuerySet):
    def visible_to(self, user: "settings.AUTH_USER_MODEL") -> "UploadQuerySet":  # type: ignore[name-defined]
        """List staff see the uploads whose scope lies within their own branch's subtree."""
        from branches.models import Role

        scoped = self._scoped()
        if user.role not in {Role.CLERK, Role.REVIEWER, Role.SYSTEM}:
            return scoped.none()
        return scoped.filter(scope__number__range=user.branch.number_range)


class WhitelistUpload(models.Model):
    """名单文件. The file itself is kept sealed under `stored_as` and deleted after a set time."""

    programme = models.ForeignKey("whitelist.Programme", models.PROTECT, verbose_name="名单项目")
    scope = models.ForeignKey("branches.Branch", models.PROTECT, verbose_name="名单范围")
    mode = models.CharField("方式", max_length=10, choices=Mode, default=Mode.FULL)
    file_name = models.CharField("文件名", max_length=200)
    size = models.PositiveBigIntegerField("大小（字节）")
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=200, blank=True)
    state = models.CharField(
        "状态", max_length=12, choices=UploadState, default=UploadState.RECEIVED
    )
    failure = models.CharField("原因", max_length=300, blank=True)
    # How the file is to be read, found by reading it: format, encoding, delimiter,
    # sheet, header row, columns as they are named, a few masked samples of each.
    layout = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)  # column index (as text) → field name
    # rows, accepted, rejected, warned; then the five numbers of the diff.
    totals = models.JSONField(default=dict)
    # By branch code, held leads touched, how first assignment will fall.
    diff = models.JSONField(default=dict)
    # The batches in force when the diff was made; a change means: compare again.
    base = models.CharField(max_length=64, blank=True)
    confirm_withdrawals = models.BooleanField("已确认大量移出", default=False)
    confirm_unmatched = models.BooleanField("已确认无效行所在机构的移出", default=False)
    approval_no = models.CharField("审批单号", max_length=60, blank=True)
    model_version = models.CharField("模型版本", max_length=60, blank=True)
    effective_at = models.DateTimeField("定时生效", null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="复核",
    )
    reviewed_at = models.DateTimeField("复核时间", null=True, blank=True)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, blank=True, related_name="+")

    objects = UploadQuerySet.as_manager()

    retention = (
        Kept(
            ("stored_as",),
            Then.FILE,
            "the upload",
            days="UPLOAD_KEEP_DAYS",
            since="uploaded_at",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = "名单文件"
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def can_be_abandoned(self) -> bool:
        return self.state in ABANDONABLE

    def is_handed_in_by(self, staff: "Staff") -> bool:
        """Whether they uploaded or submitted it: then they may not review it as well."""
        return staff.pk in {self.uploaded_by_id, self.submitted_by_id}
