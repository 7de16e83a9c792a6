"""One attempt, conversation or visit."""

import json
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.scope import ScopedQuerySet
from trust.fields import EncryptedTextField, KeyedIndexField
from trust.retention import Kept, Then


class Channel(models.TextChoices):
    CALL = "call", _("电话")
    VISIT = "visit", _("上门")
    WALK_IN = "walk_in", _("到店")
    CALL_IN = "call_in", _("来电")
    WECHAT = "wechat", _("微信")
    HQ_SMS = "hq_sms", _("总行短信")
    HQ_POPUP = "hq_popup", _("手机银行弹窗")
    HQ_AI_CALL = "hq_ai_call", _("智能外呼")
    HQ_CALL = "hq_call", _("人工外呼")


class Purpose(models.TextChoices):
    MARKETING = "marketing", _("营销触达")
    SERVICE = "service", _("服务跟进")


class CallState(models.TextChoices):
    CONNECTED = "connected", _("已接通")
    NO_ANSWER = "no_answer", _("无人接听")
    BUSY = "busy", _("占线")
    DECLINED = "declined", _("拒接")
    OFF = "off", _("关机")
    SUSPENDED = "suspended", _("停机")
    NO_SUCH_NUMBER = "no_such_number", _("空号")
    UNREACHABLE = "unreachable", _("无法接通")


class PersonReached(models.TextChoices):
    SELF = "self", _("本人")
    FAMILY = "family", _("家人接听")
    WRONG_PERSON = "wrong_person", _("非本人")
    AWAY = "away", _("外出务工")
    DECEASED = "deceased", _("已故")


class Outcome(models.TextChoices):
    INTERESTED = "interested", _("有意向")
    CONSIDERING = "considering", _("考虑中")
    NOT_INTERESTED = "not_interested", _("无意向")
    WECHAT_ADDED = "wechat_added", _("已加微信")
    APPLIED = "applied", _("已申请")
    AFTER_SEASON = "after_season", _("农忙后再联系")
    REFUSED = "refused", _("拒绝营销")


class Step(models.TextChoices):
    """The five steps of a good first contact."""

    LEARNT_BUSINESS = "learnt_business", _("了解经营与需求")
    ADDED_WECHAT = "added_wechat", _("添加微信")
    SENT_LOCATION = "sent_location", _("推送网点位置")
    EXPLAINED = "explained", _("介绍产品")
    GUIDED = "guided", _("指导手机银行申请")


class Intention(models.TextChoices):
    """How keen headquarters' own channel found the customer."""

    HIGH = "high", _("意向高")
    MEDIUM = "medium", _("意向中")
    LOW = "low", _("意向低")
    NONE = "none", _("无意向")


class NeedTime(models.TextChoices):
    NOW = "now", _("近期")
    ONE_MONTH = "one_month", _("1个月内")
    THREE_MONTHS = "three_months", _("3个月内")
    LATER = "later", _("以后")


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
    source = models.CharField(max_length=20, default="web")  # web, api, or feed (a file of HQ's)
    intention = models.CharField("意向", max_length=8, choices=Intention, blank=True)  # HQ's alone
    edited_at = models.DateTimeField("更正时间", null=True, blank=True)  # see ContactLogVersion
    # Which number a call of ours dialled (`keyed_index`, kind ``phone``): what the call finds
    # out is about that one. NULL where we did not dial.
    dialled_index = KeyedIndexField()

    objects = ContactLogQuerySet.as_manager()
    retention = (
        Kept(
            ("need_purpose", "business", "season", "note", "dialled_index"),
            Then.EMPTIED,
            "the contact; who, when, how and with what result stay as codes",
            days="RETAIN_NOTES_DAYS",
            since="started_at",
        ),
        Kept(
            ("need_amount", "need_time", "follow_up_at"), Then.WITH, "with the customer's own data"
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = "触达记录"
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["lead", "started_at"], name="log_lead"),
            models.Index(fields=["staff", "logged_at"], name="log_staff"),
            models.Index(fields=["started_at"], name="log_day"),  # 晨会 asks for days
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.started_at:%Y-%m-%d %H:%M}"


class ContactLogVersion(models.Model):
    """What a log said before its author corrected it on the same day."""

    log = models.ForeignKey(ContactLog, models.CASCADE, related_name="versions")
    content = EncryptedTextField("原登记")  # the former `Answers` as JSON
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField("更正时间", auto_now_add=True)

    retention = (
        Kept(
            ("content",),
            Then.DELETED,
            "the correction; or with the customer's own data",
            days="RETAIN_NOTES_DAYS",
            since="replaced_at",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = "登记的旧版本"
        ordering = ["-replaced_at", "-pk"]

    def __str__(self) -> str:
        return f"#{self.log_id} {self.replaced_at:%Y-%m-%d %H:%M}"

    @property
    def said(self) -> ContactLog:
        """What the log said then, as a log that was never saved."""
        content = json.loads(self.content)
        if content["follow_up_at"]:
            content["follow_up_at"] = datetime.fromisoformat(content["follow_up_at"])
        return ContactLog(**content)
