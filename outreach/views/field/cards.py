"""The card of one customer: who, how much, how far, what next."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from branches.access import FIELD_ROLES, StaffRequest, allow
from branches.models import Staff
from outreach.actions.correct_log import may_correct
from outreach.actions.visits import is_tap
from outreach.corrections_shown import CardCorrections, corrections_on_card
from outreach.disclosure import Shown, record_daily_view, shown_to, with_personal_data
from outreach.fieldwork import worklist
from outreach.gates import GateRefusal, first_refusal, may_work
from outreach.models import (
    Assignment,
    Channel,
    ContactLog,
    Eligibility,
    EndReason,
    Lead,
    Script,
    Share,
)
from outreach.navigation import links_to
from outreach.numbers import Number
from outreach.page_limits import page_of_customers
from outreach.shares import sent_to
from outreach.views.field.headquarters import headquarters_of
from whitelist.models import Location, Offer, PlaceLevel, Precision

HISTORY_LENGTH = 50
# Closed for good: no call button at all. The rest open again by themselves.
CLOSED = {"refused", "control", "withdrawn", "expired"}


@dataclass(frozen=True)
class Card:
    """Everything the card's template shows."""

    lead: Lead
    viewer: Staff
    shown: Shown
    reason: str
    expiry: str
    location: Location | None
    offers: list[Offer]
    script: Script | None
    spoken: str
    history: list[ContactLog]
    waiting: ContactLog | None
    can_work: bool
    refusal: GateRefusal | None
    returned: Assignment | None
    has_spare_number: bool
    shares: list[Share]
    corrections: CardCorrections
    correctable: set[int]  # logs the viewer may correct
    former_shown: set[int]  # logs whose former versions they may read

    @property
    def primary_number(self) -> str:
        """The `Number` whose button is the next thing to do; none while a gate or 待登记 waits."""
        if self.waiting or self.refusal:
            return ""
        if not self.corrections.fault:
            return Number.MAIN
        new = next((line.number for line in self.corrections.numbers if line.number), None)
        return new or (Number.SPARE if self.has_spare_number else "")

    @property
    def take_back_pk(self) -> int | None:
        """The newest log, where it is a visit of today that one tap made and one takes back."""
        newest = self.history[0] if self.history else None
        mine = newest is not None and newest.staff_id == self.viewer.pk
        return newest.pk if newest is not None and mine and is_tap(newest) else None

    @property
    def is_closed(self) -> bool:
        return self.refusal is not None and self.refusal.code in CLOSED

    @property
    def service_only(self) -> bool:
        """Left the list with an application under way: serve, do not market."""
        return self.lead.is_off_the_list and self.lead.is_confirmed_in_process

    @property
    def is_exact(self) -> bool:
        """The position is a house, not the middle of something."""
        return self.lead.precision >= Precision.HOUSE

    @property
    def stage_is_told(self) -> bool:
        """Whether 自报/核实 says anything: nobody reports 待触达."""
        return self.lead.stage != "to_contact"


def lead_for(request: StaffRequest, pk: int) -> Lead:
    """The lead with what showing it needs. 404 for foreign ones and the control group.

    A pool lead that left the list is nobody's work and 404 for managers too.
    """
    scoped = Lead.objects.visible_to(request.user).exclude(eligibility=Eligibility.CONTROL)
    lead: Lead = get_object_or_404(with_personal_data(scoped), pk=pk)
    is_pool = lead.holder_id is None
    if is_pool and request.user.is_manager and not scoped.workable().filter(pk=pk).exists():
        raise Http404
    return lead


def card_of(lead: Lead, viewer: Staff) -> Card:
    """Gather a lead's card as this viewer may see it."""
    script = Script.objects.for_lead(lead.segment, lead.product_id)
    logs = ContactLog.objects.unscoped("of a lead that was fetched in scope").filter(lead=lead)
    offers = Offer.objects.unscoped("of a lead that was fetched in scope")
    can_work = may_work(viewer, lead)
    history = list(
        logs.exclude(logged_at=None)
        .select_related("staff")
        .prefetch_related("versions")[:HISTORY_LENGTH]
    )
    now = timezone.now()
    return Card(
        lead=lead,
        viewer=viewer,
        shown=shown_to(viewer, lead),
        reason=worklist.reason(lead),
        expiry=worklist.expiry_in_words(lead),
        location=Location.objects.filter(customer_id=lead.customer_id, is_current=True)
        .select_related("place")
        .first(),
        offers=list(
            offers.filter(customer_id=lead.customer_id, is_in_force=True)
            .select_related("product", "programme", "row__upload", "batch")
            .order_by("valid_to", "pk")
        ),
        script=script,
        spoken=script.spoken_by(viewer) if script else "",
        history=history,
        waiting=logs.waiting().of_staff(viewer).first(),
        can_work=can_work,
        refusal=first_refusal(lead, by=viewer, at=now) if can_work else None,
        returned=_return_of(lead) if viewer.is_supervisor and lead.holder_id is None else None,
        has_spare_number=bool(lead.customer.phone2),
        shares=sent_to(lead),
        corrections=corrections_on_card(lead, viewer) if can_work else CardCorrections(),
        correctable={log.pk for log in history if may_correct(log, by=viewer, at=now)},
        former_shown={
            log.pk for log in history if viewer.is_supervisor or log.staff_id == viewer.pk
        },
    )


def _return_of(lead: Lead) -> Assignment | None:
    """The last assignment, when it ended by 退回: the supervisor sees why."""
    last = Assignment.objects.filter(lead=lead).select_related("holder").order_by("-at", "-pk")
    newest = last.first()
    return newest if newest and newest.end_reason == EndReason.RETURNED else None


def render_card(request: StaffRequest, lead: Lead, **more: Any) -> HttpResponse:
    """The card as a fragment for #sheet, or as a page of its own."""
    record_daily_view(request.user, [lead])
    template = "leads/card.html#card" if request.htmx else "leads/card.html"
    context = {
        "card": card_of(lead, request.user),
        "lead": lead,
        "log_uuid": uuid4(),
        "visit_uuid": uuid4(),
        "channels": Channel,
        "hq": headquarters_of(lead),
        **more,
    }
    return render(request, template, context)


@allow(*FIELD_ROLES)
@require_GET
@cache_control(no_store=True)
@page_of_customers
def card(request: StaffRequest, pk: int) -> HttpResponse:
    return render_card(request, lead_for(request, pk))


@allow(*FIELD_ROLES)
@require_GET
@cache_control(no_store=True)
def navigate(request: StaffRequest, pk: int) -> HttpResponse:
    """Which app shall lead there. The destination is called by its village."""
    lead = lead_for(request, pk)
    if lead.point is None:
        raise Http404
    location = Location.objects.filter(customer_id=lead.customer_id, is_current=True).first()
    lon, lat = lead.point
    if location and location.lon is not None and location.lat is not None:
        lon, lat = location.lon, location.lat
    links = links_to(
        lon,
        lat,
        name=lead.village.short_name if lead.village else "",
        region=_city_of(lead),
        agent=request.headers.get("User-Agent", ""),
    )
    return render(
        request,
        "leads/navigate.html#navigate" if request.htmx else "leads/navigate.html",
        {"lead": lead, "links": links, "is_exact": lead.precision >= Precision.HAMLET},
    )


def _city_of(lead: Lead) -> str:
    place = lead.village
    while place is not None and place.level != PlaceLevel.PREFECTURE:
        place = place.parent
    return place.name if place else ""
