"""A phone on which somebody logged in with their password today."""

import hashlib
import secrets
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from branches.models.staff import Staff
from trust.retention import Kept, Then


class RememberedDeviceQuerySet(models.QuerySet["RememberedDevice"]):
    def in_use(self) -> "RememberedDeviceQuerySet":
        """Neither revoked nor past its time, and whose owner is still there."""
        return self.filter(
            revoked_at=None, expires_at__gt=timezone.now(), staff__is_active=True
        ).select_related("staff")

    def of_token(self, token: str) -> "RememberedDevice | None":
        """The device whose cookie says `token`, while it may be used."""
        return self.in_use().filter(digest=RememberedDevice.digest_of(token)).first()


class RememberedDevice(models.Model):
    """A device that may open the door again by PIN, until its day is over.

    The cookie holds 256 random bits, of which only the SHA-256 is stored. A PIN
    alone opens nothing: it counts only together with the cookie.
    """

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="devices", verbose_name=_("员工"))
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(_("设备"), max_length=80, blank=True)  # browser and system, coarse
    address = models.GenericIPAddressField(_("地址"), null=True, blank=True)  # of the login
    created_at = models.DateTimeField(_("登录时间"), auto_now_add=True)
    expires_at = models.DateTimeField(_("到期时间"))
    last_used_at = models.DateTimeField(_("最近使用"), auto_now_add=True)
    failures = models.PositiveSmallIntegerField(default=0)  # wrong PINs since the last right one
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = RememberedDeviceQuerySet.as_manager()
    retention = (
        Kept(
            ("digest", "label"),
            Then.DELETED,
            "the end of its day",
            days="RETAIN_DEVICE_DAYS",
            since="expires_at",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("已登录设备")
        ordering = ["-last_used_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.staff} · {self.label}"

    @classmethod
    def remember(
        cls, staff: Staff, *, label: str, until: datetime, address: str = ""
    ) -> tuple["RememberedDevice", str]:
        """A device, and the token for its cookie, which is never stored."""
        token = secrets.token_urlsafe(32)
        device = cls.objects.create(
            staff=staff,
            digest=cls.digest_of(token),
            label=label[:80],
            address=address or None,
            expires_at=until,
        )
        return device, token

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()
