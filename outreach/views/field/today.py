"""今日: what cannot wait, each with its reason."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from branches.access import StaffRequest, allow
from branches.models import Role
from outreach import worklist
from outreach.disclosure import names_for, record_daily_view
from outreach.shares import news_for
from outreach.views.field.logs import waiting_context

ROWS = 20


@allow(Role.MANAGER)
@require_GET
@cache_control(no_store=True)
def today(request: StaffRequest) -> HttpResponse:
    """Attempts to log, follow-ups due, offers ending, customers never contacted."""
    user = request.user
    sections = [
        ("due", worklist.due(user)),
        ("expiring", worklist.expiring(user)),
        ("never", worklist.never_contacted(user)),
    ]
    lists = [(key, worklist.tasks(leads, ROWS), leads.count()) for key, leads in sections]
    answered = news_for(user)
    leads = [task.lead for _key, tasks, _count in lists for task in tasks]
    leads += [task.lead for task in answered]
    record_daily_view(user, leads)
    context = waiting_context(request)
    context["names"] = {**context["names"], **names_for(user, leads)}
    context["lists"] = lists
    context["answered"] = answered
    context["today"] = timezone.localdate()
    return render(request, "today.html#tasks" if request.htmx else "today.html", context)
