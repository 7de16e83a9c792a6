"""拒绝营销 as headquarters keeps it: customers nobody may contact any more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outreach.feeds.applying import Applied, Leads
from outreach.feeds.checking import Row, Told
from outreach.feeds.columns import Column
from outreach.models import ContactLog, Eligibility, Feed, Lead, Refusal, RefusalSource, Share

# 原因 may be there and is not kept: a refusal needs none.
COLUMNS = (
    Column("customer_no", _("客户号"), "客户号 客户编号 客户号ecif ecif号 ecif ecif客户号 客户代码 custno cust_no customer_no"),
    Column("on", _("日期"), "日期 拒绝日期 登记日期 拒绝时间 登记时间 时间 生效日期 date", required=False),
    Column("reason", _("原因"), "原因 拒绝原因 备注 说明 reason", required=False),
)  # fmt: skip


@dataclass(frozen=True)
class Refused:
    """That a customer refused: when (None: not told), through what."""

    at: datetime | None
    source: str = RefusalSource.HQ
    log: ContactLog | None = None


def read(row: Row) -> Told | None:
    """The refusal a row tells of; None when it has problems."""
    customer_no, on = row.customer_no(), row.day("on", required=False)
    if row.problems:
        return None
    at = timezone.make_aware(datetime.combine(on, time())) if on else None
    return Told(row.row_no, customer_no, None, Refused(at))


def apply(feed: Feed, told: Sequence[Told], leads: Leads) -> Applied:
    """Close the customers who are open; those closed already, and the same twice, are known."""
    wanted: dict[int, Refused] = {}
    for each in told:
        wanted.setdefault(leads[each.customer_no].customer_id, each.content)
    opened = open_refusals(feed, wanted)
    done = Applied(added=len(opened), known=len(told) - len(opened))
    done.leads = {lead.pk for lead in leads.values() if lead.customer_id in opened}
    return done


def open_refusals(feed: Feed, wanted: Mapping[int, Refused]) -> set[int]:
    """Open a refusal for each of these customers, by id, who has none; returns for whom.

    A customer who reopened contact themselves after the day that is told stays
    open: that day's word is no longer theirs. Without a day, the word is new.
    """
    closed = set()
    rows = Refusal.objects.filter(customer__in=wanted).values_list("customer_id", "ended_at")
    for customer_id, ended_at in rows:
        at = wanted[customer_id].at
        if ended_at is None or (at is not None and at <= ended_at):
            closed.add(customer_id)
    fresh = [
        Refusal(customer_id=customer_id, source=each.source, contact_log=each.log, by=feed.by)
        for customer_id, each in sorted(wanted.items())
        if customer_id not in closed
    ]
    Refusal.objects.bulk_create(fresh)
    for refusal in fresh:
        refusal.at = wanted[refusal.customer_id].at or refusal.at
    Refusal.objects.bulk_update(fresh, ["at"])
    opened = {refusal.customer_id for refusal in fresh}
    Lead.objects.unscoped("leads of the customers who refused").filter(customer__in=opened).update(
        eligibility=Eligibility.REFUSED
    )
    pages = Share.objects.unscoped("pages sent to the customers who refused")
    pages.filter(lead__customer__in=opened).close(timezone.now())
    return opened
