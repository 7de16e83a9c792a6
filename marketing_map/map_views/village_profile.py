"""村档案 on the village page: the helper, market days, notes; one edits, two are told apart."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.validators import RegexValidator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from branches.access import FIELD_ROLES, StaffRequest, allow
from branches.models import Role, Staff
from marketing_map.map_views.places import place_asked_for
from outreach.actions.village_profile import (
    ChangedMeanwhile,
    ProfileFacts,
    call_helper,
    keeps_profiles_of,
    save_profile,
)
from outreach.fieldwork.market_days import Market, next_market
from outreach.gates import GateRefusal
from outreach.models import VillageProfile
from trust.masking import mask_name, mask_phone
from whitelist.models import Place, PlaceLevel

NEVER = datetime(2000, 1, 1)
MOST_SHOWN = 5  # outlets that work the same village


@dataclass(frozen=True)
class ShownProfile:
    """A profile as its viewer may see it: the number is always masked."""

    profile: VillageProfile
    helper_name: str
    helper_phone: str
    market: Market | None
    is_own: bool


class ProfileForm(forms.Form):
    """What is asked. The number on record is not sent to the page: blank leaves it as it is."""

    helper_name = forms.CharField(max_length=40, required=False, label=gettext_lazy("联络员"))
    helper_phone = forms.CharField(
        max_length=20,
        required=False,
        label=gettext_lazy("联络员电话"),
        validators=[
            RegexValidator(
                r"^[0-9+\- ]{5,20}$", gettext_lazy("电话只能有数字、空格和横线，5 到 20 位。")
            )
        ],
    )
    forget_phone = forms.BooleanField(required=False, label=gettext_lazy("删除现有电话"))
    market_days = forms.CharField(max_length=60, required=False, label=gettext_lazy("集市日"))
    note = forms.CharField(max_length=500, required=False, label=gettext_lazy("备注"))

    def facts(self, former: VillageProfile | None) -> ProfileFacts:
        """What to store. Only after `is_valid()`."""
        given = self.cleaned_data
        phone = given["helper_phone"]
        if not phone and former and not given["forget_phone"]:
            phone = former.helper_phone
        return ProfileFacts(
            helper_name=given["helper_name"],
            helper_phone=phone,
            market_days=given["market_days"],
            note=given["note"],
        )


def profiles_of(place: Place, viewer: Staff) -> list[ShownProfile]:
    """The profiles of a village that the viewer may see: their own outlet's, or those below."""
    visible = VillageProfile.objects.visible_to(viewer).filter(place=place)
    own = keeps_profiles_of(viewer)
    today = timezone.localdate()
    found = visible.select_related("outlet", "updated_by").order_by("outlet__number")
    return [
        ShownProfile(
            profile=each,
            helper_name=each.helper_name if is_own else mask_name(each.helper_name),
            helper_phone=mask_phone(each.helper_phone),
            market=next_market(each.market_days, today),
            is_own=is_own,
        )
        for each in found[:MOST_SHOWN]
        for is_own in [own is not None and each.outlet_id == own.pk]
    ]


def profile_context(place: Place, viewer: Staff) -> dict[str, Any]:
    """What the section of the village page needs."""
    can_keep = place.level == PlaceLevel.VILLAGE and keeps_profiles_of(viewer) is not None
    return {
        "place": place,
        "name": place.short_name,
        "profiles": profiles_of(place, viewer),
        "can_keep": can_keep,
    }


@allow(*FIELD_ROLES)
@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
def village_profile(request: StaffRequest, code: str) -> HttpResponse:
    """The form, and saving it. 409 with what stands when a colleague was quicker."""
    place = _village(code)
    outlet = keeps_profiles_of(request.user)
    if outlet is None:
        raise PermissionDenied
    visible = VillageProfile.objects.visible_to(request.user).filter(place=place, outlet=outlet)
    profile = visible.select_related("updated_by").first()
    if request.method != "POST":
        return _form(request, place, profile, ProfileForm(initial=_initial(profile)))
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _form(request, place, profile, form, read_at=request.POST.get("read_at"), status=422)
    try:
        save_profile(
            place=place,
            outlet=outlet,
            facts=form.facts(profile),
            read_at=_moment(request.POST.get("read_at", "")),
            by=request.user,
        )
    except ChangedMeanwhile as changed:
        stands = changed.profile
        return _form(request, place, stands, form, changed=True, status=409)
    return _saved(request, place)


@allow(Role.MANAGER)
@require_POST
@cache_control(no_store=True)
def helper_call(request: StaffRequest, code: str) -> HttpResponse:
    """Ring the helper of my outlet's profile: the number leaves once, recorded.

    409 with the reason when the hour has had its numbers.
    """
    place = _village(code)
    own = VillageProfile.objects.visible_to(request.user).filter(
        place=place, outlet=request.user.branch
    )
    profile = own.select_related("place", "outlet").first()
    if profile is None or not profile.helper_phone:
        raise Http404
    given = call_helper(profile=profile, by=request.user)
    is_refused = isinstance(given, GateRefusal)
    context = {"place": place, "profile": profile, "refusal" if is_refused else "number": given}
    template = "map/helper_call.html#dial" if request.htmx else "map/helper_call.html"
    return render(request, template, context, status=409 if is_refused else 200)


def _village(code: str) -> Place:
    place = place_asked_for(code)
    if place.level != PlaceLevel.VILLAGE:
        raise Http404
    return place


def _initial(profile: VillageProfile | None) -> dict[str, str]:
    if profile is None:
        return {}
    return {name: getattr(profile, name) for name in ("helper_name", "market_days", "note")}


def _form(
    request: StaffRequest,
    place: Place,
    profile: VillageProfile | None,
    form: ProfileForm,
    *,
    read_at: str | None = None,
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "place": place,
        "name": place.short_name,
        "form": form,
        "profile": profile,
        "masked_phone": mask_phone(profile.helper_phone) if profile else "",
        "read_at": read_at if read_at is not None else _stamp(profile),
        "changed": changed,
    }
    template = "map/village_profile.html#form" if request.htmx else "map/village_profile.html"
    return render(request, template, context, status=status)


def _saved(request: StaffRequest, place: Place) -> HttpResponse:
    said = _("村档案已保存。")
    if not request.htmx:
        messages.success(request, said)
        return redirect("village", code=place.code)
    response = render(request, "map/profile.html", profile_context(place, request.user))
    return trigger_client_event(response, "toast", {"text": said, "kind": "success"})


def _stamp(profile: VillageProfile | None) -> str:
    return profile.updated_at.isoformat() if profile else ""


def _moment(text: str) -> datetime | None:
    """The stamp the form carries. What is none fits no profile and reads as changed."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = NEVER
    if not 2000 <= moment.year < 3000:  # further out no zone can hold it
        moment = NEVER
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
