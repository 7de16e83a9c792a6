"""退回 and 我在这里: what a manager can do to a customer besides contacting them."""

from math import isfinite

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from branches.access import FIELD_ROLES, StaffRequest, allow
from outreach.actions.correct_position import Doubt, correct_position, doubt_about
from outreach.actions.return_lead import ReturnReason, return_lead
from outreach.disclosure import shown_to
from outreach.gates import may_work
from outreach.views.field.cards import lead_for, render_card
from outreach.views.field.sheets import answer


class ReturnForm(forms.Form):
    reason = forms.ChoiceField(
        choices=ReturnReason.choices,
        label=gettext_lazy("原因"),
        error_messages={"required": gettext_lazy("请选退回原因。")},
    )
    note = forms.CharField(max_length=200, required=False, label=gettext_lazy("说明"))

    def clean(self) -> None:
        given = super().clean() or {}
        if given.get("reason") == ReturnReason.OTHER and not given.get("note"):
            self.add_error("note", _("请写明原因。"))


class PositionForm(forms.Form):
    """What the phone's geolocation says: WGS-84 degrees, radius in metres."""

    lon = forms.FloatField(min_value=-180, max_value=180)
    lat = forms.FloatField(min_value=-90, max_value=90)
    accuracy = forms.FloatField(min_value=0)
    confirmed = forms.BooleanField(required=False)

    def clean(self) -> dict[str, object]:
        given: dict[str, object] = super().clean() or {}
        if not all(isfinite(value) for value in given.values() if isinstance(value, float)):
            raise forms.ValidationError("not a point")
        return given


@allow(*FIELD_ROLES)
@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
def lead_return(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a customer back with a reason; only their holder can."""
    lead = lead_for(request, pk)
    if lead.holder_id != request.user.pk:
        raise PermissionDenied
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return_lead(
            lead=lead,
            by=request.user,
            reason=ReturnReason(form.cleaned_data["reason"]),
            note=form.cleaned_data["note"],
        )
        response = answer(request, "leads/returned.html", {"lead": lead})
        trigger_client_event(
            response, "toast", {"text": _("已退回，由主管重新分配。"), "kind": "success"}
        )
        return trigger_client_event(response, "leads:changed", {})
    return render(
        request,
        "leads/return.html#return" if request.htmx else "leads/return.html",
        {"lead": lead, "form": form, "shown": shown_to(request.user, lead)},
        status=422 if request.method == "POST" else 200,
    )


@allow(*FIELD_ROLES)
@require_POST
@cache_control(no_store=True)
def lead_position(request: StaffRequest, pk: int) -> HttpResponse:
    """Take where the manager stands as the customer's place."""
    lead = lead_for(request, pk)
    if not may_work(request.user, lead):
        raise PermissionDenied
    form = PositionForm(request.POST)
    if not form.is_valid():
        unreadable = Doubt("unreadable", _("没有读到手机定位，没有保存。请再试一次。"))
        return _doubted(request, form, unreadable, pk)
    said = form.cleaned_data
    doubt = doubt_about(lead, **said)
    if doubt:
        return _doubted(request, form, doubt, pk)
    correct_position(lead=lead, lon=said["lon"], lat=said["lat"], by=request.user)
    response = render_card(request, lead_for(request, pk))
    toast = {"text": _("已保存为现场核实的位置。"), "kind": "success"}
    trigger_client_event(response, "toast", toast)
    return trigger_client_event(response, "leads:changed", {})


def _doubted(request: StaffRequest, form: PositionForm, doubt: Doubt, pk: int) -> HttpResponse:
    """Why not, beside the button; nothing was saved."""
    response = render(
        request,
        "leads/position_doubt.html",
        {"doubt": doubt, "form": form, "pk": pk},
        status=409 if doubt.can_confirm else 422,
    )
    response["HX-Retarget"] = "#position-answer"
    response["HX-Reswap"] = "innerHTML"
    return response
