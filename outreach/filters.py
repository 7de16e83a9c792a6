"""One filter over leads, for the map, the lists, the funnel's links and the API.

A question is a query string; all parameters narrow, none widens the scope:

| parameter | value | repeated |
|---|---|---|
| ``stage`` | a `Stage` | any of them |
| ``basis`` | ``reported`` or ``confirmed`` | |
| ``segment`` | 客群 as the list wrote it | any of them |
| ``band`` | lower bound in 万元: 0, 5, 10, 20, 50 | any of them |
| ``expiring`` | days: ends within so many, today included | |
| ``due`` | ``1``: an agreed follow-up is today or overdue | |
| ``overdue`` | ``1``: an agreed follow-up was yesterday or before | |
| ``happened`` | an `Activity`: what was done with them, between ``since`` and ``until`` | |
| ``since``, ``until`` | days, both inclusive; without them: from ever, until today | |
| ``by`` | the id of the colleague who did it (of results: who held them that day) | |
| ``holder`` | ``me``, ``none`` or the id of a member of staff | |
| ``product`` | a product code | any of them |
| ``branch`` | a branch code: it and everything below | |
| ``village`` | a 12-digit place code | |
| ``precision`` | a `Precision` (0 to 6) | any of them |

A value that makes no sense is an error (`is_valid()` is false) and answers
nothing: a list that silently answers another question is worse than none.
Parameters of other names are not the filter's business.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import BooleanWidget

from branches.models import Branch, Staff
from outreach.models import AmountBand, Lead, Stage, StageBasis
from outreach.morning.activity import Activity, Days, customers_with
from outreach.querysets import LeadQuerySet
from whitelist.models import Place, Precision, Product

EVER = date(2000, 1, 1)  # before anything was logged
NEVER = date(2100, 1, 1)
_TOGETHER = {"happened", "since", "until", "by"}  # parameters that ask one question


class _TextsField(forms.Field):
    """Every value given for a parameter, blanks left out."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> list[str]:
        return [text.strip() for text in value or [] if text.strip()]


class _HolderField(forms.CharField):
    """``me``, ``none`` or the id of a member of staff."""

    def validate(self, value: str) -> None:
        super().validate(value)
        is_number = value.isascii() and value.isdecimal() and len(value) < 19  # fits a bigint
        if value and value not in {"me", "none"} and not is_number:
            raise ValidationError(_("持有人应为 me、none 或员工编号。"))


class _AnyOf(filters.Filter):
    field_class = _TextsField

    def filter(self, qs: LeadQuerySet, value: list[str]) -> LeadQuerySet:
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class _HolderFilter(filters.Filter):
    field_class = _HolderField


class _SwitchWidget(BooleanWidget):
    """``1`` and ``0`` besides ``true`` and ``false``."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        given = data.get(name)
        if given in {"1", "0"}:
            return given == "1"
        return super().value_from_datadict(data, files, name)


class _DayFilter(filters.DateFilter):
    """One day, in a year that a log or a result can be of."""

    def __init__(self, **kwargs: Any) -> None:
        limits = [MinValueValidator(EVER), MaxValueValidator(NEVER)]
        super().__init__(input_formats=["%Y-%m-%d"], validators=limits, **kwargs)


class _LeadForm(forms.Form):
    """The parameters together: days and a colleague say nothing without what happened."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("happened") and any(given.get(name) for name in ("since", "until", "by")):
            raise ValidationError(_("since、until、by 要和 happened 一起用。"))
        return given


class LeadFilter(filters.FilterSet):
    """Narrows leads that were scoped before: ``LeadFilter(request.GET, queryset=…, user=…)``.

    `user` (or the request's) is who asks: ``holder=me`` means them.
    """

    stage = filters.MultipleChoiceFilter(label=_("阶段"), choices=Stage.choices, distinct=False)
    basis = filters.ChoiceFilter(
        label=_("依据"), field_name="stage_basis", choices=StageBasis.choices
    )
    segment = _AnyOf(label=_("客群"))
    band = filters.TypedMultipleChoiceFilter(
        label=_("预审批额度"),
        field_name="amount_band",
        choices=AmountBand.choices,
        coerce=int,
        distinct=False,
    )
    expiring = filters.NumberFilter(
        label=_("几天内到期"), method="_expiring", min_value=0, max_value=366
    )
    due = filters.BooleanFilter(label=_("待跟进"), method="_due", widget=_SwitchWidget)
    overdue = filters.BooleanFilter(label=_("逾期未跟进"), method="_overdue", widget=_SwitchWidget)
    happened = filters.ChoiceFilter(label=_("发生过"), choices=Activity.choices, method="_happened")
    since = _DayFilter(label=_("从"), method="_said_elsewhere")
    until = _DayFilter(label=_("到"), method="_said_elsewhere")
    by = filters.NumberFilter(
        label=_("由谁"),
        method="_said_elsewhere",
        min_value=1,
        max_value=2**31 - 1,
        decimal_places=0,
    )
    holder = _HolderFilter(label=_("持有人"), method="_holder")
    product = filters.ModelMultipleChoiceFilter(
        label=_("产品"),
        field_name="product__code",
        queryset=Product.objects.all(),
        to_field_name="code",
        distinct=False,
    )
    branch = filters.ModelChoiceFilter(
        label=_("机构"), queryset=Branch.objects.all(), to_field_name="code", method="_branch"
    )
    village = filters.ModelChoiceFilter(
        label=_("行政村"), queryset=Place.objects.all(), to_field_name="code"
    )
    precision = filters.TypedMultipleChoiceFilter(
        label=_("精度"), choices=Precision.choices, coerce=int, distinct=False
    )

    class Meta:
        model = Lead
        form = _LeadForm
        fields: list[str] = []

    def __init__(
        self,
        data: Any = None,
        queryset: Any = None,
        *,
        user: Staff | None = None,
        **kwargs: Any,
    ) -> None:
        data = _storable(data)
        if data is not None:
            self.__dict__["base_filters"] = _needed_for(data, self.base_filters)
        super().__init__(data, queryset, **kwargs)
        self.user = user or getattr(kwargs.get("request"), "user", None)

    @property
    def qs(self) -> Any:
        """The filtered leads; none of them when a value makes no sense."""
        return super().qs if not self.is_bound or self.is_valid() else self.queryset.none()

    def _expiring(self, leads: LeadQuerySet, name: str, days: int) -> LeadQuerySet:
        return leads.expiring(int(days))

    def _due(self, leads: LeadQuerySet, name: str, wanted: bool) -> LeadQuerySet:
        return leads.due() if wanted else leads

    def _overdue(self, leads: LeadQuerySet, name: str, wanted: bool) -> LeadQuerySet:
        return leads.overdue() if wanted else leads

    def _happened(self, leads: LeadQuerySet, name: str, activity: str) -> LeadQuerySet:
        asked = self.form.cleaned_data
        days = Days(asked["since"] or EVER, asked["until"] or timezone.localdate())
        by = asked["by"]
        return customers_with(leads, Activity(activity), days, by=int(by) if by else None)

    def _said_elsewhere(self, leads: LeadQuerySet, name: str, value: Any) -> LeadQuerySet:
        return leads  # `_happened` asks for it

    def _branch(self, leads: LeadQuerySet, name: str, branch: Branch) -> LeadQuerySet:
        return leads.in_branch(branch)

    def _holder(self, leads: LeadQuerySet, name: str, value: str) -> LeadQuerySet:
        if value == "none":
            return leads.unassigned()
        if value == "me":
            return leads.held_by(self.user) if self.user is not None else leads.none()
        return leads.filter(holder_id=int(value))


def _needed_for(data: Any, all_filters: Mapping[str, Any]) -> dict[str, Any]:
    """The filters that the data names: each is copied for each question, and most are not asked."""
    named = {name for name in all_filters if name in data}
    if named & _TOGETHER:
        named |= _TOGETHER
    return {name: each for name, each in all_filters.items() if name in named}


def _storable(data: Any) -> Any:
    """The data without NUL characters, which PostgreSQL refuses to compare with."""
    if data is None or not any("\0" in str(data[name]) for name in data):
        return data
    return {name: str(data[name]).replace("\0", "\ufffd") for name in data}


PARAMETERS = tuple(LeadFilter.base_filters)


def filter_query(data: Mapping[str, Any]) -> dict[str, list[str]]:
    """The part of a query string that is a lead filter, to be carried on in a link."""
    read = getattr(data, "getlist", lambda name: [data[name]] if name in data else [])
    return {name: read(name) for name in PARAMETERS if read(name)}
