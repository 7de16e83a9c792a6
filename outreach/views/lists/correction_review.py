"""更正 in review: a second person adopts what the field found, one by one or in bulk."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from branches.access import LIST_ROLES, StaffRequest, allow
from branches.models import Role
from outreach.actions.decide_correction import adopt_correction
from outreach.corrections_shown import reviewed
from outreach.page_limits import page_of_customers
from trust.wall import whole_bank
from whitelist.actions.corrections import CorrectionRefused, reject_correction
from whitelist.asked import text_of
from whitelist.models import Correction, CorrectionState

PAGE_SIZE = 30
STATES = (
    (CorrectionState.PENDING.value, CorrectionState.PENDING.label),
    (CorrectionState.APPROVED.value, CorrectionState.APPROVED.label),
    (CorrectionState.REJECTED.value, CorrectionState.REJECTED.label),
    (CorrectionState.TAKEN_BACK.value, CorrectionState.TAKEN_BACK.label),
)
# What is usually wrong, to choose from.
REASONS = (
    gettext_lazy("核实后与客户本人不符"),
    gettext_lazy("新号码打不通"),
    gettext_lazy("地址不完整，请写到村组"),
)


@dataclass(frozen=True)
class Asked:
    """What the reviewer decided: about which, how, and why not."""

    ids: list[int]
    adopts: bool
    reason: str


@allow(*LIST_ROLES)
@require_GET
@cache_control(no_store=True)
@page_of_customers
@whole_bank("who reviews is the branch of then; the customer may be another's by now")
def corrections(request: StaffRequest) -> HttpResponse:
    """What waits, the oldest first; or what was decided, the newest first."""
    state = text_of(request.GET, "state")
    if state not in dict(STATES):
        state = CorrectionState.PENDING
    visible = Correction.objects.visible_to(request.user)
    is_pending = state == CorrectionState.PENDING
    rows = visible.filter(state=state).select_related(
        "customer__lead__village", "branch", "stated_by", "decided_by"
    )
    order = ("stated_at", "pk") if is_pending else ("-decided_at", "-stated_at", "-pk")
    page = Paginator(rows.order_by(*order), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": reviewed(page.object_list),
        "state": state,
        "states": STATES,
        "is_pending": is_pending,
        "may_decide": is_pending and request.user.role == Role.REVIEWER,
        "reasons": REASONS,
    }
    template = "lists/corrections.html#rows" if request.htmx else "lists/corrections.html"
    return render(request, template, context)


@allow(Role.REVIEWER)
@require_POST
@whole_bank("who reviews is the branch of then; the customer may be another's by now")
def decide(request: StaffRequest) -> HttpResponse:
    """Adopt or reject one or those ticked, each by itself; then back to what waits."""
    asked = _asked(request.POST)
    visible = Correction.objects.visible_to(request.user).select_related("customer")
    chosen = list(visible.filter(pk__in=asked.ids).order_by("stated_at", "pk"))
    if asked.ids and not chosen:
        raise Http404
    if not chosen:
        messages.info(request, _("请先勾选要审核的更正。"))
    done, refusals = 0, []
    for correction in chosen:
        try:
            if asked.adopts:
                adopt_correction(correction=correction, by=request.user)
            else:
                reject_correction(correction=correction, by=request.user, reason=asked.reason)
            done += 1
        except CorrectionRefused as refusal:
            refusals.append(str(refusal))
    if done:
        messages.success(request, _said(done, asked.adopts))
    for sentence in dict.fromkeys(refusals):
        messages.error(request, sentence)
    return redirect(reverse("corrections") + "#waiting")


def _said(done: int, adopts: bool) -> str:
    if adopts:
        said = ngettext("已采用 %(n)s 条更正。", "已采用 %(n)s 条更正。", done)
    else:
        said = ngettext("%(n)s 条更正未采用。", "%(n)s 条更正未采用。", done)
    return said % {"n": done}


def _asked(posted: QueryDict) -> Asked:
    adopts = text_of(posted, "decision") == "adopt"
    return Asked(_numbers(posted.getlist("id")), adopts, text_of(posted, "reason"))


def _numbers(texts: list[str]) -> list[int]:
    """Row numbers as they may be sent; what is none is a row nobody has."""
    numbers = [text for text in texts[:PAGE_SIZE] if text.isascii() and text.isdecimal()]
    return [int(text) for text in numbers if len(text) < 19] or ([0] if texts else [])
