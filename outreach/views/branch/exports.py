"""导出: the head of a branch asks for a file, follows it, and fetches it."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from branches.access import StaffRequest, allow
from branches.models import Role
from branches.step_up import ask_who, stepped_up
from outreach.actions.export_files import download_export
from outreach.actions.exports import (
    ExportRefused,
    ask_export,
    digest_of,
    ids_for,
    take_back_export,
)
from outreach.exports.forms import ExportForm
from outreach.exports.shown import columns_told, question_in_words
from outreach.filters import LeadFilter, filter_query
from outreach.models import Export, ExportFormat, Lead
from trust import audit

PAGE_SIZE = 30


@allow(Role.SUPERVISOR)
@require_GET
def exports(request: StaffRequest) -> HttpResponse:
    """What was asked for in the branch and below, the newest first."""
    found = Export.objects.visible_to(request.user).select_related("asked_by", "decided_by")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    template = "exports/exports.html#rows" if request.htmx else "exports/exports.html"
    return render(request, template, {"page": page})


@allow(Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def export_new(request: StaffRequest) -> HttpResponse:
    """How many the filter finds, which columns, what for; a POST asks for it."""
    question = _question(request.GET)
    if request.method == "GET":
        return _form_page(request, question, ExportForm(), 200)
    form = ExportForm(request.POST)
    if not form.is_valid():
        return _form_page(request, question, form, 422)
    try:
        export = ask_export(question=question, by=request.user, **form.cleaned_data)
    except ExportRefused as refusal:
        form.add_error(None, str(refusal))
        return _form_page(request, question, form, 409)
    messages.success(request, _("已提交，等名单复核审核。"))
    return redirect("export", pk=export.pk)


def _question(data: QueryDict) -> str:
    """The filter as it is kept: its parameters in order, blanks left out."""
    found = {name: [each for each in values if each] for name, values in filter_query(data).items()}
    return urlencode({name: found[name] for name in sorted(found) if found[name]}, doseq=True)


def _form_page(request: StaffRequest, question: str, form: ExportForm, status: int) -> HttpResponse:
    leads = Lead.objects.visible_to(request.user)
    is_sensible = LeadFilter(QueryDict(question), queryset=leads, user=request.user).is_valid()
    ids = ids_for(request.user, question) if is_sensible else []
    digest = digest_of(question, ids)
    context = {
        "form": form,
        "question": question,
        "asked": question_in_words(question, request.user) if is_sensible else [],
        "is_sensible": is_sensible,
        "count": len(ids),
        "most": settings.EXPORT_ROWS,
        "too_many": len(ids) > settings.EXPORT_ROWS,
        "digest": digest,
        "days": settings.EXPORT_DAYS,
        "downloads": settings.EXPORT_DOWNLOADS,
    }
    return render(request, "exports/export_new.html", context, status=status)


@allow(Role.SUPERVISOR)
@require_GET
def export(request: StaffRequest, pk: int) -> HttpResponse:
    """One request: how it stands, and its file for whoever asked for it."""
    return _page(request, _found(request, pk))


def _found(request: StaffRequest, pk: int) -> Export:
    found: Export = get_object_or_404(
        Export.objects.visible_to(request.user).select_related(
            *("asked_by__branch", "decided_by", "branch", "job")
        ),
        pk=pk,
    )
    return found


def _page(
    request: StaffRequest, found: Export, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "export": found,
        "columns": columns_told(found),
        "asked": question_in_words(found.question, found.asked_by),
        "copies": found.copies.defer("secret", "decoys").order_by("number"),
        "is_mine": found.asked_by_id == request.user.pk,
        "problem": problem,
        "formats": ExportFormat.choices,
    }
    is_progress = request.htmx and request.htmx.target == "progress"
    template = "exports/export.html#progress" if is_progress else "exports/export.html"
    return render(request, template, context, status=status)


@allow(Role.SUPERVISOR)
@require_POST
def export_take_back(request: StaffRequest, pk: int) -> HttpResponse:
    """撤回: the asker needs it no more."""
    found = _own(request, pk)
    try:
        take_back_export(export=found, by=request.user)
        messages.success(request, _("已撤回。"))
    except ExportRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("export", pk=pk)


@allow(Role.SUPERVISOR)
@require_POST
def export_download(request: StaffRequest, pk: int) -> HttpResponse:
    """The file, once more another one, for whoever asked for it and shows that it is them."""
    found = _own(request, pk)
    format = request.POST.get("format", "")
    if format not in ExportFormat.values:
        raise Http404
    if not stepped_up(request):
        return ask_who(request)
    try:
        handed = download_export(export=found, format=format, by=request.user)
    except ExportRefused as refusal:
        audit.record(
            "export.download_refused", by=request.user, target=f"export:{pk}", result="closed"
        )
        return _page(request, found, problem=str(refusal), status=409)
    response = HttpResponse(handed.content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{handed.name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _own(request: StaffRequest, pk: int) -> Export:
    """One that they asked for themselves: another's is not there to be fetched."""
    found = _found(request, pk)
    if found.asked_by_id != request.user.pk:
        raise Http404
    return found
