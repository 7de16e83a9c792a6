"""我的 › 手机验证器: enrolled, looked at, its recovery codes renewed, taken off."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from branches.access import StaffRequest, everybody
from branches.actions.second_factor import begin_enrolment, renew_recovery_codes, take_off
from branches.authenticator import DIGITS, address
from branches.factor_forms import EnrolForm
from branches.going_on import go_on_here, has_a_factor
from branches.models import SecondFactor
from branches.next_page import next_page
from branches.passkeys import are_offered
from branches.step_up import ask_who, stepped_up
from branches.views.confirm import confirm_form, what_it_asks
from trust.qr import qr_of

BEGUN = "factor_begun"  # key of the enrolment this session began


@everybody
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def authenticator(request: StaffRequest) -> HttpResponse:
    """How it stands with mine; without one, the way to one in three steps.

    Who has another factor, the bank's login among them, is not led here before all else: a
    screen they left open must not take a thief's, with which everything else is confirmed.
    """
    mine = SecondFactor.objects.of(request.user)
    if mine is not None:
        return render(request, "account/factor.html", {"factor": mine})
    has_another = has_a_factor(request)
    has_password = request.user.has_usable_password()
    forced = request.user.needs_second_factor and not has_another
    if not forced and (has_another or not has_password) and not stepped_up(request):
        return ask_who(request)
    factor, data = _begun_here(request), request.POST or None
    without = forced or not has_password
    form = EnrolForm(data, staff=request.user, factor=factor, without_password=without)
    after = next_page(request, "second_factor")
    if not form.is_valid():
        context = {"form": form, "forced": forced, "next": after, "digits": DIGITS}
        context["passkeys_offered"] = are_offered(request)
        return _page(request, "account/factor_enrol.html", context | _to_scan(request, factor))
    request.session.pop(BEGUN, None)
    response = _codes_page(request, form.recovery_codes, after, enrolled=True)
    go_on_here(request, response, proved=True)
    return response


@everybody
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def off(request: StaffRequest) -> HttpResponse:
    """A new phone, or none any more. Who needs one is led to enrol the next at once."""
    form = confirm_form(request)
    if not SecondFactor.objects.of(request.user):
        return redirect("second_factor")
    if not form.is_valid():
        return _page(request, "account/factor_off.html", what_it_asks(request, form))
    take_off(by=request.user)
    messages.success(request, _("原来的手机验证器已停用，其他设备都已退出登录。"))
    still = request.user.has_second_factor  # by passkey
    needs_another = request.user.needs_second_factor and not still
    response = redirect("second_factor" if needs_another else "me")
    go_on_here(request, response, proved=still)
    return response


@everybody
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def codes(request: StaffRequest) -> HttpResponse:
    """Ten new recovery codes, on this one page."""
    form = confirm_form(request)
    if not SecondFactor.objects.of(request.user):
        return redirect("second_factor")
    if not form.is_valid():
        return _page(request, "account/factor_renew.html", what_it_asks(request, form))
    return _codes_page(request, renew_recovery_codes(by=request.user), next_page(request, "me"))


def _begun_here(request: StaffRequest) -> SecondFactor:
    """The enrolment this session began: who left the page for their phone finds the same code.

    Never one that another session began: who saw that one could make the codes, too.
    """
    mine = SecondFactor.objects.filter(staff=request.user, confirmed_at=None)
    factor = mine.filter(pk=request.session.get(BEGUN, 0)).first()
    if factor is None:
        factor = begin_enrolment(by=request.user)
        request.session[BEGUN] = factor.pk
    return factor


def _to_scan(request: StaffRequest, factor: SecondFactor) -> dict[str, str]:
    text = address(factor.secret, account=request.user.username, issuer=_("营销地图"))
    grouped = " ".join(factor.secret[at : at + 4] for at in range(0, len(factor.secret), 4))
    return {"qr": qr_of(text), "address": text, "secret": grouped}


def _codes_page(
    request: StaffRequest, shown: list[str], after: str, *, enrolled: bool = False
) -> HttpResponse:
    context = {"codes": shown, "next": after, "enrolled": enrolled}
    return render(request, "account/factor_codes.html", context)


def _page(request: StaffRequest, template: str, context: dict[str, object]) -> HttpResponse:
    return render(request, template, context, status=422 if request.method == "POST" else 200)
