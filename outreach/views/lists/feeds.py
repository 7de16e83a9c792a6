"""总行数据: headquarters' files, what of them went in, and what could not be used."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from branches.access import LIST_ROLES, StaffRequest, allow
from branches.models import Role
from outreach.actions.feeds import receive_feed, retry_feed
from outreach.feeds.forms import KIND_HINTS, FeedForm
from outreach.feeds.report import report_lines
from outreach.feeds.sentences import file_sentence
from outreach.models import Feed, FeedKind, FeedState
from outreach.views.lists.feed_page import feed_or_404, problems_context, show_feed, show_progress
from trust import audit
from whitelist.asked import text_of
from whitelist.forms import EXTENSIONS
from whitelist.imports.reading.problems import FileProblem

PAGE_SIZE = 30


@allow(*LIST_ROLES)
@require_GET
def feeds(request: StaffRequest) -> HttpResponse:
    """Every file within the user's scope, the newest first."""
    everything = Feed.objects.visible_to(request.user).select_related("branch", "by", "job")
    shown = everything
    kind, state = text_of(request.GET, "kind"), text_of(request.GET, "state")
    if kind in FeedKind.values:
        shown = shown.filter(kind=kind)
    if state in FeedState.values:
        shown = shown.filter(state=state)
    context = {
        "page": Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page")),
        "kind": kind,
        "state": state,
        "kinds": FeedKind.choices,
        "states": FeedState.choices,
        "is_empty": not everything.exists(),
        "can_upload": request.user.role == Role.CLERK,
    }
    template = "feeds/feeds.html#table" if request.htmx else "feeds/feeds.html"
    return render(request, template, context)


@allow(Role.CLERK)
@require_http_methods(["GET", "POST"])
def feed_new(request: StaffRequest) -> HttpResponse:
    """The form; a POST stores the file and hands it to the worker.

    The page's script asks for JSON, as on the page of a list: where to go next,
    or what is wrong with which field.
    """
    if request.method == "GET":
        return _form_page(request, FeedForm())
    form = FeedForm(request.POST, request.FILES)
    wants_json = request.headers.get("Accept") == "application/json"
    if form.is_valid():
        file, kind = form.cleaned_data["file"], form.cleaned_data["kind"]
        user = request.user
        try:
            feed = receive_feed(
                file=file, kind=kind, branch=user.branch, by=user, file_name=file.name
            )
        except FileProblem as problem:
            form.add_error("file", file_sentence(problem.code, problem.params))
        else:
            url = reverse("feed", args=[feed.pk])
            return JsonResponse({"location": url}, status=201) if wants_json else redirect(url)
    if wants_json:
        return JsonResponse({"errors": form.errors.get_json_data()}, status=422)
    return _form_page(request, form, status=422)


def _form_page(request: StaffRequest, form: FeedForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "kinds": [(kind.value, kind.label, KIND_HINTS[kind]) for kind in FeedKind],
        "max_mb": settings.UPLOAD_MAX_BYTES // (1024 * 1024),
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "extensions": ",".join(EXTENSIONS),
        "max_rows_csv": settings.UPLOAD_MAX_ROWS_CSV,
        "max_rows_xlsx": settings.UPLOAD_MAX_ROWS_XLSX,
    }
    return render(request, "feeds/feed_new.html", context, status=status)


@allow(*LIST_ROLES)
@require_GET
def feed(request: StaffRequest, pk: int) -> HttpResponse:
    """The page of one file; for htmx its progress bar or its table of problems alone."""
    found = feed_or_404(request.user, pk)
    target = request.htmx.target if request.htmx else ""
    if target == "problems":
        context = {"feed": found, **problems_context(found, request.GET)}
        return render(request, "feeds/problems.html", context)
    if target == "progress":
        return show_progress(request, found)
    return show_feed(request, found)


@allow(*LIST_ROLES)
@require_GET
def feed_report(request: StaffRequest, pk: int) -> StreamingHttpResponse:
    """The problems as CSV, to send back to whoever made the file."""
    found = feed_or_404(request.user, pk)
    audit.record("feed.report", by=request.user, target=f"feed:{pk}", request=request)
    response = StreamingHttpResponse(report_lines(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="feed-{found.pk}-problems.csv"'
    return response


@allow(Role.CLERK)
@require_POST
def feed_retry(request: StaffRequest, pk: int) -> HttpResponse:
    """Give an import that stopped another chance; pressed twice, it is given once."""
    found = get_object_or_404(Feed.objects.visible_to(request.user), pk=pk)
    if not retry_feed(feed=found, by=request.user):
        messages.info(request, _("这份文件已经在处理，或者已经处理完了。"))
    return redirect("feed", pk=pk)
