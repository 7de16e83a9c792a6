"""The queue: one row a job, held under a lease while it runs."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class Job(models.Model):
    """Long work. A worker that dies lets its lease run out, and another goes on.

    `lease_no` is the fencing number: it grows with each claim, and every write
    a job makes names the number it was claimed under, so a worker that was
    only asleep cannot write after another has taken over.
    """

    kind = models.CharField("类型", max_length=40)
    payload = models.JSONField("参数", default=dict)  # ids and codes only
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.QUEUED)
    run_at = models.DateTimeField("最早执行时间")
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_no = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    step = models.CharField("步骤", max_length=40, blank=True)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    error = models.TextField("错误", blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        indexes = [models.Index(fields=["state", "run_at"], name="job_due")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk} {self.get_state_display()}"

    @property
    def percent(self) -> int:
        """How far the present step is, 0 to 100."""
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED
