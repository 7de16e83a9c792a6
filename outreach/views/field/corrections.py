"""“信息有误？”: numbers, addresses, 空号, 非本人, 已故, as the field finds them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from branches.access import FIELD_ROLES, StaffRequest, allow
from outreach.actions.correct_customer import state_correction, state_fault
from outreach.actions.refuse import death_said_today, record_death, undo_death
from outreach.disclosure import shown_to
from outreach.gates import may_work
from outreach.models import Lead
from outreach.views.field.cards import lead_for, render_card
from outreach.views.field.sheets import answer
from whitelist.actions.corrections import (
    ADDRESS_LENGTH,
    CorrectionRefused,
    take_back_correction,
)
from whitelist.models import Correction, CorrectionField, PhoneFault

# What a form corrects, by the word in its address.
NUMBERS = {"phone": CorrectionField.PHONE, "phone2": CorrectionField.PHONE2}
ADDRESS = "address"
ADDRESSES = [
    (each.value, each.label)
    for each in (CorrectionField.BUSINESS_ADDRESS, CorrectionField.HOME_ADDRESS)
]


class NumberForm(forms.Form):
    """A number as it was typed; reading it is the action's."""

    value = forms.CharField(
        max_length=60,
        label=gettext_lazy("新号码"),
        error_messages={
            "required": gettext_lazy("请填写新号码。"),
            "max_length": gettext_lazy("号码太长，请检查。"),
        },
    )


class AddressForm(forms.Form):
    """Which address, and what it should say."""

    field = forms.ChoiceField(
        choices=ADDRESSES,
        label=gettext_lazy("哪个地址"),
        error_messages={"required": gettext_lazy("请选是哪个地址。")},
    )
    value = forms.CharField(
        max_length=ADDRESS_LENGTH,
        label=gettext_lazy("新地址"),
        error_messages={
            "required": gettext_lazy("请填写新地址。"),
            "max_length": gettext_lazy("地址太长，最多 200 个字。"),
        },
    )


@allow(*FIELD_ROLES)
@require_GET
@cache_control(no_store=True)
def lead_wrong(request: StaffRequest, pk: int) -> HttpResponse:
    """What is wrong? Big choices."""
    lead = _mine(request, pk)
    context = {"lead": lead, "shown": shown_to(request.user, lead)}
    return render(request, _fragment(request, "wrong"), context)


@allow(*FIELD_ROLES)
@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
def lead_correct(request: StaffRequest, pk: int, what: str) -> HttpResponse:
    """A new number or address: it waits for review, and says so on the card."""
    lead = _mine(request, pk)
    if what not in {*NUMBERS, ADDRESS}:
        raise Http404
    form_class = AddressForm if what == ADDRESS else NumberForm
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        field = NUMBERS.get(what) or form.cleaned_data["field"]
        try:
            text = form.cleaned_data["value"]
            state_correction(lead=lead, field=field, text=text, by=request.user)
        except CorrectionRefused as refusal:
            form.add_error("value", str(refusal))
        else:
            return _done(request, pk, _("已提交，等待名单复核审核。"))
    context = {"lead": lead, "form": form, "what": what, "shown": shown_to(request.user, lead)}
    status = 422 if request.method == "POST" else 200
    return render(request, _fragment(request, "correct"), context, status=status)


@allow(*FIELD_ROLES)
@require_POST
@cache_control(no_store=True)
def lead_phone_fault(request: StaffRequest, pk: int) -> HttpResponse:
    """空号, 非本人; without a value: 号码没问题."""
    lead = _mine(request, pk)
    fault = request.POST.get("fault", "")
    if fault not in {"", *PhoneFault.values}:
        return HttpResponseBadRequest("fault")
    state_fault(lead=lead, fault=fault, by=request.user)
    said = {
        "": _("已恢复，可以拨打这个号码。"),
        PhoneFault.NO_SUCH_NUMBER.value: _("已记为空号，不再拨打。"),
        PhoneFault.WRONG_PERSON.value: _("已记为非本人号码，不再拨打。"),
    }
    return _done(request, pk, said[fault])


@allow(*FIELD_ROLES)
@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
def lead_deceased(request: StaffRequest, pk: int) -> HttpResponse:
    """已故: asked once more; afterwards, how to take it back today."""
    lead = _named_by(request, pk)
    is_said = death_said_today(request.user, lead) is not None
    if not is_said and not may_work(request.user, lead):
        raise PermissionDenied
    if request.method == "POST" and not is_said:
        record_death(lead=lead, by=request.user)
        if not request.htmx:
            return redirect("lead_deceased", pk=pk)
        is_said = True
    context = {"lead": lead, "is_said": is_said, "shown": shown_to(request.user, lead)}
    response = render(request, _fragment(request, "deceased"), context)
    return trigger_client_event(response, "leads:changed", {}) if is_said else response


@allow(*FIELD_ROLES)
@require_POST
@cache_control(no_store=True)
def lead_deceased_undo(request: StaffRequest, pk: int) -> HttpResponse:
    """点错了."""
    lead = _named_by(request, pk)
    undo_death(lead=lead, by=request.user)
    return _done(request, pk, _("已撤销，客户恢复原样。"))


@allow(*FIELD_ROLES)
@require_POST
@cache_control(no_store=True)
def correction_take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """撤回, from the card of the customer it is about; also once that is a colleague's."""
    mine = Correction.objects.unscoped("my own").filter(stated_by=request.user)
    correction = get_object_or_404(mine, pk=pk)
    lead = Lead.objects.visible_to(request.user).filter(customer=correction.customer_id).first()
    said, kind = _("已撤回。"), "success"
    try:
        take_back_correction(correction=correction, by=request.user)
    except CorrectionRefused as refusal:
        said, kind = str(refusal), "info"
    if lead is None:  # a colleague's by now: nothing of the customer is shown
        return answer(request, "leads/done_for_good.html", {"said": said})
    return _done(request, lead.pk, said, kind)


def _mine(request: StaffRequest, pk: int) -> Lead:
    """A lead the user may correct."""
    lead = lead_for(request, pk)
    if not may_work(request.user, lead):
        raise PermissionDenied
    return lead


def _named_by(request: StaffRequest, pk: int) -> Lead:
    """A lead that is shown, or one the user has closed today: out of the pool it is shown no more.

    Raises:
        Http404: foreign, or not closed by them.
    """
    leads = Lead.objects.unscoped("whoever closed it today may take it back")
    lead = leads.select_related("customer", "village").filter(pk=pk).first()
    if lead is not None and death_said_today(request.user, lead):
        return lead
    return lead_for(request, pk)


def _fragment(request: StaffRequest, name: str) -> str:
    return f"leads/{name}.html#{name}" if request.htmx else f"leads/{name}.html"


def _done(request: StaffRequest, pk: int, text: str, kind: str = "success") -> HttpResponse:
    """Back on the card, with what happened said."""
    if not request.htmx:
        say: Any = messages.success if kind == "success" else messages.info
        say(request, text)
        return redirect("lead_card", pk=pk)
    response = render_card(request, lead_for(request, pk))
    trigger_client_event(response, "toast", {"text": text, "kind": kind})
    return trigger_client_event(response, "leads:changed", {})
