"""What is done for a colleague: a temporary password, a lost second factor, sessions ended."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from branches.access import StaffRequest, everybody
from branches.actions.credentials import reset_password
from branches.actions.second_factor import reset_second_factor
from branches.actions.sessions import end_sessions_of
from branches.models import Staff
from branches.step_up import ask_who, stepped_up

MOST = 50
LONGEST, MOST_WORDS = 80, 6  # of what is searched for


@everybody
@require_http_methods(["GET", "POST"])
def forgotten(request: StaffRequest) -> HttpResponse:
    """My people, and a search among them: posted, so that no name is in an address."""
    if not request.user.resets_passwords:
        raise PermissionDenied
    words = request.POST.get("q", "").strip()
    people = Staff.objects.resettable_by(request.user).select_related("branch")
    for word in words[:LONGEST].split()[:MOST_WORDS]:  # each is three conditions of one query
        people = people.filter(
            Q(name__icontains=word) | Q(username__icontains=word) | Q(branch__name__icontains=word)
        )
    found = list(people.by_pinyin()[: MOST + 1])
    context = {"q": words, "people": found[:MOST], "more": len(found) > MOST, "most": MOST}
    return render(request, "account/forgotten.html", context)


@everybody
@require_http_methods(["GET", "POST"])
def reset(request: StaffRequest, pk: int) -> HttpResponse:
    """Asked first (GET); then the temporary password, on this one page (POST)."""
    people = Staff.objects.resettable_by(request.user).select_related("branch")
    staff = get_object_or_404(people, pk=pk)
    if not stepped_up(request):
        return ask_who(request)
    context: dict[str, object] = {"staff": staff}
    if request.method == "POST":
        context["temporary"] = reset_password(staff=staff, by=request.user)
        context["until"] = timezone.localtime(staff.password_expires_at)
    response = render(request, "account/reset.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@everybody
@require_http_methods(["GET", "POST"])
def factor_reset(request: StaffRequest, pk: int) -> HttpResponse:
    """A colleague's lost authenticator: asked first (GET), then done (POST). From the admin."""
    people = Staff.objects.factor_resettable_by(request.user).select_related("branch")
    staff = get_object_or_404(people, pk=pk)
    if not stepped_up(request):
        return ask_who(request)
    if request.method == "POST":
        reset_second_factor(staff=staff, by=request.user)
    context = {"staff": staff, "done": request.method == "POST"}
    return render(request, "account/factor_reset.html", context)


@everybody
@require_http_methods(["GET", "POST"])
def end_sessions(request: StaffRequest, pk: int) -> HttpResponse:
    """Log a colleague out everywhere: asked first (GET), then done (POST). From the admin."""
    people = Staff.objects.sessions_endable_by(request.user).select_related("branch")
    staff = get_object_or_404(people, pk=pk)
    if not stepped_up(request):
        return ask_who(request)
    if request.method == "POST":
        end_sessions_of(staff=staff, by=request.user)
    context = {"staff": staff, "done": request.method == "POST"}
    return render(request, "account/end_sessions.html", context)
