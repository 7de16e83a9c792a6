"""我的 › 通行密钥: keys of one's own, added, named, taken away."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from branches.access import StaffRequest, everybody
from branches.actions.passkeys import add_passkey, remove_passkey
from branches.device_cookie import label_of
from branches.going_on import go_on_here, has_a_factor
from branches.models import Passkey
from branches.next_page import next_page
from branches.passkeys import (
    LONGEST_ANSWER,
    MOST,
    NotProved,
    are_offered,
    take_challenge,
    to_create,
)
from branches.step_up import ask_who, stepped_up


class PasskeyForm(forms.Form):
    """What the browser made, and what its owner calls it."""

    label = forms.CharField(
        max_length=40, error_messages={"required": gettext_lazy("给它起个名字，以后好认。")}
    )
    answer = forms.CharField(max_length=LONGEST_ANSWER)


@everybody
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def passkeys(request: StaffRequest) -> HttpResponse:
    """My keys, and one more. Who must have a second factor and has none comes here unasked."""
    user = request.user
    forced = user.needs_second_factor and not has_a_factor(request)
    if not forced and not stepped_up(request):
        return ask_who(request)
    challenge = take_challenge(request) if request.method == "POST" else None
    form = PasskeyForm(request.POST or None)
    if form.is_valid() and challenge is not None:
        was_first = not user.has_second_factor
        try:
            add_passkey(
                answer=form.cleaned_data["answer"],
                challenge=challenge,
                label=form.cleaned_data["label"],
                by=user,
            )
        except NotProved:
            form.add_error("answer", _("没有添加成功，请再试一次。"))
        else:
            return _added(request, was_first=was_first)
    elif form.is_bound and challenge is None:
        form.add_error("answer", _("等得太久了，请再试一次。"))
    return _page(request, form, forced=forced)


@everybody
@require_POST
def passkey_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Lost, or not needed any more: other devices are logged out with it."""
    key = get_object_or_404(Passkey, staff=request.user, pk=pk)
    if not stepped_up(request):
        return ask_who(request)
    remove_passkey(passkey=key, by=request.user)
    messages.success(request, _("通行密钥已移除，其他设备都已退出登录。"))
    still = request.user.has_second_factor
    leads_on = still or not request.user.needs_second_factor
    response = redirect("passkeys" if leads_on else "second_factor")
    go_on_here(request, response, proved=still)
    return response


def _added(request: StaffRequest, *, was_first: bool) -> HttpResponse:
    messages.success(request, _("通行密钥已添加，下次登录就能用。"))
    response = redirect(next_page(request, "passkeys"))
    if was_first:  # everything else that was let in by the password alone has ended
        go_on_here(request, response, proved=True)
    return response


def _page(request: StaffRequest, form: PasskeyForm, *, forced: bool) -> HttpResponse:
    mine = list(Passkey.objects.of(request.user))
    may_add = are_offered(request) and len(mine) < MOST
    context = {
        "form": form,
        "keys": mine,
        "forced": forced,
        "next": next_page(request, ""),
        "suggested": label_of(request.headers.get("User-Agent", "")),
        "offered": are_offered(request),
        "options": to_create(request, request.user) if may_add else None,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "account/passkeys.html", context, status=status)
