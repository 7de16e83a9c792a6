"""上传: the drop zone, and the search for the branch a list covers."""

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from branches.access import StaffRequest, allow
from branches.models import Branch, Role, Staff
from whitelist.actions.uploads import receive
from whitelist.asked import text_of
from whitelist.forms import EXTENSIONS, MODE_HINTS, UploadForm, programmes_for
from whitelist.imports.reading.problems import FileProblem
from whitelist.imports.sentences import file_sentence
from whitelist.models import Mode, Programme

FOUND_AT_MOST = 30


@allow(Role.CLERK)
@require_http_methods(["GET", "POST"])
def upload_new(request: StaffRequest) -> HttpResponse:
    """The form; a POST stores the file and hands it to the worker.

    The page's script sends the form itself, to show how far it is, and asks
    for JSON: where to go next, or what is wrong with which field.
    """
    if request.method == "GET":
        return _page(request, UploadForm(request.user))
    form = UploadForm(request.user, request.POST, request.FILES)
    wants_json = request.headers.get("Accept") == "application/json"
    if form.is_valid():
        file_name = form.cleaned_data["file"].name
        try:
            upload = receive(**form.cleaned_data, by=request.user, file_name=file_name)
        except FileProblem as problem:
            form.add_error("file", file_sentence(problem.code, problem.params))
        else:
            url = reverse("upload_detail", args=[upload.pk])
            return JsonResponse({"location": url}, status=201) if wants_json else redirect(url)
    if wants_json:
        return JsonResponse({"errors": form.errors.get_json_data()}, status=422)
    return _page(request, form, status=422)


def _page(request: StaffRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    programmes = list(programmes_for(request.user))
    context = {
        "form": form,
        "programmes": programmes,
        "programme": form["programme"].value() or _only(programmes),
        "modes": [(mode.value, mode.label, MODE_HINTS[mode]) for mode in Mode],
        "max_mb": settings.UPLOAD_MAX_BYTES // (1024 * 1024),
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "extensions": ",".join(EXTENSIONS),
        "max_rows_csv": settings.UPLOAD_MAX_ROWS_CSV,
        "max_rows_xlsx": settings.UPLOAD_MAX_ROWS_XLSX,
        **_branches(request.user, chosen=str(form["scope"].value() or "").replace("\0", "")),
    }
    return render(request, "lists/upload_new.html", context, status=status)


def _only(programmes: list[Programme]) -> str:
    """The programme to begin with, when there is just one."""
    return programmes[0].code if len(programmes) == 1 else ""


@allow(Role.CLERK)
@require_GET
def upload_branches(request: StaffRequest) -> HttpResponse:
    """Branches to choose from: found by name or code, or the ones below another."""
    context = _branches(
        request.user,
        chosen=text_of(request.GET, "scope"),
        under=text_of(request.GET, "under"),
        words=text_of(request.GET, "q"),
    )
    return render(request, "lists/upload_new.html#branches", context)


def _branches(user: Staff, *, chosen: str, under: str = "", words: str = "") -> dict[str, Any]:
    """One level of the tree within the user's scope, or what a search finds there."""
    mine = Branch.objects.within(user.branch).annotate(
        has_children=Exists(Branch.objects.filter(parent=OuterRef("pk")))
    )
    picked = mine.filter(code=chosen).first() if chosen else None
    top = mine.filter(code=under).first() or mine.get(pk=user.branch_id)
    note = ""
    if words:
        found = mine.filter(Q(name__icontains=words) | Q(code__startswith=words))
        rows = list(found.by_pinyin()[: FOUND_AT_MOST + 1])
        if not rows:
            note = _("没有找到名称含“%(words)s”的机构。") % {"words": words}
        elif len(rows) > FOUND_AT_MOST:
            note = _("只列出前 %(n)d 个，请再多输几个字。") % {"n": FOUND_AT_MOST}
        rows = rows[:FOUND_AT_MOST]
    else:
        rows = [top, *mine.filter(parent=top.pk).by_pinyin()]
    if picked is None and not chosen and user.branch.level == "outlet":
        picked = top
    return {
        "branches": [row for row in rows if picked is None or row.pk != picked.pk],
        "picked": picked,
        "trail": [] if words else _trail(user, top),
        "top": top,
        "words": words,
        "note": note,
    }


def _trail(user: Staff, branch: Branch) -> list[Branch]:
    """From the user's own branch down to the parent of `branch`."""
    return list(
        Branch.objects.within(user.branch)
        .filter(number__lt=branch.number, last_number__gte=branch.number)
        .order_by("number")
    )
