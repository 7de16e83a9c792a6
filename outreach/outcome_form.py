"""The outcome sheet: what it asks, and which answers fit together."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outreach.actions.log_outcome import Answers
from outreach.gates import next_opening
from outreach.models import (
    CallState,
    Channel,
    ContactLog,
    NeedTime,
    Outcome,
    PersonReached,
    Step,
)

NOBODY = "nobody"  # nobody was met, or nobody answered a message
PERSONS = [*PersonReached.choices, (NOBODY, _("没遇到人 / 没回复"))]
# Channels of a log that was no call of ours.
WITHOUT_CALL = [
    (channel.value, channel.label)
    for channel in (Channel.VISIT, Channel.WALK_IN, Channel.CALL_IN, Channel.WECHAT)
]
# Only the customer can be interested; whoever else answers can put us off or refuse.
BY_OTHERS = {Outcome.AFTER_SEASON, Outcome.REFUSED}
SETTLED = {Outcome.REFUSED, Outcome.NOT_INTERESTED}


class FollowUp:
    """Presets of the follow-up time."""

    TOMORROW = "tomorrow"
    THREE_DAYS = "three_days"
    AFTER_SEASON = "after_season"
    ON_DAY = "on_day"
    CHOICES = (
        (TOMORROW, _("明天")),
        (THREE_DAYS, _("3天后")),
        (AFTER_SEASON, _("农忙后")),
        (ON_DAY, _("选日期")),
    )


def season_end(after: datetime) -> datetime:
    """The first end of a busy farming season (`BUSY_SEASON_ENDS`) after a local time."""
    ends = [
        after.replace(year=after.year + ahead, month=int(end[:2]), day=int(end[3:]))
        for ahead in (0, 1)
        for end in settings.BUSY_SEASON_ENDS
    ]
    return min(end for end in ends if end.date() > after.date())


# The day each preset means, counted from a local time.
DAY_OF = {
    FollowUp.TOMORROW: lambda base: base + timedelta(days=1),
    FollowUp.THREE_DAYS: lambda base: base + timedelta(days=3),
    FollowUp.AFTER_SEASON: season_end,
}


class OutcomeForm(forms.Form):
    """Answers of one sheet. `channel` is asked when the log was no call.

    `base` is the moment that 明天 and its like are counted from: now, or when
    the outcome was first saved, so that sending it again says the same.
    """

    channel = forms.ChoiceField(choices=WITHOUT_CALL, required=False, label=_("方式"))
    call_state = forms.ChoiceField(choices=CallState.choices, required=False, label=_("通话结果"))
    person = forms.ChoiceField(choices=PERSONS, required=False, label=_("谁"))
    outcome = forms.ChoiceField(choices=Outcome.choices, required=False, label=_("结果"))
    steps = forms.MultipleChoiceField(choices=Step.choices, required=False, label=_("五步"))
    need_amount_wan = forms.DecimalField(
        required=False,
        min_value=Decimal("0.01"),
        max_value=100_000,
        decimal_places=2,
        label=_("需要多少（万元）"),
    )
    need_time = forms.ChoiceField(choices=NeedTime.choices, required=False, label=_("什么时候用"))
    need_purpose = forms.CharField(max_length=200, required=False, label=_("做什么用"))
    business = forms.CharField(max_length=500, required=False, label=_("经营情况"))
    season = forms.CharField(max_length=60, required=False, label=_("种养周期"))
    follow_up = forms.ChoiceField(choices=FollowUp.CHOICES, required=False, label=_("下次跟进"))
    follow_up_on = forms.DateField(required=False, label=_("跟进日期"))
    note = forms.CharField(max_length=500, required=False, label=_("备注"))

    def __init__(
        self, *args: Any, by_call: bool, base: datetime | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.by_call = by_call
        self.base = timezone.localtime(base)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            self._check_reached(given)
            self._check_outcome(given)
            self._check_follow_up(given)
        return given

    def _check_reached(self, given: dict[str, Any]) -> None:
        if self.by_call:
            if not given["call_state"]:
                self.add_error("call_state", _("请选通话结果。"))
            elif given["call_state"] == CallState.CONNECTED and given["person"] in ("", NOBODY):
                self.add_error("person", _("已接通：请选接电话的是谁。"))
            elif given["call_state"] != CallState.CONNECTED and self._says_more(given):
                self.add_error("call_state", _("没有接通，不能登记谈话内容。"))
        elif not given["channel"]:
            self.add_error("channel", _("请选联系方式：上门、到店、来电或微信。"))
        elif given["call_state"]:
            self.add_error("call_state", _("不是电话，不能登记通话结果。"))
        elif not given["person"]:
            self.add_error("person", _("请选见到了谁。"))

    def _check_outcome(self, given: dict[str, Any]) -> None:
        if self.errors:
            return
        if given["person"] == PersonReached.SELF and not given["outcome"]:
            self.add_error("outcome", _("请选结果。"))
        elif given["person"] in ("", NOBODY, PersonReached.DECEASED) and self._talked(given):
            self.add_error("outcome", _("没有谈过，不能登记结果。"))
        elif given["person"] != PersonReached.SELF and given["outcome"] not in {"", *BY_OTHERS}:
            self.add_error("outcome", _("不是本人，只能登记“农忙后再联系”或“拒绝营销”。"))

    def _check_follow_up(self, given: dict[str, Any]) -> None:
        if not given["follow_up"]:  # a day without 选日期 is meant as one (no script ticked it)
            given["follow_up"] = FollowUp.ON_DAY if given["follow_up_on"] else ""
        if not given["follow_up"]:
            return
        if given["outcome"] in SETTLED or given["person"] == PersonReached.DECEASED:
            self.add_error("follow_up", _("客户已拒绝或无意向，不再安排跟进。"))
        elif given["follow_up"] == FollowUp.ON_DAY:
            day = given["follow_up_on"]
            if not day:
                self.add_error("follow_up_on", _("请选跟进日期。"))
            elif not self.base.date() < day <= self.base.date() + timedelta(days=366):
                self.add_error("follow_up_on", _("跟进日期应在明天到一年之内。"))

    @staticmethod
    def _talked(given: dict[str, Any]) -> bool:
        told = ("outcome", "steps", "need_time", "need_purpose", "business", "season")
        return given["need_amount_wan"] is not None or any(given[name] for name in told)

    def _says_more(self, given: dict[str, Any]) -> bool:
        return bool(given["person"]) or self._talked(given)

    def answers(self) -> Answers:
        """What was said, as the action stores it. Only after `is_valid()`."""
        given = self.cleaned_data
        wan = given["need_amount_wan"]
        return Answers(
            call_state=given["call_state"],
            person="" if given["person"] == NOBODY else given["person"],
            outcome=given["outcome"],
            steps=given["steps"],
            need_amount=None if wan is None else int(wan * 10_000),
            need_time=given["need_time"],
            need_purpose=given["need_purpose"],
            business=given["business"],
            season=given["season"],
            follow_up_at=self._follow_up_at(),
            note=given["note"],
        )

    def _follow_up_at(self) -> datetime | None:
        """The chosen day, at the hour from which customers may be contacted."""
        preset = self.cleaned_data["follow_up"]
        if not preset:
            return None
        if preset == FollowUp.ON_DAY:
            day = datetime.combine(self.cleaned_data["follow_up_on"], time.min, self.base.tzinfo)
        else:
            day = DAY_OF[preset](self.base)
        return next_opening(day.replace(hour=0, minute=0, second=0, microsecond=0))


def said_in(log: ContactLog) -> dict[str, Any]:
    """What a log says, as the sheet asks it: to be corrected."""
    said: dict[str, Any] = {
        name: getattr(log, name)
        for name in (
            *("call_state", "outcome", "steps", "need_time", "need_purpose"),
            *("business", "season", "note"),
        )
    }
    said["channel"] = "" if log.channel == Channel.CALL else log.channel
    said["person"] = log.person or ("" if log.channel == Channel.CALL else NOBODY)
    if log.need_amount is not None:
        said["need_amount_wan"] = f"{log.need_amount / 10_000:.2f}".rstrip("0").rstrip(".")
    if log.follow_up_at:
        day = timezone.localdate(log.follow_up_at)
        base = timezone.localtime(log.logged_at)
        presets = (name for name, day_of in DAY_OF.items() if day_of(base).date() == day)
        said["follow_up"] = next(presets, FollowUp.ON_DAY)
        if said["follow_up"] == FollowUp.ON_DAY:
            said["follow_up_on"] = day.isoformat()
    return said
