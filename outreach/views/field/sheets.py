"""What opens in the sheet: a fragment for htmx, and a page of its own without scripts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from branches.access import StaffRequest
from outreach.disclosure import shown_to
from outreach.models import ContactLog, Lead
from outreach.outcome_form import BY_OTHERS, OutcomeForm, season_end


def answer(
    request: StaffRequest, fragment: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A fragment for #sheet; on a page with the frame when no script asked for it."""
    if request.htmx:
        return render(request, fragment, context, status=status)
    return render(request, "leads/sheet_page.html", {**context, "part": fragment}, status=status)


def sheet(
    request: StaffRequest,
    form: OutcomeForm,
    lead: Lead,
    log_uuid: UUID,
    *,
    log: ContactLog | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The outcome sheet, of an attempt (`log`) or of a contact that begins with its outcome."""
    context = {
        "form": form,
        "log": log,
        "lead": lead,
        "shown": shown_to(request.user, lead),
        "log_uuid": log_uuid,
        "by_others": BY_OTHERS,
        "season_end": season_end(timezone.localtime()),
        "tomorrow": timezone.localdate() + timedelta(days=1),
        **more,
    }
    template = "leads/outcome.html#outcome" if request.htmx else "leads/outcome.html"
    return render(request, template, context, status=status)
