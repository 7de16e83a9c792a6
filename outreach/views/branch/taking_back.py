"""收回: what was chosen in the panel goes back into the pool."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branches.access import StaffRequest, allow
from branches.models import Role
from outreach.actions.assign import who_has
from outreach.actions.take_back import TakeBackResult, take_back
from outreach.selection import Selection, SelectionError
from outreach.views.branch.assignments import moment, number, panel_of, refused, trigger


@allow(Role.SUPERVISOR)
@require_POST
def take_back_chosen(request: StaffRequest) -> HttpResponse:
    """Do what the button said. 409 with the new count when it is no longer what was shown."""
    include = request.POST.get("include") == "in_process"
    try:
        selection = Selection.of(request.POST)
        chosen = selection.evaluated_for(request.user)
    except SelectionError as error:
        return refused(request, str(error))
    if chosen.digest() != request.POST.get("seen"):
        since = moment(request.POST.get("seen_at"))
        news = who_has([row.pk for row in chosen.rows], since=since)
        return panel_of(request, selection, chosen, news=news, takes_back=True, status=409)
    holder = number(request.POST.get("from")) if request.POST.get("from") else None
    leads = chosen.to_take_back(include_in_process=include, holder=holder)
    if not leads:
        return refused(request, _("没有可以收回的客户。办理中的客户要勾选后才会收回。"))
    result = take_back(leads=leads, by=request.user, include_in_process=include, request=request)
    return answered(request, result, said(result))


def said(result: TakeBackResult) -> str:
    """What was done, in one sentence."""
    text = _("已收回 %(count)s 位，待分配") % {"count": f"{result.count:,}"}
    if result.lost:
        text += _("；另有 %(count)s 位刚有变动，没有收回") % {"count": f"{result.lost:,}"}
    return text


def answered(request: StaffRequest, result: TakeBackResult, text: str) -> HttpResponse:
    """The sentence with its undo: a toast over the page, or without scripts the next page."""
    if result.operation is None:
        return refused(request, _("刚有变动，没有收回任何客户。请刷新后再看。"), status=409)
    if not request.htmx:
        messages.success(request, text)
        return redirect("assign_by_place")
    undo = {
        "text": text,
        "undo": reverse("assign_undo", args=[result.operation.pk]),
        "label": _("撤销"),
    }
    return trigger(HttpResponse(""), {"leads:changed": {}, "assigned": undo})
