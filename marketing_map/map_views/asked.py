"""What a request of the map asks for: whose leads, which filter, which window."""

from typing import Any

from django.core.exceptions import BadRequest

from branches.access import StaffRequest
from marketing_map.map_answers.asking import Asked
from marketing_map.map_answers.window import Window
from outreach.filters import LeadFilter, filter_query
from outreach.models import Lead
from outreach.pyramid.question import question_of
from outreach.querysets import LeadQuerySet


def asked_for(request: StaffRequest) -> Asked:
    """What the user works on, narrowed by the filter of the query string.

    Raises:
        BadRequest: the filter makes no sense.
    """
    leads = Lead.objects.visible_to(request.user).worked_on_by(request.user)
    narrowed = LeadFilter(request.GET, queryset=leads, user=request.user)
    if not narrowed.is_valid():
        raise BadRequest(f"filter: {sorted(narrowed.errors)}")
    given = narrowed.form.cleaned_data
    return Asked(
        viewer=request.user,
        leads=narrowed.qs,
        question=question_of(request.user, given),
        few=request.user.is_manager or _leads_straight(given),
        filtered=bool(filter_query(request.GET)),
    )


def _leads_straight(given: dict[str, Any]) -> bool:
    """Whether a filter names somebody's, or a village's; only filters asked for are given."""
    return bool(given.get("village")) or given.get("holder", "none") not in {"", "none"}


def leads_asked_for(request: StaffRequest) -> LeadQuerySet:
    """The leads of `asked_for`."""
    return asked_for(request).leads


def window_asked_for(request: StaffRequest) -> Window | None:
    """``bounds=west,south,east,north``; None when not given."""
    try:
        return Window.parse(request.GET["bounds"]) if "bounds" in request.GET else None
    except ValueError as error:
        raise BadRequest("bounds") from error
