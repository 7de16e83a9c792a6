"""The list of customers: a table at the desk, rows on a phone."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from branches.access import FIELD_ROLES, StaffRequest, allow
from branches.models import Branch, Staff
from outreach.disclosure import names_for, record_daily_view, with_personal_data
from outreach.filters import LeadFilter, filter_query
from outreach.models import AmountBand, Eligibility, Lead, Stage, StageBasis
from outreach.morning.activity import Activity
from outreach.page_limits import page_of_customers
from outreach.querysets import LeadQuerySet
from whitelist.models import Place, Precision, Product

PAGE = 50
SORTS: dict[str, str | Promise] = {
    "priority": gettext_lazy("按优先级"),
    "expiry": gettext_lazy("先到期的在前"),
    "amount": gettext_lazy("额度从高到低"),
    "village": gettext_lazy("按村（拼音）"),
}


@dataclass(frozen=True)
class Choice:
    """One select of the filter bar: parameter, label, its options and the one that is set."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str


@dataclass(frozen=True)
class Applied:
    """A filter in force that no select shows: in words, and the query without it."""

    name: str
    words: str
    values: list[str]
    without: str


@allow(*FIELD_ROLES)
@require_GET
@page_of_customers
def lead_list(request: StaffRequest) -> HttpResponse:
    """Customers that may be worked on today, filtered, sorted, by pages."""
    parameters = _without_blanks(request.GET)
    leads = _listed(request.user, parameters)
    asked = LeadFilter(QueryDict(_query(parameters)), queryset=leads, user=request.user)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "priority"
    pages = Paginator(with_personal_data(_sorted(asked.qs, sort)), PAGE)
    page = pages.get_page(request.GET.get("page"))
    listed = list(page.object_list)
    names = names_for(request.user, listed)
    record_daily_view(request.user, listed)
    context: dict[str, Any] = {
        "rows": [
            (lead, names[lead.pk], lead.village.short_name if lead.village else "")
            for lead in listed
        ],
        "page": page,
        "is_sensible": asked.is_valid(),
        "filter": _query(parameters),
        "query": _query(parameters | {"sort": [sort]}),
        "applied": _applied(parameters, request.user),
        "expiring_days": settings.EXPIRING_DAYS,
        "sort": sort,
        "sorts": SORTS.items(),
    }
    if request.htmx and request.htmx.target == "leads":
        return render(request, "lead_list.html#leads", context)
    context["choices"] = _choices(request.user, parameters)
    return render(request, "lead_list.html", context)


def _listed(user: Staff, parameters: dict[str, list[str]]) -> LeadQuerySet:
    """Those that may be worked on; asked what happened, also those that have left the list since."""
    visible = Lead.objects.visible_to(user)
    if "happened" not in parameters:
        return visible.worked_on_by(user)
    if user.is_manager:
        return visible.held_by(user) | visible.workable()
    return visible.exclude(eligibility=Eligibility.CONTROL)


def _sorted(leads: LeadQuerySet, sort: str) -> LeadQuerySet:
    if sort == "expiry":
        return leads.order_by("valid_to", "pk")
    if sort == "amount":
        return leads.order_by("-amount", "pk")
    if sort == "village":
        village = F("village__sort_key").asc(nulls_last=True)
        return leads.order_by(village, "village__code", "pk")
    return leads.by_priority()


def _without_blanks(data: QueryDict) -> dict[str, list[str]]:
    """The filter of the query string; a select left at 不限 sends a blank, which asks nothing."""
    found = {name: [each for each in values if each] for name, values in filter_query(data).items()}
    return {name: values for name, values in found.items() if values}


def _choices(user: Staff, parameters: dict[str, list[str]]) -> list[Choice]:
    """The selects of the bar. One that is set to several values at once stands as `Applied`."""
    own = Lead.objects.visible_to(user).workable()
    segments = own.exclude(segment="").order_by().values_list("segment", flat=True).distinct()
    products = Product.objects.filter(pk__in=own.order_by().values("product"))
    options: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("stage", _("阶段"), [(str(k), str(v)) for k, v in Stage.choices]),
        ("holder", _("持有人"), _holders(user)),
        ("expiring", _("到期"), [(str(d), _("%(days)s天内到期") % {"days": d}) for d in _days()]),
        ("band", _("额度"), [(str(k), str(v)) for k, v in AmountBand.choices]),
        ("segment", _("客群"), [(each, each) for each in sorted(segments)]),
        ("product", _("产品"), [(each.code, each.name) for each in products]),
    ]
    return [
        Choice(name, label, choices, "".join(parameters.get(name, [])))
        for name, label, choices in options
        if len(parameters.get(name, [])) < 2
    ]


def _holders(user: Staff) -> list[tuple[str, str]]:
    if user.is_manager:
        return [("me", _("我的")), ("none", _("待分配"))]
    managers = Staff.objects.visible_to(user).managers().by_pinyin()[:300]
    return [("none", _("待分配")), *((str(each.pk), each.name) for each in managers)]


def _days() -> list[int]:
    return sorted({settings.EXPIRING_DAYS, 30})


def _applied(found: dict[str, list[str]], user: Staff) -> list[Applied]:
    """Filters that came by a link (a village, an outlet, several stages) and stay until removed."""
    in_bar = {"stage", "holder", "expiring", "band", "segment", "product"}
    return [
        Applied(
            name=name,
            words=_in_words(name, values, user),
            values=values,
            without=_query({key: each for key, each in found.items() if key not in _with(name)}),
        )
        for name, values in found.items()
        if name not in in_bar or len(values) > 1
    ]


def _with(name: str) -> set[str]:
    """What goes when a filter is taken off: without what happened, days say nothing."""
    return {"happened", "since", "until", "by"} if name == "happened" else {name}


def _in_words(name: str, values: list[str], user: Staff) -> str:
    labels: dict[str, str] = {}
    if name == "branch":
        labels = dict(Branch.objects.filter(code__in=values).values_list("code", "name"))
    elif name == "village":
        places = Place.objects.filter(code__in=values)
        labels = {each.code: each.short_name for each in places}
    elif name == "stage":
        labels = {str(k): str(v) for k, v in Stage.choices}
    elif name == "basis":
        labels = {str(k): str(v) for k, v in StageBasis.choices}
    elif name == "precision":
        labels = {str(k): str(v) for k, v in Precision.choices}
    elif name == "due":
        return _("今天该跟进")
    elif name == "overdue":
        return _("逾期未跟进")
    elif name == "happened":
        labels = {str(k): str(v) for k, v in Activity.choices}
    elif name == "by":
        ids = [int(each) for each in values if _is_number(each)]
        staff = Staff.objects.visible_to(user).filter(pk__in=ids)  # numbers can be tried out
        labels = {str(each.pk): each.name for each in staff}
    elif name in {"since", "until"}:
        words = _("从 %(day)s") if name == "since" else _("到 %(day)s")
        return words % {"day": values[-1]}
    return _("、").join(labels.get(each, each) for each in values)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _query(parameters: dict[str, list[str]]) -> str:
    query = QueryDict(mutable=True)
    for name, values in parameters.items():
        query.setlist(name, values)
    return query.urlencode()
