"""The one set of filters of leads: map, list, funnel, assignment and API read it alike.

An unknown or malformed value answers nothing rather than everything.
"""

from datetime import timedelta
from typing import Any

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from branches.models import Branch, Staff
from outreach.models import AmountBand, Lead, Stage, StageBasis
from whitelist.models import Precision


class LeadFilter(django_filters.FilterSet):
    """Filters of leads. `user` is who asks: ``holder=me`` means them.

    Several values of ``stage``, ``segment``, ``band`` or ``precision`` mean any of them.
    ``expiring`` is a number of days, ``branch`` a 机构号 (with all below it),
    ``village`` a 12-digit code, ``product`` a product code.
    """

    stage = django_filters.MultipleChoiceFilter(choices=Stage.choices, label=_("阶段"))
    basis = django_filters.ChoiceFilter(
        field_name="stage_basis", choices=StageBasis.choices, label=_("依据")
    )
    segment = django_filters.CharFilter(method="filter_segment", label=_("客群"))
    band = django_filters.MultipleChoiceFilter(
        field_name="amount_band", choices=AmountBand.choices, label=_("额度")
    )
    expiring = django_filters.NumberFilter(method="filter_expiring", label=_("几天内到期"))
    holder = django_filters.CharFilter(method="filter_holder", label=_("持有人"))
    product = django_filters.CharFilter(field_name="product__code", label=_("产品"))
    branch = django_filters.CharFilter(method="filter_branch", label=_("机构"))
    village = django_filters.CharFilter(field_name="village__code", label=_("行政村"))
    precision = django_filters.MultipleChoiceFilter(choices=Precision.choices, label=_("精度"))

    class Meta:
        model = Lead
        fields: list[str] = []

    def __init__(
        self,
        data: QueryDict | dict[str, Any] | None = None,
        queryset: QuerySet[Lead] | None = None,
        *,
        user: Staff | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, queryset, **kwargs)
        self.user = user or getattr(kwargs.get("request"), "user", None)

    @property
    def qs(self) -> Any:
        """The filtered leads; none of them when a value makes no sense."""
        return super().qs if not self.is_bound or self.is_valid() else self.queryset.none()

    def filter_segment(self, leads: Any, name: str, value: str) -> Any:
        values = self.data.getlist(name) if hasattr(self.data, "getlist") else [value]
        return leads.filter(segment__in=values)

    def filter_expiring(self, leads: Any, name: str, days: Any) -> Any:
        today = timezone.localdate()
        days = min(max(int(days), 0), 3650) or settings.EXPIRING_DAYS
        return leads.filter(valid_to__range=(today, today + timedelta(days=days)))

    def filter_holder(self, leads: Any, name: str, value: str) -> Any:
        if value == "none":
            return leads.unassigned()
        if value == "me" and self.user is not None:
            return leads.held_by(self.user)
        return leads.filter(holder=value) if value.isascii() and value.isdecimal() else leads.none()

    def filter_branch(self, leads: Any, name: str, code: str) -> Any:
        branch = Branch.objects.filter(code=code).first()
        return leads.in_branch(branch) if branch else leads.none()
