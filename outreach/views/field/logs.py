"""登记: the outcome sheet of a call, or of a contact without one; and 待登记."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import trigger_client_event

from branches.access import FIELD_ROLES, StaffRequest, allow
from outreach.actions.correct_log import may_correct
from outreach.actions.log_outcome import AlreadyLogged, Answers, TakenBack, log_outcome
from outreach.disclosure import names_for, shown_to, with_personal_data
from outreach.fieldwork import worklist
from outreach.gates import held_lately, may_work
from outreach.models import ContactLog, Eligibility, Lead, Outcome
from outreach.outcome_form import OutcomeForm
from outreach.shares import sent_to
from outreach.views.field.cards import lead_for
from outreach.views.field.sheets import answer, sheet
from trust.wall import whole_bank

# Who comes back from a call finds its sheet open, also after a talk of an hour, the way back to
# the motorbike and a log-in anew. 稍后 puts it aside; an attempt of this morning waits in 待登记,
# which the count on the tab tells, and does not lie over this afternoon's map.
OPENS_BY_ITSELF = timedelta(hours=2)


@allow(*FIELD_ROLES)
@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
@whole_bank("its author may always finish it, whose customer it is by now")
def outcome(request: StaffRequest, log_uuid: UUID) -> HttpResponse:
    """The sheet of one attempt of mine (GET), and saving it (POST, as often as need be)."""
    mine = ContactLog.objects.unscoped("its author may always finish it").of_staff(request.user)
    log = mine.select_related("lead__customer", "lead__village").filter(uuid=log_uuid).first()
    if request.method == "POST":
        return _save(request, log_uuid, log)
    if log is None:
        raise Http404
    if log.logged_at:
        return redirect("lead_card", pk=log.lead_id)
    return render_sheet(request, log)


@allow(*FIELD_ROLES)
@require_GET
@cache_control(no_store=True)
def log_without_call(request: StaffRequest, pk: int) -> HttpResponse:
    """An empty sheet for 上门, 到店, 来电 or 微信; saving it creates the log.

    ``uuid`` goes on with one that was begun and not saved. If it was saved after
    all (the answer was lost), that is said instead.
    """
    lead = _lead_of_visit(request, pk) if "uuid" in request.GET else lead_for(request, pk)
    if "uuid" not in request.GET and not may_work(request.user, lead):
        raise PermissionDenied
    log_uuid = _uuid(request.GET["uuid"]) if "uuid" in request.GET else uuid4()
    with whole_bank("a UUID is one log's in the whole bank"):
        begun = ContactLog.objects.unscoped("found by its own key").filter(uuid=log_uuid).first()
    if begun is None:
        return sheet(request, OutcomeForm(by_call=False), lead, log_uuid)
    if begun.staff_id != request.user.pk or begun.lead_id != lead.pk:
        raise Http404
    if begun.logged_at is None:
        return render_sheet(request, begun)
    return _already_logged(request, begun)


@allow(*FIELD_ROLES)
@require_GET
@cache_control(no_store=True)
@whole_bank("its author may always finish it, whose customer it is by now")
def waiting(request: StaffRequest) -> HttpResponse:
    """待登记, the newest first; with ``newest=1`` the sheet of the newest, or 204.

    ``not`` names attempts the manager has put aside for later. No page of customers
    (`page_limits`): they have the customer in hand, and what was said must not be lost.
    """
    logs = mine_waiting(request)
    if "newest" not in request.GET:
        template = "leads/waiting.html#rows" if request.htmx else "leads/waiting.html"
        return render(request, template, waiting_context(request))
    aside = set(request.GET.getlist("not"))
    recent = logs.filter(started_at__gt=timezone.now() - OPENS_BY_ITSELF)
    newest = next((log for log in recent if str(log.uuid) not in aside), None)
    return render_sheet(request, newest) if newest else HttpResponse(status=204)


def mine_waiting(request: StaffRequest) -> Any:
    """My attempts without outcome, whoever holds the customer by now."""
    logs = ContactLog.objects.unscoped("its author may always finish it").of_staff(request.user)
    return logs.waiting().select_related("lead__customer", "lead__village")


def waiting_context(request: StaffRequest) -> dict[str, Any]:
    logs = list(mine_waiting(request))
    return {"waiting": logs, "names": names_for(request.user, [log.lead for log in logs])}


def render_sheet(request: StaffRequest, log: ContactLog, **more: Any) -> HttpResponse:
    """The outcome sheet of an attempt; `dial_number` makes it dial at once."""
    return sheet(request, OutcomeForm(by_call=True), log.lead, log.uuid, log=log, **more)


def _save(request: StaffRequest, log_uuid: UUID, log: ContactLog | None) -> HttpResponse:
    lead = log.lead if log else _lead_of_visit(request, _number(request.POST.get("lead", "")))
    by_call = log is not None and log.channel == "call"
    form = OutcomeForm(request.POST, by_call=by_call, base=log.logged_at if log else None)
    if not form.is_valid():
        return sheet(request, form, lead, log_uuid, log=log, status=422)
    answers = form.answers()
    try:
        saved = log_outcome(
            log_uuid=log_uuid,
            by=request.user,
            answers=answers,
            lead=lead,
            channel=form.cleaned_data["channel"],
        )
    except PermissionDenied:  # the UUID is another person's log
        raise Http404 from None
    except AlreadyLogged as stands:
        return _already_logged(request, stands.log, status=409)
    except TakenBack:
        return answer(request, "leads/gone.html", {"lead": lead}, status=409)
    return render_saved(request, saved, answers, _("已登记：%(what)s"))


def _lead_of_visit(request: StaffRequest, pk: int) -> Lead:
    """Whom the visit was to: theirs to work, or theirs until a moment ago."""
    try:
        lead = lead_for(request, pk)
    except Http404:
        whole = Lead.objects.unscoped("no more in scope: whose it was is asked next")
        gone = with_personal_data(whole.exclude(eligibility=Eligibility.CONTROL)).filter(pk=pk)
        theirs: Lead | None = gone.first()
        if theirs is None or not held_lately(request.user, theirs):
            raise
        return theirs
    if not (may_work(request.user, lead) or held_lately(request.user, lead)):
        raise PermissionDenied
    return lead


def _already_logged(request: StaffRequest, log: ContactLog, *, status: int = 200) -> HttpResponse:
    """What stands, and the way to correct it while the day lasts."""
    can_correct = may_correct(log, by=request.user, at=timezone.now())
    context = {"log": log, "lead": log.lead, "can_correct": can_correct}
    return answer(request, "leads/already_logged.html", context, status=status)


def render_saved(
    request: StaffRequest, log: ContactLog, answers: Answers, said: str
) -> HttpResponse:
    """Said, and whom to turn to next; and whether some of the answers could not be kept."""
    lead = Lead.objects.unscoped("its author has just logged it").get(pk=log.lead_id)
    following = worklist.next_task(request.user, lead, wanted=_wanted(request))
    context = {
        "log": log,
        "lead": lead,
        "refused": log.outcome == Outcome.REFUSED,
        "still_mine": Lead.objects.visible_to(request.user).filter(pk=lead.pk).exists(),
        "following": following,
        "following_name": shown_to(request.user, following.lead).name if following else "",
        "offers_after": _offers_after(request, log, lead),
        "shares": sent_to(lead),
        "not_kept": not answers.stand_in(log),
        "waiting_count": mine_waiting(request).count(),
    }
    response = answer(request, "leads/saved.html", context)
    what = log.get_outcome_display() or log.get_call_state_display() or log.get_channel_display()
    toast = {"text": said % {"what": what}, "kind": "success"}
    trigger_client_event(response, "toast", toast)
    return trigger_client_event(response, "leads:changed", {})


def _wanted(request: StaffRequest) -> list[int]:
    """The customers that follow in the list the user works through, as the page sends them."""
    listed = request.POST.get("following", "")[:2000].split(",")
    return [int(text) for text in listed if text.isascii() and text.isdecimal() and len(text) < 19]


def _offers_after(request: StaffRequest, log: ContactLog, lead: Lead) -> bool:
    """Whether 加微信、发资料 is the thing to do now: they spoke, and did not say no."""
    said_no = log.outcome in {Outcome.REFUSED, Outcome.NOT_INTERESTED}
    open_to_us = lead.eligibility == Eligibility.YES and may_work(request.user, lead)
    return log.is_contact and not said_no and open_to_us


def _number(text: str) -> int:
    if not text.isdecimal():
        raise Http404
    return int(text[:18])


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
