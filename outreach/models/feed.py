"""总行数据: files of what headquarters' own systems did and decided."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.scope import ScopedQuerySet
from trust.retention import Kept, Then

if TYPE_CHECKING:
    from branches.models import Staff


class FeedKind(models.TextChoices):
    CONTACTS = "contacts", _("总行触达")
    RESULTS = "results", _("业务结果")
    REFUSALS = "refusals", _("拒绝营销")


class FeedState(models.TextChoices):
    RECEIVED = "received", _("排队中")
    RUNNING = "running", _("导入中")
    DONE = "done", _("已导入")
    FAILED = "failed", _("无法使用")


class FeedQuerySet(ScopedQuerySet):
    def visible_to(self, user: "Staff") -> "FeedQuerySet":
        """List staff see the files of their branch and below."""
        from branches.models import Role

        scoped = self._scoped()
        if user.role not in {Role.CLERK, Role.REVIEWER}:
            return scoped.none()
        return scoped.filter(branch__number__range=user.branch.number_range)


class Feed(models.Model):
    """One such file: what it said, what of it was new, what could not be used.

    `totals` counts rows: ``rows``, ``added``, ``known`` (told before), ``unknown``
    (no such customer in the scope) and ``rejected``. Only customers of `branch`'s
    subtree are touched.
    """

    kind = models.CharField(_("内容"), max_length=10, choices=FeedKind)
    branch = models.ForeignKey("branches.Branch", models.PROTECT, related_name="+")
    file_name = models.CharField(_("文件名"), max_length=200)
    size = models.PositiveBigIntegerField(_("大小（字节）"))
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=200, blank=True)  # sealed; gone after UPLOAD_KEEP_DAYS
    state = models.CharField(
        _("状态"), max_length=10, choices=FeedState, default=FeedState.RECEIVED
    )
    failure = models.CharField(_("原因"), max_length=300, blank=True)
    totals = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("经办"),
    )
    received_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, blank=True, related_name="+")

    objects = FeedQuerySet.as_manager()
    retention = (
        Kept(
            ("stored_as",),
            Then.FILE,
            "the upload",
            days="UPLOAD_KEEP_DAYS",
            since="received_at",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("总行数据文件")
        ordering = ["-received_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name


class FeedProblem(models.Model):
    """One row of the file that could not be used, and why. Shows nothing personal in clear."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="problems")
    row_no = models.PositiveIntegerField(_("行号"))
    column = models.CharField(_("列"), max_length=40, blank=True)
    code = models.CharField(max_length=30)
    shown = models.CharField(_("原值"), max_length=80, blank=True)  # masked where it is personal

    retention = (
        Kept(
            ("shown",),
            Then.EMPTIED,
            "the upload; line, column and kind of problem stay",
            days="RETAIN_REPORT_DAYS",
            since="feed__received_at",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("数据问题")
        ordering = ["row_no", "pk"]

    def __str__(self) -> str:
        return f"{self.row_no} {self.code}"
