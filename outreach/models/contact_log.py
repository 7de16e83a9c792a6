"""One attempt, conversation or visit."""

from django.conf import settings
from django.db import models

from branches.scope import ScopedQuerySet
from trust.fields import EncryptedTextField


class Channel(models.TextChoices):
    CALL = "call", "电话"
    VISIT = "visit", "上门"
    WALK_IN = "walk_in", "到店"
    CALL_IN = "call_in", "来电"
    WECHAT = "wechat", "微信"
    HQ_SMS = "hq_sms", "总行短信"
    HQ_POPUP = "hq_popup", "手机银行弹窗"
    HQ_AI_CALL = "hq_ai_call", "智能外呼"
    HQ_CALL = "hq_call", "人工外呼"


class Purpose(models.TextChoices):
    MARKETING = "marketing", "营销触达"
    SERVICE = "service", "服务跟进"


class CallState(models.TextChoices):
    CONNECTED = "connected", "已接通"
    NO_ANSWER = "no_answer", "无人接听"
    BUSY = "busy", "占线"
    DECLINED = "declined", "拒接"
    OFF = "off", "关机"
    SUSPENDED = "suspended", "停机"
    NO_SUCH_NUMBER = "no_such_number", "空号"
    UNREACHABLE = "unreachable", "无法接通"


class PersonReached(models.TextChoices):
    SELF = "self", "本人"
    FAMILY = "family", "家人接听"
    WRONG_PERSON = "wrong_person", "非本人"
    AWAY = "away", "外出务工"
    DECEASED = "deceased", "已故"


class Outcome(models.TextChoices):
    INTERESTED = "interested", "有意向"
    CONSIDERING = "considering", "考虑中"
    NOT_INTERESTED = "not_interested", "无意向"
    WECHAT_ADDED = "wechat_added", "已加微信"
    APPLIED = "applied", "已申请"
    AFTER_SEASON = "after_season", "农忙后再联系"
    REFUSED = "refused", "拒绝营销"


class Step(models.TextChoices):
    """The five steps of a good first contact."""

    LEARNT_BUSINESS = "learnt_business", "了解经营与需求"
    ADDED_WECHAT = "added_wechat", "添加微信"
    SENT_LOCATION = "sent_location", "推送网点位置"
    EXPLAINED = "explained", "介绍产品"
    GUIDED = "guided", "指导手机银行申请"


class NeedTime(models.TextChoices):
    NOW = "now", "近期"
    ONE_MONTH = "one_month", "1个月内"
    THREE_MONTHS = "three_months", "3个月内"
    LATER = "later", "以后"


class ContactLogQuerySet(ScopedQuerySet):
    def visible_to(self, user: "settings.AUTH_USER_MODEL") -> "ContactLogQuerySet":  # type: ignore[name-defined]
        """Logs of the leads the user may see."""
        from outreach.models.lead import Lead

        return self._scoped().filter(lead__in=Lead.objects.visible_to(user))

    def waiting(self) -> "ContactLogQuerySet":
        """待登记: attempts that have no outcome yet."""
        return self.filter(logged_at=None)

    def of_staff(self, staff: "settings.AUTH_USER_MODEL") -> "ContactLogQuerySet":  # type: ignore[name-defined]
        return self.filter(staff=staff)


class ContactLog(models.Model):
    """触达记录. Written when the attempt begins; `logged_at` says when it got its outcome.

    `uuid` is made by the client (or the server, for a call it started), so that
    sending a log twice stores it once. `is_contact` is the field's 触达: the
    person was spoken to or met; anything else is an attempt.
    """

    uuid = models.UUIDField(unique=True)
    lead = models.ForeignKey("outreach.Lead", models.PROTECT, related_name="contact_logs")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="员工"
    )  # NULL: HQ's own channels
    channel = models.CharField("渠道", max_length=12, choices=Channel)
    purpose = models.CharField("性质", max_length=10, choices=Purpose, default=Purpose.MARKETING)
    started_at = models.DateTimeField("开始时间")
    logged_at = models.DateTimeField("登记时间", null=True, blank=True)
    call_state = models.CharField("通话结果", max_length=16, choices=CallState, blank=True)
    person = models.CharField("接听人", max_length=12, choices=PersonReached, blank=True)
    is_contact = models.BooleanField("触达", default=False)
    outcome = models.CharField("结果", max_length=16, choices=Outcome, blank=True)
    steps = models.JSONField("五步", default=list, blank=True)  # values of Step
    need_amount = models.PositiveBigIntegerField("需求金额（元）", null=True, blank=True)
    need_time = models.CharField("用款时间", max_length=12, choices=NeedTime, blank=True)
    need_purpose = EncryptedTextField("资金用途")
    business = EncryptedTextField("经营情况")
    season = models.CharField("种养周期", max_length=60, blank=True)
    follow_up_at = models.DateTimeField("下次跟进", null=True, blank=True)
    note = EncryptedTextField("备注")
    source = models.CharField(max_length=20, default="web")  # web, api, or the HQ file it came from

    objects = ContactLogQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "触达记录"
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["lead", "started_at"], name="log_lead"),
            models.Index(fields=["staff", "logged_at"], name="log_staff"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.started_at:%Y-%m-%d %H:%M}"
