"""再确认一次是您本人: what a sensitive act asks first (`branches.step_up`)."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from branches.access import StaffRequest, everybody
from branches.factor_forms import ConfirmForm
from branches.models import SecondFactor
from branches.next_page import next_page
from branches.passkeys import take_challenge, to_get
from branches.step_up import note_confirmed
from trust import audit


@everybody
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def confirm(request: StaffRequest) -> HttpResponse:
    """Password and second factor, and back to what was begun."""
    user, after = request.user, next_page(request, "me")
    form = confirm_form(request)
    if form.is_valid():
        note_confirmed(request)
        audit.record("session.confirm", by=user, target=f"staff:{user.pk}", request=request)
        messages.success(request, _("已确认是您本人，请接着操作。"))
        return redirect(after)
    sso = settings.OIDC_LABEL if settings.OIDC_ISSUER and not user.has_usable_password() else ""
    context = what_it_asks(request, form) | {"next": after, "sso": sso}
    context["minutes"] = settings.STEP_UP_MINUTES
    status = 422 if request.method == "POST" else 200
    return render(request, "account/confirm.html", context, status=status)


def confirm_form(request: StaffRequest) -> ConfirmForm:
    """The form as it was sent, or empty; the challenge it answers is used up."""
    challenge = take_challenge(request) if request.method == "POST" else None
    return ConfirmForm(request.POST or None, staff=request.user, challenge=challenge)


def what_it_asks(request: StaffRequest, form: ConfirmForm) -> dict[str, Any]:
    """For `account/factor_proof.html`: which fields, and what a passkey is asked."""
    return {
        "form": form,
        "asks_password": "current" in form.fields,
        "has_code": SecondFactor.objects.of(request.user) is not None,
        "has_factor": form.has_factor,
        "passkey": to_get(request, request.user),
    }
