"""Passkeys: a second factor that a forged page cannot ask for (WebAuthn level 2)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.models.staff import Staff


class PasskeyQuerySet(models.QuerySet["Passkey"]):
    def of(self, staff: Staff) -> "PasskeyQuerySet":
        """What `staff` may prove themselves with: keys of this installation's host, if it has one."""
        host = settings.PASSKEY_HOST
        return self.filter(staff=staff, host=host) if host else self.none()


class Passkey(models.Model):
    """One key of one person: in their phone, their computer, or on a stick. Only its public half."""

    staff = models.ForeignKey(
        Staff, models.CASCADE, related_name="passkeys", verbose_name=_("员工")
    )
    label = models.CharField(_("名称"), max_length=40)
    host = models.CharField(max_length=253)  # the relying party it was made for
    credential_id = models.BinaryField()  # up to 1,023 bytes, chosen by the authenticator
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of it, to find it by
    public_key = models.BinaryField()  # COSE
    # Of the authenticator; one that does not count stays at 0. Not greater than the last: a copy.
    sign_count = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(_("添加时间"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)

    objects = PasskeyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("通行密钥")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.staff} · {self.label}"
