"""导出 in review: a second person sees what is to leave, and says yes or why not."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from branches.access import StaffRequest, allow
from branches.models import Role
from branches.step_up import ask_who, stepped_up
from outreach.actions.exports import ExportRefused, agree_to_export, refuse_export
from outreach.exports.forms import ReasonForm
from outreach.exports.shown import asked_lately, by_branch, columns_told, question_in_words
from outreach.models import Export, ExportState

PAGE_SIZE = 30
# What is usually wrong, to choose from.
REASONS = (
    gettext_lazy("用途没有写清楚"),
    gettext_lazy("不需要明文号码"),
    gettext_lazy("人数太多，请按村分开申请"),
)


@allow(Role.REVIEWER)
@require_GET
def export_requests(request: StaffRequest) -> HttpResponse:
    """What waits, the oldest first; then what was decided, the newest first."""
    found = Export.objects.visible_to(request.user).select_related(
        *("asked_by", "branch", "decided_by")
    )
    waiting = found.waiting().order_by("asked_at", "pk")
    decided = found.exclude(state__in=(ExportState.ASKED, ExportState.TAKEN_BACK))
    page = Paginator(decided, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"waiting": waiting, "page": page}
    template = "exports/requests.html#rows" if request.htmx else "exports/requests.html"
    return render(request, template, context)


@allow(Role.REVIEWER)
@require_GET
def export_request(request: StaffRequest, pk: int) -> HttpResponse:
    """One request: counts, columns, purpose, who asks, and what they asked for lately."""
    return _page(request, _found(request, pk), ReasonForm(), 200)


def _found(request: StaffRequest, pk: int) -> Export:
    found: Export = get_object_or_404(
        Export.objects.visible_to(request.user).select_related(
            *("asked_by__branch", "branch", "decided_by")
        ),
        pk=pk,
    )
    return found


def _page(request: StaffRequest, found: Export, form: ReasonForm, status: int) -> HttpResponse:
    context = {
        "export": found,
        "columns": columns_told(found),
        "asked": question_in_words(found.question, found.asked_by),
        "branches": by_branch(found),
        "lately": asked_lately(found),
        "form": form,
        "reasons": REASONS,
        "may_decide": found.state == ExportState.ASKED and found.asked_by_id != request.user.pk,
    }
    return render(request, "exports/request.html", context, status=status)


@allow(Role.REVIEWER)
@require_POST
def export_agree(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the file be made; asked first who says so: it may be a screen that was left open."""
    found = _found(request, pk)
    if not stepped_up(request):
        return ask_who(request)
    try:
        agree_to_export(export=found, by=request.user)
        messages.success(request, _("已同意，文件生成后由申请人下载。"))
    except ExportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("export_requests")


@allow(Role.REVIEWER)
@require_POST
def export_refuse(request: StaffRequest, pk: int) -> HttpResponse:
    """Say no, and why."""
    found = _found(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, 422)
    try:
        refuse_export(export=found, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("已不同意，申请人会看到原因。"))
    except ExportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("export_requests")
