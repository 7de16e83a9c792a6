"""The second factor: an authenticator on somebody's phone, and codes for when it is lost."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.models.staff import Staff
from trust.fields import EncryptedTextField, KeyedIndexField
from trust.retention import Kept, Then


class SecondFactorQuerySet(models.QuerySet["SecondFactor"]):
    def in_force(self) -> "SecondFactorQuerySet":
        """Whose owner has shown once that their phone makes the right codes."""
        return self.filter(confirmed_at__isnull=False)

    def of(self, staff: Staff) -> "SecondFactor | None":
        """The one without whose code the door stays closed to `staff`."""
        return self.in_force().filter(staff=staff).first()


class SecondFactor(models.Model):
    """An authenticator (RFC 6238). Until it is confirmed it opens and closes nothing."""

    staff = models.OneToOneField(
        Staff, models.CASCADE, related_name="second_factor", verbose_name=_("员工")
    )
    secret = EncryptedTextField()  # base32, as it is typed into a phone
    # The step of the last code that was right: it and those before are refused.
    last_step = models.PositiveBigIntegerField(default=0, editable=False)
    begun_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(_("启用时间"), null=True, blank=True)

    objects = SecondFactorQuerySet.as_manager()
    retention = (
        Kept(("secret",), Then.KEPT, "until its owner takes it off or it is reset: row deleted"),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("手机验证器")

    def __str__(self) -> str:
        return str(self.staff)

    @property
    def codes_left(self) -> int:
        return self.recovery_codes.filter(used_at=None).count()


class RecoveryCode(models.Model):
    """Opens the door once, without the phone. Kept as a keyed hash alone."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="recovery_codes")
    digest = KeyedIndexField()
    used_at = models.DateTimeField(null=True, blank=True)

    retention = (Kept(("digest",), Then.WITH, "with the second factor, or when made anew"),)

    class Meta:
        verbose_name = verbose_name_plural = _("恢复码")
        constraints = [
            models.UniqueConstraint(fields=["factor", "digest"], name="recovery_code_once")
        ]

    def __str__(self) -> str:
        return f"{self.factor} · {self.pk}"
