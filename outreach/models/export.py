"""导出: a list of customers that leaves the system as a file, asked for by one and agreed to by another."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from branches.scope import ScopedQuerySet
from trust.fields import EncryptedTextField
from trust.retention import Kept, Then

if TYPE_CHECKING:
    from branches.models import Staff


class ExportState(models.TextChoices):
    ASKED = "asked", _("待审核")
    MAKING = "making", _("生成中")
    READY = "ready", _("可下载")
    REFUSED = "refused", _("未同意")
    TAKEN_BACK = "taken_back", _("已撤回")
    EXPIRED = "expired", _("已到期")


OPEN = (ExportState.ASKED, ExportState.MAKING, ExportState.READY)
OVER = (ExportState.REFUSED, ExportState.TAKEN_BACK, ExportState.EXPIRED)


class ExportPurpose(models.TextChoices):
    VISIT = "visit", _("上门走访")
    MEETING = "meeting", _("整村授信或村民会")
    INSPECTION = "inspection", _("检查或审计")
    OTHER = "other", _("其他")


class ExportFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel"


class ExportQuerySet(ScopedQuerySet):
    def visible_to(self, user: "Staff") -> "ExportQuerySet":
        """Supervisors and reviewers see what was asked for in their branch and below."""
        from branches.models import Role

        scoped = self._scoped()
        if user.role not in {Role.SUPERVISOR, Role.REVIEWER}:
            return scoped.none()
        return scoped.filter(branch__number__range=user.branch.number_range)

    def waiting(self) -> "ExportQuerySet":
        return self.filter(state=ExportState.ASKED)

    def ready(self) -> "ExportQuerySet":
        """Those whose file can be fetched."""
        kept = self.filter(state=ExportState.READY, expires_at__gt=timezone.now())
        return kept.filter(downloads__lt=settings.EXPORT_DOWNLOADS)

    def over(self) -> "ExportQuerySet":
        """Those whose time is over, and which nobody has closed yet."""
        return self.filter(state__in=OPEN, expires_at__lte=timezone.now())


class Export(models.Model):
    """One request. Who is in it is fixed when it is asked for (`ExportedLead`) and only shrinks.

    `question` is the query string of the lead list; `columns` and `clear` are keys of
    `outreach.exports.columns`. `expires_at`: until when somebody may decide, then until
    when the file is kept.
    """

    branch = models.ForeignKey("branches.Branch", models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    asked_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    question = models.CharField(max_length=2000, blank=True)
    columns = models.JSONField(default=list)
    clear = models.JSONField(default=list)  # of the columns, those not masked
    purpose = models.CharField(_("用途"), max_length=12, choices=ExportPurpose)
    words = EncryptedTextField()  # what for, in words
    rows = models.PositiveIntegerField(_("人数"))
    ids_digest = models.CharField(max_length=64)  # of the customers, as they were shown
    state = models.CharField(
        _("状态"), max_length=12, choices=ExportState, default=ExportState.ASKED
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = EncryptedTextField()  # why not
    made_at = models.DateTimeField(null=True, blank=True)
    stored_as = models.CharField(max_length=200, blank=True)  # sealed; gone with `expires_at`
    downloads = models.PositiveSmallIntegerField(_("下载次数"), default=0)
    expires_at = models.DateTimeField(_("到期时间"))
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, blank=True, related_name="+")

    objects = ExportQuerySet.as_manager()

    retention = (
        Kept(
            ("words", "reason"),
            Then.EMPTIED,
            "the request",
            days="RETAIN_NOTES_DAYS",
            since="asked_at",
        ),
        Kept(("stored_as",), Then.KEPT, "`EXPORT_DAYS` or the last download: the file is deleted"),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("导出")
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["state", "expires_at"], name="export_open")]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def is_ready(self) -> bool:
        """Whether its file is there and may still be fetched."""
        return self.state == ExportState.READY and self.expires_at > timezone.now()

    @property
    def downloads_left(self) -> int:
        return max(0, settings.EXPORT_DOWNLOADS - self.downloads)

    @property
    def is_over(self) -> bool:
        """Whether nothing comes of it any more: whoever still needs it asks anew."""
        used_up = self.state == ExportState.READY and not self.downloads_left
        return used_up or self.state in OVER


class ExportedLead(models.Model):
    """A customer who is in an export: whom a file told, and who is traced by it. Numbers alone."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="leads")
    lead = models.ForeignKey("outreach.Lead", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("导出的客户")
        constraints = [models.UniqueConstraint(fields=["export", "lead"], name="once_in_an_export")]

    def __str__(self) -> str:
        return f"{self.export_id}: {self.lead_id}"


class ExportCopy(models.Model):
    """One download. No two are alike: `secret` says how its rows are written and ordered.

    `decoys` are the customers who do not exist that this copy alone has (JSON,
    `outreach.exports.rows.Row`).
    """

    export = models.ForeignKey(Export, models.CASCADE, related_name="copies")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    format = models.CharField(max_length=4, choices=ExportFormat)
    rows = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)  # of the file as it was handed out
    secret = EncryptedTextField()
    decoys = EncryptedTextField()

    retention = (
        Kept(
            ("secret", "decoys"),
            Then.EMPTIED,
            "the download: until then a leaked piece can be told to be of it",
            days="RETAIN_NOTES_DAYS",
            since="at",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("导出的下载")
        ordering = ["export", "number"]
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="one_copy_a_number")
        ]

    def __str__(self) -> str:
        return self.mark

    @property
    def mark(self) -> str:
        """What the visible watermark calls it: the export and the how-manieth download."""
        return f"{self.export_id}-{self.number}"
