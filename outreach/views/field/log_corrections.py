"""更正: the outcome sheet again, filled in, for what I logged today."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from branches.access import FIELD_ROLES, StaffRequest, allow
from outreach.actions.correct_log import TooLate, correct_log, may_correct
from outreach.models import Channel, ContactLog
from outreach.outcome_form import OutcomeForm, said_in
from outreach.views.field.logs import render_saved
from outreach.views.field.sheets import answer, sheet
from trust.wall import whole_bank


@allow(*FIELD_ROLES)
@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
@whole_bank("its author may always finish it, whose customer it is by now")
def correct(request: StaffRequest, log_uuid: UUID) -> HttpResponse:
    """What I said, to be said anew; afterwards the day is over and it stands (409)."""
    mine = ContactLog.objects.unscoped("its author alone").of_staff(request.user)
    logged = mine.exclude(logged_at=None).select_related("lead__customer", "lead__village")
    log = get_object_or_404(logged, uuid=log_uuid)
    if not may_correct(log, by=request.user, at=timezone.now()):
        return _too_late(request, log)
    by_call = log.channel == Channel.CALL
    if request.method == "GET":
        form = OutcomeForm(initial=said_in(log), by_call=by_call)
        return sheet(request, form, log.lead, log_uuid, log=log, correcting=True)
    form = OutcomeForm(request.POST, by_call=by_call, base=log.logged_at)
    if not form.is_valid():
        return sheet(request, form, log.lead, log_uuid, log=log, correcting=True, status=422)
    answers = form.answers()
    try:
        log = correct_log(
            log=log,
            by=request.user,
            answers=answers,
            channel=form.cleaned_data["channel"],
        )
    except TooLate:  # midnight passed while it was open
        return _too_late(request, log)
    except ContactLog.DoesNotExist:  # taken back while it was open
        return answer(request, "leads/gone.html", {"lead": log.lead}, status=409)
    return render_saved(request, log, answers, _("已更正：%(what)s"))


def _too_late(request: StaffRequest, log: ContactLog) -> HttpResponse:
    if log.source != "web":
        raise Http404
    context = {"log": log, "lead": log.lead}
    return answer(request, "leads/too_late.html", context, status=409)
