"""The audit log. On PostgreSQL the application may add to it and read it, nothing else."""

from django.db import models


class AuditEvent(models.Model):
    """One sensitive read or change (`trust.audit.record`). Holds no personal data."""

    at = models.DateTimeField("时间", db_index=True)
    actor_id = models.BigIntegerField(null=True)
    actor_no = models.CharField("工号", max_length=40, blank=True)
    action = models.CharField("动作", max_length=60)
    target = models.CharField("对象", max_length=80, blank=True)
    result = models.CharField("结果", max_length=80, default="ok")
    address = models.CharField("来源地址", max_length=45, blank=True)
    detail = models.JSONField("明细", default=dict)
    mac = models.CharField(max_length=64)
    # Under which key of AUDIT_KEYS: those written before there were several have the first.
    key_id = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "审计日志"
        indexes = [
            models.Index(fields=["actor_id", "action", "at"], name="audit_actor_action"),
            models.Index(fields=["target", "at"], name="audit_target"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_no} {self.action} {self.target}"


class AuditLink(models.Model):
    """The place of one event in the chain (`trust.chain`). Numbers have no gap."""

    number = models.BigIntegerField(primary_key=True)
    # No foreign key: a link must be able to outlive the event that somebody deletes.
    event_id = models.BigIntegerField(unique=True)
    chain = models.CharField(max_length=64)  # over the link before it and this event
    key_id = models.PositiveSmallIntegerField(default=1)  # of AUDIT_KEYS

    class Meta:
        verbose_name = verbose_name_plural = "审计链"

    def __str__(self) -> str:
        return f"{self.number} {self.chain[:12]}"


class AuditArchive(models.Model):
    """Links ``first`` to ``last`` and their events were moved to a file outside the database."""

    first = models.BigIntegerField()
    last = models.BigIntegerField(unique=True)
    chain = models.CharField(max_length=64)  # of the link ``last``: where the chain goes on
    file_name = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "审计归档"

    def __str__(self) -> str:
        return self.file_name


class Rotation(models.Model):
    """How far one table is brought under the keys in use (`trust.rotation`)."""

    place = models.CharField(max_length=80, unique=True)  # a table, or `INDEX` for all of them
    ring = models.CharField(max_length=200)  # the ids of the keys it is done for
    after = models.BigIntegerField(default=0)  # rows up to this key are done in this pass
    renewed = models.BigIntegerField(default=0)  # values, over all passes
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "密钥轮换"

    def __str__(self) -> str:
        return f"{self.place} {self.ring} {self.after}"
