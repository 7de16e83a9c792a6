"""拒绝营销: who may not be contacted, the file for other channels, and reopening."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from branches.access import LIST_ROLES, StaffRequest, allow
from branches.models import Role
from outreach.actions.reopen import AskedBy, ReopenRefused, is_for_good, reopen
from outreach.models import Eligibility, Refusal, RefusalSource
from outreach.page_limits import page_of_customers
from outreach.refusing import exportable, lines_of, narrowed, open_refusals, refusals_within
from trust import audit
from trust.masking import mask_name, tells_a_number
from trust.wall import keep_while_sent, whole_bank

PAGE_SIZE = 50
# Days that still have a midnight in every zone, and one after them.
BOUNDS = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


class RefusalFilter(forms.Form):
    """Which refusals: of what source, from which day to which."""

    source = forms.ChoiceField(required=False, choices=[("", ""), *RefusalSource.choices])
    since = forms.DateField(label=gettext_lazy("从"), required=False, validators=BOUNDS)
    until = forms.DateField(label=gettext_lazy("到"), required=False, validators=BOUNDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"})

    def narrow(self, rows: QuerySet[Refusal]) -> QuerySet[Refusal]:
        """The refusals asked for; a filter that makes no sense shows none."""
        return narrowed(rows, **self.cleaned_data) if self.is_valid() else rows.none()


class ReopenForm(forms.Form):
    """The customer's own request, and why it is believed."""

    asked_by = forms.ChoiceField(
        choices=AskedBy.choices,
        error_messages={
            "required": gettext_lazy("请选择客户是怎样提出的。"),
            "invalid_choice": gettext_lazy("请选择客户是怎样提出的。"),
        },
    )
    asked_on = forms.DateField(
        validators=BOUNDS,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("请填写客户提出的日期。"),
            "invalid": gettext_lazy("请填写完整的日期。"),
        },
    )
    reason = forms.CharField(
        max_length=80,
        error_messages={
            "required": gettext_lazy("请写明原因。"),
            "max_length": gettext_lazy("原因请不要超过 80 个字。"),
        },
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if tells_a_number(reason):
            raise forms.ValidationError(_("原因里请不要写电话、证件号码或账号。"))
        return reason


@allow(*LIST_ROLES)
@require_GET
@page_of_customers
@whole_bank("that a customer has no lead anywhere is known to the whole bank alone")
def refusals(request: StaffRequest) -> HttpResponse:
    """Open refusals of the user's subtree, the newest first."""
    mine = open_refusals(request.user.branch)
    form = RefusalFilter(request.GET)
    rows = form.narrow(mine).select_related("customer", "contact_log", "by")
    counted = dict(mine.values_list("source").annotate(count=Count("pk")).order_by())
    page = Paginator(rows.order_by("-at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "form": form,
        "sources": [(s.value, s.label, counted.get(s.value, 0)) for s in RefusalSource],
        "total": sum(counted.values()),
        "unnamed": page.paginator.count - exportable(rows).count(),
        "rows": [(row, is_for_good(row)) for row in page],
        "may_reopen": request.user.role == Role.REVIEWER,
        "query": request.GET.urlencode(),
    }
    template = "lists/refusals.html#rows" if request.htmx else "lists/refusals.html"
    return render(request, template, context)


@allow(*LIST_ROLES)
@require_GET
@whole_bank("that a customer has no lead anywhere is known to the whole bank alone")
def refusals_file(request: StaffRequest) -> HttpResponseBase:
    """The refusals of the filter as CSV: 客户号, source and day, for the bank's other channels."""
    form = RefusalFilter(request.GET)
    rows = form.narrow(open_refusals(request.user.branch))
    if form.errors:  # the page says what is wrong with the filter
        return redirect(f"{reverse('refusals')}?{request.GET.urlencode()}")
    audit.record(
        "refusals.export",
        by=request.user,
        target=f"branch:{request.user.branch.code}",
        request=request,
        rows=exportable(rows).count(),
        source=form.cleaned_data["source"],
    )
    response = StreamingHttpResponse(lines_of(rows), content_type="text/csv; charset=utf-8")
    keep_while_sent(response)
    name = f"refusals-{timezone.localdate():%Y%m%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@allow(Role.REVIEWER)
@require_http_methods(["GET", "POST"])
@page_of_customers
@whole_bank("that a customer has no lead anywhere is known to the whole bank alone")
def refusal_reopen(request: StaffRequest, pk: int) -> HttpResponse:
    """解除: how and when the customer asked, why; then the lead follows its offers again."""
    mine = refusals_within(request.user.branch)
    refusal = get_object_or_404(mine.select_related("customer", "contact_log", "by"), pk=pk)
    if is_for_good(refusal):
        raise Http404
    if refusal.ended_at:
        messages.info(request, _("这条拒绝营销已经解除了。"))
        return redirect("refusals")
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if request.method == "GET" or not form.is_valid():
        return _ask(request, refusal, form, 200 if request.method == "GET" else 422)
    asked_by = AskedBy(form.cleaned_data.pop("asked_by"))
    try:
        becomes = reopen(refusal=refusal, by=request.user, asked_by=asked_by, **form.cleaned_data)
    except ReopenRefused as refused:
        form.add_error(None, str(refused))
        return _ask(request, refusal, form, 409)
    messages.success(request, _sentence(becomes))
    return redirect("refusals")


def _ask(request: StaffRequest, refusal: Refusal, form: ReopenForm, status: int) -> HttpResponse:
    context = {
        "refusal": refusal,
        "name": mask_name(refusal.customer.name),
        "form": form,
        "ways": AskedBy.choices,
    }
    return render(request, "lists/reopen.html", context, status=status)


def _sentence(becomes: Eligibility | None) -> str:
    if becomes == Eligibility.YES:
        return _("已解除。这位客户可以再联系了。")
    if becomes is None:
        return _("已解除拒绝营销。")
    said = _("已解除拒绝营销。但客户现在是“%(state)s”，仍然不能营销。")
    return said % {"state": becomes.label}
