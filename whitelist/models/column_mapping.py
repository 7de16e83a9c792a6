"""How a programme's files name their columns, as a clerk once confirmed it."""

from django.db import models


class ColumnMapping(models.Model):
    """One heading of one programme's files, and the field it stands for ("" = not used)."""

    programme = models.ForeignKey(
        "whitelist.Programme", models.CASCADE, related_name="column_mappings"
    )
    heading = models.CharField("列名", max_length=120)
    field = models.CharField("字段", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "列对应关系"
        constraints = [
            models.UniqueConstraint(fields=["programme", "heading"], name="one_meaning_a_heading"),
        ]

    def __str__(self) -> str:
        return f"{self.heading} → {self.field}"
