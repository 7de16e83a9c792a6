"""今日: one list of what cannot wait, what is new in one's hands, and what is done."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from branches.access import StaffRequest, allow
from branches.models import Role, Staff
from outreach.actions.see_assignments import see_assignments
from outreach.disclosure import names_for, record_daily_view, with_personal_data
from outreach.distance import Point
from outreach.expiry import ending_soon_in_words
from outreach.fieldwork import worklist
from outreach.fieldwork.done_today import done_today, progress
from outreach.fieldwork.new_assignments import news_for, unseen
from outreach.fieldwork.village_work import VillageWork, villages_with_work
from outreach.fieldwork.worklist import Section, Task
from outreach.models import Lead
from outreach.page_limits import page_of_customers
from outreach.views.asked import point_asked_for
from outreach.views.field.logs import waiting_context

ROWS = 20
MOST_ROWS = 300


@dataclass(frozen=True)
class Listed:
    """One section as the page shows it: its first rows, and how many there are."""

    section: Section
    tasks: list[Task]
    count: int

    @property
    def title(self) -> str:
        if self.section == Section.EXPIRING:
            return ending_soon_in_words()
        return str(self.section.label)

    @property
    def hidden(self) -> int:
        return self.count - len(self.tasks)


@allow(Role.MANAGER)
@require_GET
@cache_control(no_store=True)
@page_of_customers
def today(request: StaffRequest) -> HttpResponse:
    """The day's list. ``lon``, ``lat``: from where, nearest first; ``all``: a section in full.

    The position is used for this answer and kept nowhere.
    """
    user, origin = request.user, point_asked_for(request)
    plan = worklist.plan(user, origin=origin)
    in_full = request.GET.get("all")
    lists = [
        Listed(
            section,
            worklist.tasks(
                section, leads[: MOST_ROWS if in_full == section else ROWS], origin=origin
            ),
            len(leads),
        )
        for section, leads in plan.items()
        if leads
    ]
    done = done_today(user)
    context = waiting_context(request)
    shown = [task.lead for listed in lists for task in listed.tasks] + [log.lead for log in done]
    record_daily_view(user, shown)
    context["names"] = {**context["names"], **names_for(user, shown)}
    context |= {
        "lists": lists,
        "is_near": origin is not None,
        "news": news_for(user),
        "done": done,
        "progress": progress(user),
        "today": timezone.localdate(),
    }
    if not lists and not context["waiting"]:
        context |= _where_else(user, origin)
    return render(request, "today.html#tasks" if request.htmx else "today.html", context)


def _where_else(user: Staff, origin: Point | None) -> dict[str, Any]:
    """All done: whether anything is held at all, and the nearest village with customers
    of the pool, from where one stands or else from the outlet."""
    leads = Lead.objects.visible_to(user).workable()
    branch = user.branch
    if origin is None and branch.lon is not None and branch.lat is not None:
        origin = (branch.lon, branch.lat)
    nearest: list[VillageWork] = []
    if origin is not None:
        nearest = villages_with_work(leads.unassigned(), near=origin)
    return {
        "holds_any": leads.held_by(user).exists(),
        "nearest": nearest[0] if nearest else None,
    }


@allow(Role.MANAGER)
@require_GET
@cache_control(no_store=True)
@page_of_customers
def new_in_hand(request: StaffRequest) -> HttpResponse:
    """Exactly the customers that the announcement on 今日 speaks of, village by village."""
    ids = unseen(request.user).values("lead")
    scoped = Lead.objects.visible_to(request.user).filter(pk__in=ids)
    leads = list(
        with_personal_data(scoped).order_by("village__sort_key", "village", "-amount", "pk")
    )
    listed = leads[:MOST_ROWS]
    record_daily_view(request.user, listed)
    context = {
        "tasks": [Task(lead, worklist.reason(lead)) for lead in listed],
        "names": names_for(request.user, listed),
        "more": len(leads) - len(listed),
        "news": news_for(request.user),
    }
    return render(request, "leads/new_in_hand.html", context)


@allow(Role.MANAGER)
@require_POST
@cache_control(no_store=True)
def new_in_hand_seen(request: StaffRequest) -> HttpResponse:
    """知道了. What was assigned after the page was made stays new."""
    text = request.POST.get("up_to", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadRequest("up_to")
    see_assignments(by=request.user, up_to=int(text))
    if not request.htmx:
        return redirect("today")
    return trigger_client_event(HttpResponse(""), "leads:changed", {})
