"""Open refusals (拒绝营销): whose they are to look at, and the file other channels respect."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Branch
from outreach.models import Refusal
from whitelist.models import Offer
from whitelist.report import safe_cell


def refusals_within(branch: Branch | None) -> QuerySet[Refusal]:
    """Refusals of customers in the branch's subtree, ended ones too; None: of the whole bank.

    A customer without a lead is looked for by the branch of their offers.
    """
    if branch is None:
        return Refusal.objects.all()
    listed = Offer.objects.unscoped("narrowed to the branch in the same breath").filter(
        customer=OuterRef("customer"), branch__number__range=branch.number_range
    )
    return Refusal.objects.filter(
        Q(customer__lead__branch_number__range=branch.number_range)
        | Q(customer__lead=None) & Exists(listed)
    )


def open_refusals(branch: Branch | None) -> QuerySet[Refusal]:
    """Those of `refusals_within` that stand."""
    return refusals_within(branch).filter(ended_at=None)


def narrowed(
    rows: QuerySet[Refusal],
    *,
    source: str = "",
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Refusal]:
    """Of one source, from a day to a day (both whole)."""
    if source:
        rows = rows.filter(source=source)
    if since:
        rows = rows.filter(at__gte=_midnight(since))
    if until:
        rows = rows.filter(at__lt=_midnight(until) + timedelta(days=1))
    return rows


def exportable(rows: QuerySet[Refusal]) -> QuerySet[Refusal]:
    """Those that can be named to another system: by 客户号, never by anything personal."""
    return rows.exclude(customer__customer_no=None).exclude(customer__customer_no="")


class _Line:
    """What csv writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def lines_of(rows: QuerySet[Refusal]) -> Iterator[str]:
    """A CSV, line by line: 客户号, 来源, 日期; no names. It begins with a BOM, for spreadsheets."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([_("客户号"), _("来源"), _("日期")])
    found = exportable(rows).select_related("customer").order_by("at", "pk")
    for row in found.only("source", "at", "customer__customer_no").iterator(chunk_size=2000):
        day = timezone.localdate(row.at).isoformat()
        number = row.customer.customer_no or ""
        yield writer.writerow([safe_cell(number), str(row.get_source_display()), day])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
