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
from outreach.views.field.logs import waiting_context

ROWS = 20


@allow(Role.MANAGER)
@require_GET
@cache_control(no_store=True)
def today(request: StaffRequest) -> HttpResponse:
    """Attempts to log, follow-ups due, business to serve, offers ending, never contacted."""
    user = request.user
    sections = [
        ("due", worklist.due(user)),
        ("expiring", worklist.expiring(user)),
        ("never", worklist.never_contacted(user)),
    ]
    if worklist.served(user).exists():
        sections.insert(1, ("served", worklist.served(user)))
    lists = [(key, worklist.tasks(leads, ROWS), leads.count()) for key, leads in sections]
    leads = [task.lead for _key, tasks, _count in lists for task in tasks]
    record_daily_view(user, leads)
    context = waiting_context(request)
    context["names"] = {**context["names"], **names_for(user, leads)}
    context["lists"] = lists
    context["today"] = timezone.localdate()
    return render(request, "today.html#tasks" if request.htmx else "today.html", context)
