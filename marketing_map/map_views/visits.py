"""没人在家 in one tap, from a row of the village page or from the card, and taking it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from branches.access import StaffRequest, allow
from branches.models import Role, Staff
from marketing_map.map_views.rows import rows_of
from outreach.actions.log_outcome import AlreadyLogged, TakenBack
from outreach.actions.visits import (
    CannotTakeBack,
    is_tap,
    log_nobody_home,
    take_back_visit,
)
from outreach.gates import may_work
from outreach.local_day import midnight
from outreach.models import Channel, ContactLog, Lead
from outreach.views.field.cards import lead_for, render_card
from trust.wall import whole_bank


@dataclass(frozen=True)
class Visit:
    """What the row offers: a new visit under this UUID, or taking today's back."""

    log_uuid: UUID
    made: ContactLog | None = None


def visits_of(leads: Iterable[Lead], *, viewer: Staff) -> dict[int, Visit]:
    """By lead id, for leads the viewer may work on."""
    ids = [lead.pk for lead in leads]
    logs = ContactLog.objects.unscoped("of leads that were fetched in scope")
    today = logs.filter(lead__in=ids, started_at__gte=midnight()).order_by("started_at")
    newest = {log.lead_id: log for log in today}
    return {pk: Visit(uuid4(), _taken_back_by(viewer, newest.get(pk))) for pk in ids}


def _taken_back_by(viewer: Staff, log: ContactLog | None) -> ContactLog | None:
    is_theirs = log is not None and log.staff_id == viewer.pk and log.channel == Channel.VISIT
    return log if log is not None and is_theirs and is_tap(log) else None


@allow(Role.MANAGER)
@require_POST
@cache_control(no_store=True)
def nobody_home(request: StaffRequest, pk: int) -> HttpResponse:
    """Log the visit. The UUID was made with the page, so a double tap is one visit."""
    lead = lead_for(request, pk)
    if not may_work(request.user, lead):
        raise PermissionDenied
    try:
        log_uuid = UUID(request.POST.get("log_uuid", ""))
    except ValueError as error:
        raise BadRequest("log_uuid") from error
    try:
        log_nobody_home(lead=lead, by=request.user, log_uuid=log_uuid)
    except PermissionDenied:  # the UUID is another person's log, or another customer's
        raise Http404 from None
    except AlreadyLogged:
        return _answer(request, lead, _("这次上门已登记过别的结果，没有再改动。"), status=409)
    except TakenBack:
        return _answer(request, lead, _("这次上门登记已经撤销，没有再登记。"), status=409)
    said = _("已登记：上门，没人在家")
    undo = {
        "text": said,
        "undo": reverse("take_back_visit", args=[log_uuid]),
        "label": _("撤销"),
    }
    return _answer(request, lead, said, visited=undo)


@allow(Role.MANAGER)
@require_POST
@cache_control(no_store=True)
@whole_bank("its author may take it back, whose customer it is by now")
def take_back(request: StaffRequest, log_uuid: UUID) -> HttpResponse:
    """Undo the tap; 409 with the reason when the visit is history by now."""
    mine = ContactLog.objects.unscoped("its author may take it back").of_staff(request.user)
    log = mine.select_related("lead").filter(uuid=log_uuid).first()
    if log is None:
        raise Http404
    try:
        take_back_visit(log=log, by=request.user)
    except CannotTakeBack as why:
        return _answer(request, log.lead, str(why), status=409)
    return _answer(request, log.lead, _("已撤销这次上门登记"))


def _answer(
    request: StaffRequest,
    lead: Lead,
    said: str,
    *,
    visited: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The row or the card as it stands now, and what was done."""
    if not request.htmx:
        messages.add_message(request, messages.ERROR if status >= 400 else messages.SUCCESS, said)
        return redirect(_back(request, lead))
    response = _fragment(request, lead)
    response.status_code = status
    if visited:
        trigger_client_event(response, "visited", visited)
    else:
        kind = "error" if status >= 400 else "success"
        trigger_client_event(response, "toast", {"text": said, "kind": kind})
    return trigger_client_event(response, "leads:changed", {})


def _fragment(request: StaffRequest, lead: Lead) -> HttpResponse:
    if request.POST.get("as") == "row":
        rows = rows_of([lead.pk], viewer=request.user)
        context: dict[str, Any] = {
            "row": rows[0] if rows else None,
            "visits": visits_of((row.lead for row in rows if row.may_call), viewer=request.user),
            "hide_village": True,
        }
        return render(request, "map/village_row.html", context)
    if request.POST.get("as") == "card":
        return render_card(request, lead_for(request, lead.pk))
    return HttpResponse("")


def _back(request: StaffRequest, lead: Lead) -> str:
    """Where a browser without scripts goes on: the page it came from."""
    if request.POST.get("as") == "row" and lead.village is not None:
        return reverse("village", args=[lead.village.code])
    if Lead.objects.visible_to(request.user).filter(pk=lead.pk).exists():
        return reverse("lead_card", args=[lead.pk])
    return reverse("today")
