"""员工: the supervisor's people with their load, and 离岗释放 of somebody who leaves."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from branches.access import StaffRequest, allow
from branches.models import Role, Staff
from outreach.actions.assign import undo_assignment
from outreach.actions.take_back import ended_by, release_leaver, undo_take_back
from outreach.models import AssignmentOperation, Lead, OperationKind
from outreach.morning import briefing as counting
from outreach.morning.activity import CONFIRMED, REPORTED
from outreach.morning.workforce import Member, members, pool, reachable_staff, workforce
from outreach.selection import Load, load_of
from outreach.views.branch.briefing import branch_asked_for
from outreach.views.branch.funnel import trail
from trust.wall import whole_bank

MOST = 300


class ReleaseForm(forms.Form):
    """Where the customers of a leaver go: the pool, or one colleague."""

    to = forms.ModelChoiceField(queryset=Staff.objects.none(), required=False)
    sure = forms.BooleanField(required=True)

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["to"].error_messages["invalid_choice"] = _("请选一位在岗的客户经理。")
        self.fields["sure"].error_messages["required"] = _("请先勾选确认。")


@allow(Role.SUPERVISOR)
@require_GET
def staff(request: StaffRequest) -> HttpResponse:
    """My people by outlet; whoever left with customers in hand stands on top."""
    branch = branch_asked_for(request)
    leads = Lead.objects.visible_to(request.user)
    everybody = workforce(branch, leads)
    context = {
        "branch": branch,
        "trail": trail(branch, request.user.branch),
        "left": [each for each in everybody if each.has_left and each.held],
        "members": [each for each in everybody if not each.has_left][:MOST],
        "pool": pool(branch, leads),
    }
    return render(request, "staff/page.html", context)


@allow(Role.SUPERVISOR)
@require_GET
def staff_member(request: StaffRequest, pk: int) -> HttpResponse:
    """One person: the load, yesterday and today, and the way out."""
    return _member_page(request, _person(request, pk), None)


@allow(Role.SUPERVISOR)
@require_POST
def release(request: StaffRequest, pk: int) -> HttpResponse:
    """离岗释放: everything a person holds goes to the pool, or to the colleague chosen."""
    person = _person(request, pk)
    form = ReleaseForm(request.POST, colleagues=_colleagues(request, person))
    if not form.is_valid():
        return _member_page(request, person, form)
    to = form.cleaned_data["to"]
    result = release_leaver(staff=person, by=request.user, to=to, request=request)
    words = {"count": f"{result.count:,}", "name": person.name, "to": to.name if to else ""}
    if result.operation is None:
        messages.info(request, _("%(name)s 名下没有客户了。") % words)
    elif to is None:
        messages.success(request, _("已释放 %(name)s 的 %(count)s 位客户，待分配。") % words)
    else:
        messages.success(request, _("已把 %(name)s 的 %(count)s 位客户移交给 %(to)s。") % words)
    return redirect("staff_member", pk=person.pk)


@allow(Role.SUPERVISOR)
@require_POST
def undo_release(request: StaffRequest, pk: int, operation: int) -> HttpResponse:
    """Take one's own release back, as far as nobody has touched the customers since."""
    person = _person(request, pk)
    mine = AssignmentOperation.objects.filter(by=request.user, kind=OperationKind.LEAVER)
    released = get_object_or_404(mine, pk=operation)
    act = undo_assignment if released.to_id else undo_take_back
    try:
        result = act(operation=released, by=request.user, request=request)
    except ValueError:
        messages.error(request, _("这次释放已经撤销过了。"))
        return redirect("staff_member", pk=person.pk)
    text = _("已撤销 %(count)s 位") % {"count": f"{result.restored:,}"}
    kept = [f"{why} {count:,}" for why, count in sorted(result.kept.items())]
    if kept:
        text += _("；没有还回：%(reasons)s") % {"reasons": _("、").join(kept)}
    (messages.success if result.restored else messages.error)(request, text)
    return redirect("staff_member", pk=person.pk)


def _person(request: StaffRequest, pk: int) -> Staff:
    found = Staff.objects.filter(reachable_staff(request.user)).distinct()
    person: Staff = get_object_or_404(found.select_related("branch"), pk=pk)
    return person


def _colleagues(request: StaffRequest, person: Staff) -> Any:
    managers = Staff.objects.visible_to(request.user).managers().exclude(pk=person.pk)
    return managers.select_related("branch")


def _member_page(request: StaffRequest, person: Staff, form: ReleaseForm | None) -> HttpResponse:
    leads = Lead.objects.visible_to(request.user)
    days = counting.days_to_show(timezone.localdate())
    lines = [counting.person_line(person, leads, day) for day in days]
    with whole_bank("only how many the asker may not move"):
        held = Lead.objects.unscoped("only how many the asker may not move").held_by(person).count()
    member = members([person], leads)[0]
    context = {
        "person": person,
        "member": member,
        "workable": leads.workable().held_by(person).count(),
        "elsewhere": held - member.held,
        "trail": trail(person.branch, request.user.branch),
        "days": days,
        "today": days[-1],
        "yesterday": days[-2],
        "reported": counting.rows_of(lines, REPORTED),
        "confirmed": counting.rows_of(lines, CONFIRMED),
        "now": lines[-1],
        "times": [line.times for line in lines],
        "colleagues": _with_load(request, person, member),
        "form": form,
        "releases": _releases_of(request, person),
    }
    return render(request, "staff/member.html", context, status=422 if form else 200)


def _with_load(request: StaffRequest, person: Staff, member: Member) -> list[tuple[Staff, Load]]:
    """Colleagues who could take over, those of the same branch first, with their load."""
    if not member.held:
        return []
    listed = list(_colleagues(request, person).by_pinyin()[:MOST])
    listed.sort(key=lambda each: each.branch_id != person.branch_id)
    loads = load_of(listed)
    return [(each, loads.get(each.pk, Load())) for each in listed]


def _releases_of(request: StaffRequest, person: Staff) -> list[AssignmentOperation]:
    """My releases of this person of the last day that can still be undone."""
    since = timezone.now() - timedelta(days=1)
    mine = AssignmentOperation.objects.filter(
        by=request.user, kind=OperationKind.LEAVER, at__gte=since, undone_at=None
    )
    handed = mine.filter(assignments__previous_holder=person)
    freed = [
        each
        for each in mine.filter(to=None)
        if person.pk in set(ended_by(each).values_list("holder", flat=True)[:1])
    ]
    return [*handed.select_related("to").distinct(), *freed]
