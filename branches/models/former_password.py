"""Passwords somebody had before, as hashes: where the rules say that none may come back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.models.staff import Staff


class FormerPassword(models.Model):
    staff = models.ForeignKey(Staff, models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)  # hashed as those in force are
    until = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("用过的密码")
        ordering = ["-until", "-pk"]

    def __str__(self) -> str:
        return f"{self.staff} · {self.pk}"
