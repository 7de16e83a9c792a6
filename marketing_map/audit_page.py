"""The audit log on screen: for the auditor, read-only."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from branches.access import StaffRequest, allow
from branches.models import Role, Staff
from marketing_map.audit_words import (
    WORDS,
    action_in_words,
    detail_in_words,
    result_in_words,
    target_in_words,
    targets_of_words,
)
from trust.audit import UnknownKey, mac_of
from trust.chain import head
from trust.models import AuditEvent, AuditLink

PAGE = 50
# Days that still have a midnight in every zone, and one after them.
BOUNDS = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


class AuditFilter(forms.Form):
    """Who, what, to whom, when; and from which event on the page goes back."""

    who = forms.CharField(label=_("工号"), max_length=40, required=False)
    action = forms.ChoiceField(label=_("动作"), required=False)
    target = forms.CharField(label=_("对象"), max_length=80, required=False)
    since = forms.DateField(label=_("从"), required=False, validators=BOUNDS)
    until = forms.DateField(label=_("到"), required=False, validators=BOUNDS)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", _("全部")), *WORDS.items()]  # type: ignore[attr-defined]
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"})

    def narrow(self, events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
        """The events asked for; dates are whole days in the branch's time zone."""
        asked = self.cleaned_data
        if asked["who"]:
            events = events.filter(actor_no=asked["who"])
        if asked["action"]:
            events = events.filter(action=asked["action"])
        if asked["target"]:
            events = events.filter(target__in=targets_of_words(asked["target"]))
        if asked["since"]:
            events = events.filter(at__gte=_midnight(asked["since"]))
        if asked["until"]:
            events = events.filter(at__lt=_midnight(asked["until"] + timedelta(days=1)))
        if asked["before"]:
            events = events.filter(pk__lt=asked["before"])
        return events


@allow(Role.AUDITOR)
@require_GET
def audit(request: StaffRequest) -> HttpResponse:
    """Events, newest first; a filter that makes no sense shows none and says why."""
    form = AuditFilter(request.GET)
    events = AuditEvent.objects.order_by("-pk")
    found = list(form.narrow(events)[: PAGE + 1]) if form.is_valid() else []
    older = request.GET.copy()
    if len(found) > PAGE:
        older["before"] = str(found[PAGE - 1].pk)
    else:
        older = None  # type: ignore[assignment]
    return render(
        request,
        "audit.html",
        {
            "form": form,
            "rows": _rows(found[:PAGE]),
            "chained": head().number,
            "older": older.urlencode() if older else "",
        },
    )


def _rows(events: list[AuditEvent]) -> list[dict[str, Any]]:
    links = AuditLink.objects.filter(event_id__in=[event.pk for event in events])
    numbers = dict(links.values_list("event_id", "number"))
    names = _names_of_staff(events)
    return [
        {**_row(event), "number": numbers.get(event.pk), "name": names.get(event.target, "")}
        for event in events
    ]


def _names_of_staff(events: list[AuditEvent]) -> dict[str, str]:
    """工号 of the staff it was done to: who failed to log in has no other name in the log."""
    numbers = {event.target.removeprefix("staff:") for event in events if _is_staff(event.target)}
    found = Staff.objects.filter(pk__in=numbers).values_list("pk", "username")
    return {f"staff:{pk}": username for pk, username in found}


def _is_staff(target: str) -> bool:
    noun, _colon, number = target.partition(":")
    return noun == "staff" and number.isascii() and number.isdigit()


def _row(event: AuditEvent) -> dict[str, Any]:
    return {
        "event": event,
        "action": action_in_words(event.action),
        "target": target_in_words(event.target),
        "chain": _chain_of(event.target),
        "result": result_in_words(event.result),
        "detail": [detail_in_words(key, value) for key, value in event.detail.items()],
        "is_intact": _is_intact(event),
    }


def _is_intact(event: AuditEvent) -> bool:
    try:
        return mac_of(event) == event.mac
    except UnknownKey:
        return False


def _chain_of(target: str) -> str:
    """Where the chain of the customer it was done to is told; empty for anything else."""
    noun, _colon, number = target.partition(":")
    pages = {"lead": "lead_trace", "customer": "customer_trace"}
    if noun not in pages or not number.isascii() or not number.isdigit():
        return ""
    return reverse(pages[noun], args=[int(number)])


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
