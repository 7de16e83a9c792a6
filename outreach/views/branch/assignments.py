"""The supervisor assigns: the panel that counts first, the act, its undo; and claiming."""

import json
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from branches.access import StaffRequest, allow
from branches.models import Role, Staff
from branches.pinyin import initials
from outreach.actions.assign import (
    AssignResult,
    CannotClaim,
    Lost,
    assign_leads,
    claim_lead,
    undo_assignment,
    who_has,
)
from outreach.actions.take_back import undo_take_back
from outreach.local_day import midnight
from outreach.models import AssignmentOperation, Eligibility, Lead, OperationKind, Stage
from outreach.pool import taken_today
from outreach.selection import Chosen, Load, Selection, SelectionError, load_of
from outreach.views.field.sheets import answer

MAX_MANAGERS = 300  # a longer list is narrowed to the outlets of the chosen customers


class Target(NamedTuple):
    """A manager who can be chosen: their load, and how many of the chosen they hold already."""

    staff: Staff
    load: Load
    holds: int
    holds_all: int
    search: str


@allow(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def panel(request: StaffRequest) -> HttpResponse:
    """What was chosen, counted by stage and holder, and to whom it can be given.

    With ``do=take_back``: from whom it can be taken back.
    """
    form = request.POST if request.method == "POST" else request.GET
    try:
        selection = Selection.of(form)
        chosen = selection.evaluated_for(request.user)
    except SelectionError as error:
        return refused(request, str(error))
    return panel_of(request, selection, chosen, takes_back=form.get("do") == "take_back")


@allow(Role.SUPERVISOR)
@require_POST
def assign(request: StaffRequest) -> HttpResponse:
    """Do what the button said. 409 with the new count when it is no longer what was shown."""
    managers = Staff.objects.visible_to(request.user).managers()
    to = get_object_or_404(managers, pk=number(request.POST.get("to")))
    include = request.POST.get("include")
    try:
        selection = Selection.of(request.POST)
        chosen = selection.evaluated_for(request.user)
    except SelectionError as error:
        return refused(request, str(error))
    leads = chosen.to_assign(
        to=to.pk, include_held=include in {"held", "all"}, include_in_process=include == "all"
    )
    if chosen.digest() != request.POST.get("seen"):
        since = moment(request.POST.get("seen_at"))
        news = who_has([row.pk for row in chosen.rows], since=since)
        return panel_of(request, selection, chosen, to=to, news=news, status=409)
    if not leads:
        return refused(request, _("没有可以分配的客户。"))
    result = assign_leads(leads=leads, to=to, kind=selection.kind, by=request.user, request=request)
    return _assigned(request, result, to)


@allow(Role.SUPERVISOR)
@require_POST
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Take one's own assignment back, as far as nobody has touched it since."""
    mine = AssignmentOperation.objects.filter(by=request.user).exclude(kind=OperationKind.CLAIM)
    operation = get_object_or_404(mine.select_related("to"), pk=pk)
    try:
        act = undo_assignment if operation.to_id else undo_take_back
        result = act(operation=operation, by=request.user, request=request)
    except ValueError:
        return refused(request, _("这次分配已经撤销过了。"), status=409)
    context = {"operation": operation, "result": result, "kept": sorted(result.kept.items())}
    text = _("已撤销 %(count)s 位") % {"count": f"{result.restored:,}"}
    response = render(
        request, "assign/result.html#undone", context, status=200 if result.restored else 409
    )
    if result.restored:
        return trigger(response, {"leads:changed": {}, "toast": {"text": text, "kind": "success"}})
    return response


@allow(Role.SUPERVISOR)
@require_GET
def recent(request: StaffRequest) -> HttpResponse:
    """What I assigned today, each with its undo."""
    operations = (
        AssignmentOperation.objects.filter(by=request.user, at__gte=midnight())
        .exclude(kind=OperationKind.CLAIM)
        .select_related("to")[:20]
    )
    return render(request, "assign/result.html#recent", {"operations": operations})


@allow(Role.MANAGER)
@require_POST
def claim(request: StaffRequest, pk: int) -> HttpResponse:
    """A manager takes a customer from the outlet's pool; who comes too late is told who was first."""
    open_leads = Lead.objects.visible_to(request.user).exclude(eligibility=Eligibility.CONTROL)
    lead = open_leads.filter(pk=pk).first()
    if lead is None:
        first = taken_today(pk, from_outlet_of=request.user)
        if first is None:
            raise Http404
        return _not_claimed(request, _("没有认领成功：%(why)s。") % {"why": first})
    try:
        claim_lead(lead=lead, by=request.user, request=request)
    except CannotClaim as reason:
        return _not_claimed(request, str(reason))
    if not request.htmx:
        messages.success(request, _("认领成功，现在是您的客户。"))
        return redirect("lead_card", pk=pk)
    toast = {"text": _("认领成功，现在是您的客户。"), "kind": "success"}
    events = {"leads:changed": {}, "lead:claimed": {"lead": pk}, "toast": toast}
    return trigger(HttpResponse(status=204), events)


def _not_claimed(request: StaffRequest, message: str) -> HttpResponse:
    if not request.htmx:
        context = {"message": message}
        return answer(request, "assign/result.html#refused", context, status=409)
    return refused(request, message, status=409, events={"leads:changed": {}})


def panel_of(
    request: StaffRequest,
    selection: Selection,
    chosen: Chosen,
    *,
    to: Staff | None = None,
    news: list[Lost] | None = None,
    takes_back: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The panel over what was chosen; 409 says that it is no longer what was shown."""
    holders = Staff.objects.in_bulk([pk for pk in chosen.by_holder if pk is not None])
    context = {
        "selection": selection,
        "title": selection.title(request.user),
        "chosen": chosen,
        "stages": [(stage, chosen.by_stage[stage]) for stage in Stage if chosen.by_stage[stage]],
        "holders": [
            (holders.get(pk) if pk else None, count) for pk, count in chosen.by_holder.most_common()
        ],
        "targets": [] if takes_back else _targets(request.user, chosen),
        "takes_back": takes_back,
        "from_whom": _from_whom(chosen, holders) if takes_back else [],
        "can_take_back": len(chosen.to_take_back(include_in_process=False)),
        "take_back_in_process": chosen.held - len(chosen.to_take_back(include_in_process=False)),
        "to": to,
        "seen": chosen.digest(),
        "seen_at": f"{timezone.now().timestamp():.6f}",
        "changed": status == 409,
        "news": news or [],
    }
    page = "assign/panel.html#panel" if request.htmx else "assign/panel.html"
    return render(request, page, context, status=status)


def _from_whom(chosen: Chosen, holders: dict[int, Staff]) -> list[tuple[Staff, int, int]]:
    """Holders, how many can be taken back from each, and how many more are 办理中."""
    return [
        (
            holders[pk],
            held - chosen.in_process_by_holder[pk],
            chosen.in_process_by_holder[pk],
        )
        for pk, held in chosen.by_holder.most_common()
        if pk is not None and pk in holders
    ]


def _targets(user: Staff, chosen: Chosen) -> list[Target]:
    """Managers of the subtree by pinyin, with their load."""
    managers = Staff.objects.visible_to(user).managers().select_related("branch").by_pinyin()
    if managers.count() > MAX_MANAGERS:
        managers = managers.filter(branch__in=chosen.branch_ids)[:MAX_MANAGERS]
    # The outlets of the chosen customers first: their own managers know the way.
    listed = sorted(managers, key=lambda each: each.branch_id not in chosen.branch_ids)
    loads = load_of(listed)
    return [
        Target(
            staff=each,
            load=loads.get(each.pk, Load()),
            holds=chosen.by_holder[each.pk] - chosen.in_process_by_holder[each.pk],
            holds_all=chosen.by_holder[each.pk],
            search=f"{each.name} {initials(each.name)} {each.sort_key.replace(' ', '')} "
            f"{each.username} {each.branch.name}".lower(),
        )
        for each in listed
    ]


def _assigned(request: StaffRequest, result: AssignResult, to: Staff) -> HttpResponse:
    """The sheet closes when all went well, and says who was first where it did not."""
    context = {"result": result, "to": to}
    if result.operation is None:
        response = render(request, "assign/result.html#assigned", context, status=409)
        return trigger(response, {"leads:changed": {}})
    words = {"count": f"{result.assigned:,}", "name": to.name}
    done = {
        "text": _("已分配 %(count)s 位给 %(name)s") % words,
        "undo": reverse("assign_undo", args=[result.operation.pk]),
        "label": _("撤销"),
    }
    if not result.lost:
        response = HttpResponse("")
    else:
        response = render(request, "assign/result.html#assigned", context)
    return trigger(response, {"leads:changed": {}, "assigned": done})


def refused(
    request: StaffRequest, message: str, status: int = 422, events: dict[str, Any] | None = None
) -> HttpResponse:
    """Why nothing was done, in the sheet."""
    response = render(request, "assign/result.html#refused", {"message": message}, status=status)
    return trigger(response, events) if events else response


def trigger(response: HttpResponse, events: dict[str, Any]) -> HttpResponse:
    """Tell the page what happened (HX-Trigger)."""
    response["HX-Trigger"] = json.dumps(events)
    return response


def number(text: str | None) -> int:
    """A row number of a form; one that is none matches no row."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else 0


def moment(text: str | None) -> datetime:
    """When the panel was shown, as the form carries it; now, when it does not."""
    try:
        return datetime.fromtimestamp(float(text or ""), tz=timezone.get_current_timezone())
    except (ValueError, OverflowError, OSError):
        return timezone.now()
