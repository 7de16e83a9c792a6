"""The funnel page: branch → outlet → manager."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from branches.access import FIELD_ROLES, StaffRequest, allow
from branches.models import Branch
from outreach import funnel as counting
from outreach.models import Lead, Stage
from outreach.stages import PATH
from whitelist.models import Product


@allow(*FIELD_ROLES)
@require_GET
def funnel(request: StaffRequest) -> HttpResponse:
    """Supervisors look into any branch below; managers see their line and the outlet's."""
    user = request.user
    narrow = counting.Narrow(request.GET.get("product", ""), request.GET.get("segment", "")[:40])
    leads = narrow(Lead.objects.visible_to(user).workable())
    if user.is_manager:
        branch = user.branch
        total = counting.own_line(user, leads, narrow.query)
        lines = [total, counting.outlet_aggregate(branch, narrow)]
    else:
        reachable = Branch.objects.within(user.branch)
        branch = get_object_or_404(reachable, code=request.GET.get("branch") or user.branch.code)
        total = counting.branch_line(branch, leads, narrow.query)
        if counting.looks_into_managers(branch):
            lines = counting.manager_lines(branch, leads, narrow.query)
            lines[-1].label = _("待分配")
        else:
            lines = counting.child_lines(branch, leads, narrow.query)
    context: dict[str, Any] = {
        "branch": branch,
        "trail": trail(branch, user.branch),
        "total": total,
        "lines": lines,
        "stages": (*PATH, Stage.NOT_INTERESTED),
        "by_manager": user.is_manager or counting.looks_into_managers(branch),
        "products": Product.objects.all(),
        "segments": _segments(request),
        "product": narrow.product,
        "segment": narrow.segment,
    }
    return render(request, "funnel.html", context)


def trail(branch: Branch, top: Branch) -> list[Branch]:
    """The way down from the user's own branch to this one."""
    above = Branch.objects.filter(number__lte=branch.number, last_number__gte=branch.last_number)
    return list(above.filter(number__gte=top.number).order_by("number"))


def _segments(request: StaffRequest) -> list[str]:
    own = Lead.objects.visible_to(request.user).workable().exclude(segment="").order_by()
    return sorted(own.values_list("segment", flat=True).distinct())
