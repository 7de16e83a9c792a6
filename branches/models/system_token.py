"""Tokens by which the bank's other systems use the API."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from branches.models.staff import Staff
from trust.retention import Kept, Then


class SystemToken(models.Model):
    """A bearer token of one system. Only its SHA-256 is stored (it is 256 random bits)."""

    system = models.ForeignKey(
        Staff,
        models.CASCADE,
        related_name="tokens",
        verbose_name=_("系统"),
        limit_choices_to={"role": "system"},
    )
    label = models.CharField(_("用途"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("签发时间"), auto_now_add=True)
    expires_at = models.DateTimeField(_("到期时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    last_used_on = models.DateField(_("最近使用"), null=True, blank=True, editable=False)

    retention = tuple(
        Kept(("digest",), Then.DELETED, after, days="RETAIN_DEVICE_DAYS", since=since)
        for after, since in (("its end", "expires_at"), ("it was revoked", "revoked_at"))
    )

    class Meta:
        verbose_name = verbose_name_plural = _("系统令牌")

    def __str__(self) -> str:
        return f"{self.system} · {self.label}"

    @classmethod
    def issue(cls, system: Staff, label: str) -> tuple["SystemToken", str]:
        """A new token and its text, which is shown once and never stored; ends as all do."""
        text = secrets.token_urlsafe(32)
        digest, end = cls.digest_of(text), cls.usual_end()
        token = cls.objects.create(system=system, label=label, digest=digest, expires_at=end)
        return token, text

    @staticmethod
    def usual_end() -> datetime:
        """When a token of today ends, unless another day is set."""
        return timezone.now() + timedelta(days=settings.API_TOKEN_DAYS)

    @staticmethod
    def digest_of(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def in_use(self) -> bool:
        """Neither revoked nor past its date, and its system not disabled."""
        alive = self.expires_at is None or self.expires_at > timezone.now()
        return self.revoked_at is None and alive and self.system.is_active
