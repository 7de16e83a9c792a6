"""我的: who I am here, how far my customers are, language, log-out."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from branches.access import StaffRequest, everybody
from branches.models import Staff
from branches.passkeys import are_offered
from outreach.fieldwork import worklist
from outreach.models import ContactLog, Lead, Stage
from outreach.morning.progress import Progress, progress_of, running_targets
from outreach.views.field.logs import mine_waiting


@everybody
@require_GET
def me(request: StaffRequest) -> HttpResponse:
    context = {
        "counts": _counts(request.user),
        "waiting_count": mine_waiting(request).count(),
        "progress": _progress(request.user),
        "passkeys_offered": are_offered(request),
    }
    return render(request, "me.html", context)


def _progress(user: Staff) -> list[Progress]:
    """A manager's own targets that are on; the outlet's are its head's business."""
    if not user.is_manager:
        return []
    return progress_of(running_targets(user, timezone.localdate()).filter(manager=user))


def _counts(user: Staff) -> dict[str, int] | None:
    """A manager's own customers to work on, and how many are how far."""
    if not user.is_manager:
        return None
    mine = Lead.objects.visible_to(user).worked_on_by(user).held_by(user)
    month = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    talks = ContactLog.objects.unscoped("my own").of_staff(user).filter(started_at__gte=month)
    return {
        "held": mine.count(),
        "contacted": mine.filter(last_contact_at__isnull=False).count(),
        "interested": mine.filter(stage=Stage.INTERESTED).count(),
        "applied": mine.filter(stage__in=[Stage.APPLIED, Stage.APPROVED, Stage.DRAWN]).count(),
        "due": len(worklist.plan(user)[worklist.Section.DUE]),
        "attempts": talks.count(),
        "talks": talks.filter(is_contact=True).count(),
    }
