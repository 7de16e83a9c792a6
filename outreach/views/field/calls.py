"""一键呼叫: the gates, the attempt, the dialling."""

from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBadRequest
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from branches.access import FIELD_ROLES, StaffRequest, allow
from outreach.actions.call import Placed, call, cancel_call
from outreach.call_gateway import DialUnsure, NotDialled, dial
from outreach.gates import GateRefusal, may_work
from outreach.models import Lead
from outreach.numbers import Number
from outreach.views.field.cards import lead_for
from outreach.views.field.logs import render_sheet
from outreach.views.field.sheets import answer


@allow(*FIELD_ROLES)
@require_POST
@cache_control(no_store=True)
def lead_call(request: StaffRequest, pk: int) -> HttpResponse:
    """Begin a call. Answers the outcome sheet, with the link that dials on top of it.

    A closed gate is 409 with the reason and when it opens.
    """
    lead = lead_for(request, pk)
    if not may_work(request.user, lead):
        raise PermissionDenied
    try:
        log_uuid = UUID(request.POST["log_uuid"]) if "log_uuid" in request.POST else uuid4()
        which = Number(request.POST.get("number", Number.MAIN))
    except ValueError:
        return HttpResponseBadRequest("log_uuid, number")
    begun = call(
        lead=lead,
        by=request.user,
        log_uuid=log_uuid,
        which=which,
        request=request,
    )
    if isinstance(begun, GateRefusal):
        return _refused(request, lead, begun)
    if settings.CALL_GATEWAY == "http":
        return _dialled_by_platform(request, lead, begun)
    return render_sheet(request, begun.log, dial_number=begun.number)


def _refused(request: StaffRequest, lead: Lead, refusal: GateRefusal) -> HttpResponse:
    return answer(request, "leads/refused.html", {"lead": lead, "refusal": refusal}, status=409)


def _dialled_by_platform(request: StaffRequest, lead: Lead, placed: Placed) -> HttpResponse:
    """Ask the platform, now that the attempt is committed."""
    try:
        dial(call_id=placed.log.uuid, agent_no=request.user.username, number=placed.number)
    except NotDialled:
        cancel_call(log=placed.log, by=request.user)
        return answer(request, "leads/not_dialled.html", {"lead": lead}, status=409)
    except DialUnsure:
        return render_sheet(request, placed.log, platform="unsure")
    return render_sheet(request, placed.log, platform="dialling")
