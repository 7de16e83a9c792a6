"""任务目标: how much a branch or a manager is to reach in a period."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.models import Staff
from branches.scope import ScopedQuerySet


class Metric(models.TextChoices):
    """What is counted. Each says, in `outreach.morning.progress`, who counts and on whose word."""

    CONTACTED = "contacted", _("触达客户")
    INTERESTED = "interested", _("有意向客户")
    APPLIED = "applied", _("申请（核实）")
    DRAWN = "drawn", _("支用（核实）")


class TargetQuerySet(ScopedQuerySet):
    def visible_to(self, user: Staff) -> "TargetQuerySet":
        """A manager's own, and their outlet's; everybody else's in the subtree."""
        return self._scoped().filter(
            models.Q(branch__number__range=user.branch.number_range)
            & (models.Q(manager=None) | models.Q(manager=user))
            if user.is_manager
            else models.Q(branch__number__range=user.branch.number_range)
        )


class Target(models.Model):
    """So many of a metric, by a branch (or one manager there), from a day to a day, inclusive."""

    branch = models.ForeignKey(
        "branches.Branch", models.PROTECT, related_name="targets", verbose_name=_("机构")
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="targets",
        verbose_name=_("客户经理"),
    )
    metric = models.CharField(_("指标"), max_length=12, choices=Metric)
    first_day = models.DateField(_("开始"))
    last_day = models.DateField(_("结束"))
    value = models.PositiveIntegerField(_("目标"))
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    set_at = models.DateTimeField(auto_now=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("任务目标")
        ordering = ["-first_day", "branch__number", "metric"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day"), value__gt=0),
                name="a_target_can_be_reached",
            ),
            models.UniqueConstraint(
                fields=["branch", "metric", "first_day", "last_day"],
                condition=models.Q(manager=None),
                name="one_target_a_branch",
            ),
            models.UniqueConstraint(
                fields=["branch", "manager", "metric", "first_day", "last_day"],
                condition=models.Q(manager__isnull=False),
                name="one_target_a_manager",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.get_metric_display()} {self.value}"
