"""Everything held about one customer, readable: the answer to their request (个人信息保护法第四十五条)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from outreach.models import (
    Assignment,
    ContactLog,
    ContactLogVersion,
    Lead,
    Refusal,
    Share,
)
from outreach.record.personal_data import SEALED
from outreach.record.trace import InWords, trace_of
from whitelist.models import Correction, Customer, LoanResult, Location, Offer, UploadRow

WHY = "access: the customer asked for everything held about them"
# Heading of the section → what is told of each row, in the order it is written.
OFFER = ("programme", "product", "branch", "amount", "valid_from", "valid_to", "segment", "score")
LOG = (
    *("channel", "purpose", "started_at", "logged_at", "staff", "call_state", "person", "outcome"),
    *("need_amount", "need_time", "need_purpose", "business", "season", "follow_up_at", "note"),
    *("intention", "edited_at"),
)
LEAD = (
    *("branch", "holder", "stage", "stage_basis", "eligibility", "village", "precision"),
    *("follow_up_at", "last_attempt_at", "last_contact_at"),
)
POSITION = ("lon", "lat", "precision", "source", "address_kind", "place", "note", "stated_at")


def everything_about(customer: Customer, *, in_words: InWords) -> dict[str, Any]:
    """All sections, decrypted. Staff appear by name, since they saw or wrote it.

    Args:
        in_words: what an audited action is called.
    """
    leads = Lead.objects.unscoped(WHY).filter(customer=customer)
    logs = ContactLog.objects.unscoped(WHY).filter(lead__in=leads).order_by("started_at")
    trace = trace_of(customer, in_words=in_words)
    return {
        "客户资料": _row(
            customer, ("customer_no", "id_type", *SEALED, "division_code", "erased_at")
        ),
        "客户状态": _rows(leads, LEAD),
        "预审批额度": _rows(
            Offer.objects.unscoped(WHY).filter(customer=customer), (*OFFER, "is_in_force")
        ),
        "名单文件里的行": _rows(
            UploadRow.objects.filter(customer=customer).order_by("pk"),
            ("upload", "row_no", *SEALED, "division_code", *OFFER[1:], "do_not_contact"),
        ),
        "位置": _rows(Location.objects.filter(customer=customer).order_by("pk"), POSITION),
        "触达记录": _rows(logs, LOG),
        "登记的旧版本": _rows(
            ContactLogVersion.objects.filter(log__in=logs), ("content", "replaced_at")
        ),
        "更正": _rows(
            Correction.objects.unscoped(WHY).filter(customer=customer),
            ("field", "value", "state", "stated_by", "stated_at", "decided_at", "reason"),
        ),
        "拒绝营销": _rows(
            Refusal.objects.filter(customer=customer), ("source", "at", "ended_at", "end_reason")
        ),
        "业务结果": _rows(
            LoanResult.objects.unscoped(WHY).filter(offer__customer=customer),
            ("step", "on", "amount", "channel", "reason"),
        ),
        "分配": _rows(
            Assignment.objects.filter(lead__in=leads),
            ("holder", "at", "ended_at", "end_reason", "end_note", "end_remark"),
        ),
        "推送": _rows(
            Share.objects.unscoped(WHY).filter(lead__in=leads),
            ("staff", "product", "created_at", "opened_at", "opens", "clicked_at", "clicks"),
        ),
        "谁看过": [
            {
                "时间": _plain(event.at),
                "内容": str(event.kind.label),
                "事项": event.what,
                "人员": event.who,
                "说明": "；".join(event.said),
            }
            for event in trace.events
        ],
    }


def _rows(rows: QuerySet[Any], names: Sequence[str]) -> list[dict[str, Any]]:
    return [_row(row, names) for row in rows]


def _row(row: Model, names: Iterable[str]) -> dict[str, Any]:
    """What a row says, by what its columns are called on screen; empty ones are left out."""
    told = {}
    for name in names:
        field = row._meta.get_field(name)
        display = getattr(row, f"get_{name}_display", None)
        value = display() if display else getattr(row, name)
        if value not in (None, ""):
            told[str(getattr(field, "verbose_name", name))] = _plain(value)
    return told


def _plain(value: Any) -> Any:
    """As JSON has it: moments in the branch's time, rows by their name."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    return value if isinstance(value, int | float | bool) else str(value)
