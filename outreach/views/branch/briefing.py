"""晨会: yesterday and today of a branch, who is behind, and the day as a picture."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from branches.access import StaffRequest, allow
from branches.models import Branch, Role
from outreach.expiry import ending_soon_in_words
from outreach.funnel import looks_into_managers
from outreach.morning import briefing as counting
from outreach.morning.activity import CONFIRMED, REPORTED
from outreach.morning.arrears import arrears_of
from outreach.morning.picture import picture_of
from outreach.morning.progress import progress_of, running_targets
from outreach.page_limits import limited_lately
from outreach.views.branch.funnel import trail

MOST_PEOPLE = 30  # behind, on one screen; looking into a branch shows the rest


@allow(Role.SUPERVISOR)
@require_GET
def briefing(request: StaffRequest) -> HttpResponse:
    """What to say in the morning: the day's numbers, who is behind, unit by unit."""
    branch = branch_asked_for(request)
    today = timezone.localdate()
    days = counting.days_to_show(today)
    day = _day_asked_for(request, days)
    leads = counting.leads_of(request.user)
    totals = [counting.branch_line(branch, leads, each) for each in days]
    arrears = arrears_of(branch, leads, today)
    targets = running_targets(request.user, today).filter(branch=branch, manager=None)
    context: dict[str, Any] = {
        "limited": limited_lately(request.user),
        "ending_soon": ending_soon_in_words(),
        "branch": branch,
        "trail": trail(branch, request.user.branch),
        "days": days,
        "day": day,
        "today": today,
        "yesterday": days[-2],
        "reported": counting.rows_of(totals, REPORTED),
        "confirmed": counting.rows_of(totals, CONFIRMED),
        "now": totals[-1],
        "times": [line.times for line in totals],
        "lines": _lines(branch, leads, day),
        "by_manager": looks_into_managers(branch),
        "progress": progress_of(targets),
        "arrears": arrears,
        "people": arrears.people[:MOST_PEOPLE],
        "more_people": len(arrears.people) - MOST_PEOPLE,
    }
    return render(request, "briefing/page.html", context)


@allow(Role.SUPERVISOR)
@require_GET
def picture(request: StaffRequest) -> HttpResponse:
    """The picture on a page of its own: to look at, keep and send on."""
    branch = branch_asked_for(request)
    days = counting.days_to_show(timezone.localdate())
    context = {
        "branch": branch,
        "days": days,
        "day": _day_asked_for(request, days),
        "today": days[-1],
        "yesterday": days[-2],
    }
    return render(request, "briefing/picture.html", context)


@allow(Role.SUPERVISOR)
@require_GET
def picture_svg(request: StaffRequest) -> HttpResponse:
    """The day of a branch as one picture. No customer is in it."""
    branch = branch_asked_for(request)
    day = _day_asked_for(request, counting.days_to_show(timezone.localdate()))
    leads = counting.leads_of(request.user)
    total = counting.branch_line(branch, leads, day)
    drawn = picture_of(total, _lines(branch, leads, day), day, looks_into_managers(branch))
    return render(request, "briefing/picture.svg", {"picture": drawn}, content_type="image/svg+xml")


def branch_asked_for(request: StaffRequest) -> Branch:
    """The branch of the address, or the user's own; 404 outside their subtree."""
    reachable = Branch.objects.within(request.user.branch)
    code = request.GET.get("branch") or request.user.branch.code
    found: Branch = get_object_or_404(reachable, code=code)
    return found


def _lines(branch: Branch, leads: Any, day: date) -> list[counting.Line]:
    if looks_into_managers(branch):
        return counting.manager_lines(branch, leads, day)
    return counting.child_lines(branch, leads, day)


def _day_asked_for(request: StaffRequest, days: list[date]) -> date:
    """One of the days shown; yesterday when none of them is asked for."""
    asked = request.GET.get("day", "")
    return next((day for day in days if day.isoformat() == asked), days[-2])
