"""客户轨迹 on screen: who saw this customer, under which list. For audit and list operations.

The 客户号 is a pseudonym of the bank and must not lie in logs of addresses: it
comes by POST, and the answer leads to a page under our own number, which can be
filtered, printed and come back to. Looking for a customer and reading the chain
are audited. A number of another branch's customer is answered as one that does
not exist.
"""

import csv
from io import StringIO
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from branches.access import LIST_ROLES, StaffRequest, allow
from branches.models import Role
from marketing_map.audit_page import BOUNDS
from marketing_map.audit_words import action_in_words
from outreach.page_limits import page_of_customers
from outreach.record.trace import Trace, customers_within, narrowed, trace_of
from outreach.record.trace_lists import Event, Kind
from trust import audit
from trust.wall import whole_bank
from whitelist.asked import text_of
from whitelist.models import Customer
from whitelist.report import safe_cell

READERS = (Role.AUDITOR, *LIST_ROLES)


class TraceFilter(forms.Form):
    """Which events: of what kind, from which day to which."""

    kind = forms.ChoiceField(
        label=_("内容"), choices=[("", _("全部")), *Kind.choices], required=False
    )
    since = forms.DateField(label=_("从"), required=False, validators=BOUNDS)
    until = forms.DateField(label=_("到"), required=False, validators=BOUNDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"})

    def narrow(self, events: list[Event]) -> list[Event]:
        """The events asked for; a filter that makes no sense shows none."""
        return narrowed(events, **self.cleaned_data) if self.is_valid() else []


@allow(*READERS)
@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
@page_of_customers
@whole_bank("that a customer has no lead anywhere is known to the whole bank alone")
def find_customer(request: StaffRequest) -> HttpResponse:
    """The search field; a number that is found leads to its chain."""
    if request.method == "GET":
        return render(request, "trace/find.html")
    number = text_of(request.POST, "customer_no")
    if not number:
        return _not_found(request, gettext("请填写客户号。"), 422)
    customer = customers_within(request.user).filter(customer_no=number).first()
    if customer is None:
        audit.record("customer.trace", by=request.user, result="not_found", request=request)
        return _not_found(request, gettext("没有找到这个客户号。请核对后再查。"), 404)
    return redirect("customer_trace", pk=customer.pk)


@allow(*READERS)
@require_GET
@cache_control(no_store=True)
@page_of_customers
@whole_bank("that a customer has no lead anywhere is known to the whole bank alone")
def customer_trace(request: StaffRequest, pk: int) -> HttpResponse:
    """One customer's chain, the oldest event first; ``?download=csv`` takes it away."""
    customer: Customer = get_object_or_404(customers_within(request.user), pk=pk)
    trace = trace_of(customer, in_words=action_in_words)
    form = TraceFilter(request.GET)
    shown = form.narrow(trace.events)
    wants_csv = request.GET.get("download") == "csv"
    audit.record(
        "customer.trace",
        by=request.user,
        target=f"customer:{customer.pk}",
        request=request,
        events=len(shown),
        **({"download": "csv"} if wants_csv else {}),
    )
    if wants_csv:
        return _as_csv(customer, shown)
    query = request.GET.copy()
    query["download"] = "csv"
    context = {
        "trace": trace,
        "customer": customer,
        "form": form,
        "shown": shown,
        "counts": _counts(trace),
        "may_open_lists": request.user.role in LIST_ROLES,
        "download": query.urlencode(),
    }
    return render(request, "trace/customer.html", context)


@allow(*READERS)
@require_GET
@whole_bank("that a customer has no lead anywhere is known to the whole bank alone")
def lead_trace(request: StaffRequest, pk: int) -> HttpResponse:
    """From the number of a lead, as the audit log has it, to the chain of its customer."""
    customer: Customer = get_object_or_404(customers_within(request.user), lead__pk=pk)
    return redirect("customer_trace", pk=customer.pk)


def _not_found(request: StaffRequest, problem: str, status: int) -> HttpResponse:
    return render(request, "trace/find.html", {"problem": problem}, status=status)


def _counts(trace: Trace) -> list[tuple[str, str, int]]:
    """Each kind that has events: value, label, how many."""
    counted = [(kind, sum(event.kind == kind for event in trace.events)) for kind in Kind]
    return [(kind.value, str(kind.label), count) for kind, count in counted if count]


def moment_of(event: Event) -> str:
    """When, as a table shows it."""
    return timezone.localtime(event.at).strftime("%Y-%m-%d" if event.is_day else "%Y-%m-%d %H:%M")


def _as_csv(customer: Customer, events: list[Event]) -> HttpResponse:
    out = StringIO()
    writer = csv.writer(out)
    headings = (_("客户号"), _("时间"), _("内容"), _("事项"), _("人员"), _("说明"))
    writer.writerow([str(heading) for heading in headings])
    for event in events:
        cells = [customer.customer_no or "", moment_of(event), str(event.kind.label), event.what]
        writer.writerow([safe_cell(cell) for cell in (*cells, event.who, "；".join(event.said))])
    response = HttpResponse(
        out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8"
    )
    name = f"customer-{customer.pk}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
