"""How many pages of customers one person opened in one hour of the clock."""

from django.conf import settings
from django.db import models


class CustomerPages(models.Model):
    """One row a person and hour; kept for days only, the audit log has what was refused."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    hour = models.DateTimeField()  # its beginning
    count = models.PositiveIntegerField()
    limited_at = models.DateTimeField(null=True, blank=True)  # the first page that was refused

    class Meta:
        verbose_name = verbose_name_plural = "翻看客户的页数"
        constraints = [models.UniqueConstraint(fields=["staff", "hour"], name="pages_of_an_hour")]
        indexes = [
            models.Index(
                fields=["limited_at"],
                condition=models.Q(limited_at__isnull=False),
                name="pages_limited",
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.hour:%Y-%m-%d %H}: {self.count}"
