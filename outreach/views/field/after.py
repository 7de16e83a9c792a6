"""After a conversation: the number for WeChat, the reviewed text, the page to send."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import trigger_client_event

from branches.access import FIELD_ROLES, StaffRequest, allow
from branches.step_up import ask_who, stepped_up
from outreach.actions.reveal_number import reveal_number
from outreach.actions.share_page import marketing_refusal, share_page, withdraw_share
from outreach.disclosure import shown_to
from outreach.gates import GateRefusal, may_work
from outreach.models import Lead, Script, ScriptKind, Share
from outreach.page_limits import page_of_customers
from outreach.reveal_limits import copies_many
from outreach.shares import address_of
from outreach.views.field.cards import lead_for
from outreach.views.field.sheets import answer
from trust.qr import qr_of


@allow(*FIELD_ROLES)
@require_POST
@cache_control(no_store=True)
def lead_number(request: StaffRequest, pk: int) -> HttpResponse:
    """The number once, to add on WeChat; it stands in this answer and nowhere else.

    Whoever copies many in an hour is asked who they are: it may be somebody with a found phone.
    """
    lead = _workable(request, pk)
    if copies_many(request.user, at=timezone.now()) and not stepped_up(request):
        return ask_who(request)
    answer = reveal_number(lead=lead, by=request.user, request=request)
    if isinstance(answer, GateRefusal):
        return _refused(request, lead, answer)
    return _sheet(request, "number", {"lead": lead, "number": answer})


@allow(*FIELD_ROLES)
@require_GET
@cache_control(no_store=True)
def lead_message(request: StaffRequest, pk: int) -> HttpResponse:
    """The reviewed text to paste, with the address of the page where one was sent."""
    lead = _workable(request, pk)
    refusal = marketing_refusal(lead, at=timezone.now())
    if refusal:
        return _refused(request, lead, refusal)
    mine = Share.objects.visible_to(request.user).alive(timezone.now())
    share = mine.filter(lead=lead, staff=request.user, product_id=lead.product_id).first()
    return _sheet(request, "message", {"lead": lead, **_message(request, lead, share)})


@allow(*FIELD_ROLES)
@require_POST
@cache_control(no_store=True)
def lead_share(request: StaffRequest, pk: int) -> HttpResponse:
    """Make the page to send. Without htmx, on to its own sheet: a reload makes no other."""
    lead = _workable(request, pk)
    answer = share_page(lead=lead, by=request.user, request=request)
    if isinstance(answer, GateRefusal):
        return _refused(request, lead, answer)
    if not request.htmx:
        return redirect("share_sheet", pk=answer.pk)
    return _share_sheet(request, answer)


@allow(*FIELD_ROLES)
@require_GET
@cache_control(no_store=True)
@page_of_customers
def share_sheet(request: StaffRequest, pk: int) -> HttpResponse:
    """A page that was sent: to send it again, and what came back."""
    return _share_sheet(request, _share_for(request, pk))


@allow(*FIELD_ROLES)
@require_POST
@cache_control(no_store=True)
def share_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Sent to the wrong person: its address answers no more.

    Who sent it may do so also once the customer is a colleague's, and sees nothing of them.
    """
    said = _("已撤回，链接不能再打开。")
    sent = Share.objects.unscoped("my own").filter(pk=pk, staff=request.user).first()
    if sent and not Lead.objects.visible_to(request.user).filter(pk=sent.lead_id).exists():
        withdraw_share(share=sent, by=request.user)
        return answer(request, "leads/done_for_good.html", {"said": said})
    share = _share_for(request, pk)
    withdraw_share(share=share, by=request.user)
    if not request.htmx:
        return redirect("share_sheet", pk=share.pk)
    toast = {"text": said, "kind": "success"}
    return trigger_client_event(_share_sheet(request, share), "toast", toast)


def _workable(request: StaffRequest, pk: int) -> Lead:
    lead = lead_for(request, pk)
    if not may_work(request.user, lead):
        raise PermissionDenied
    return lead


def _share_for(request: StaffRequest, pk: int) -> Share:
    shares = Share.objects.visible_to(request.user).select_related("staff__branch", "product")
    share: Share = get_object_or_404(shares.select_related("script"), pk=pk)
    share.lead = lead_for(request, share.lead_id)
    return share


def _share_sheet(request: StaffRequest, share: Share) -> HttpResponse:
    """Only who sent it sends it again, and only while nothing speaks against it."""
    lead, user = share.lead, request.user
    is_mine = share.staff_id == user.pk and may_work(user, lead)
    refusal = marketing_refusal(lead, at=timezone.now()) if is_mine else None
    context: dict[str, Any] = {
        "share": share,
        "lead": lead,
        "refusal": refusal,
        "can_withdraw": share.is_alive and (share.staff_id == user.pk or may_work(user, lead)),
    }
    if is_mine and share.is_alive and refusal is None:
        link = address_of(share, request)
        context |= {"link": link, "qr": qr_of(link), **_message(request, lead, share)}
    return _sheet(request, "share", context)


def _message(request: StaffRequest, lead: Lead, share: Share | None) -> dict[str, Any]:
    """The text that fits, filled in; without a page sent, its link is missing."""
    script = Script.objects.for_lead(lead.segment, lead.product_id, ScriptKind.MESSAGE)
    link = address_of(share, request) if share else ""
    shown = link or _("（链接）")
    return {
        "script": script,
        "text": script.sent_by(request.user, shown) if script else "",
        "link_is_missing": bool(script and script.wants_link and not link),
    }


def _refused(request: StaffRequest, lead: Lead, refusal: GateRefusal) -> HttpResponse:
    return _sheet(request, "not_sent", {"lead": lead, "refusal": refusal}, status=409)


def _sheet(
    request: StaffRequest, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """One of the sheets in templates/share/, as a fragment for #sheet or a page of its own."""
    context["shown"] = shown_to(request.user, context["lead"])
    return answer(request, f"share/{name}.html", context, status=status)
