"""What an event of a customer's chain is, and those that lists made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from whitelist.models import BatchChange, Change, Customer, UploadRow, UploadState, WhitelistBatch


class Kind(models.TextChoices):
    """What an event is about: the filter of the page."""

    LIST = "list", gettext_lazy("名单")
    ASSIGNMENT = "assignment", gettext_lazy("分配")
    VIEW = "view", gettext_lazy("查看资料")
    REVEAL = "reveal", gettext_lazy("呼叫与看号码")
    CONTACT = "contact", gettext_lazy("触达")
    RESULT = "result", gettext_lazy("业务结果")
    CORRECTION = "correction", gettext_lazy("更正")
    REFUSAL = "refusal", gettext_lazy("拒绝营销")
    OTHER = "other", gettext_lazy("其他操作")


@dataclass(frozen=True)
class Event:
    """One thing that happened to a customer: when, what, by whom, and particulars as codes."""

    at: datetime
    kind: Kind
    what: str
    who: str = ""
    said: list[str] = field(default_factory=list)
    upload: int | None = None  # the list file it is about
    is_day: bool = False  # only the day is known


def list_events(customer: Customer) -> Iterator[Event]:
    """What each batch did to the customer's offers, and files that named them without effect."""
    rows, told = _rows(customer), set()
    for change in _changes(customer):
        row_no, amount = change["row_after__row_no"], change["row_after__amount"]
        told.add(change["row_after_id"])
        what = f"{Change(change['change']).label} · {change['offer__product__name']}"
        if change["batch__undoes"]:
            what = _("撤销名单：%(what)s") % {"what": what}
        elif row_no is None:  # called off: by a row of a 调出 list, or because no row names them
            called_off = [row for row in rows if row["upload_id"] == change["batch__upload_id"]]
            told |= {row["pk"] for row in called_off}
            row_no = called_off[0]["row_no"] if called_off else None
        said = [_place_in(change["batch__upload__file_name"], row_no)]
        if amount is not None:
            said.append(_("%(amount)s 元") % {"amount": f"{amount:,}"})
        yield Event(
            change["batch__in_force_at"],
            Kind.LIST,
            what,
            _reviewer(change, "batch__in_force_by"),
            said + _approval(change, "batch__"),
            change["batch__upload_id"],
        )
    yield from _rows_without_change([row for row in rows if row["pk"] not in told])


def _rows(customer: Customer) -> list[dict[str, Any]]:
    """The rows of every file that name the customer, without what is sealed."""
    return list(
        UploadRow.objects.filter(customer=customer)
        .order_by("pk")
        .values(
            *("pk", "row_no", "change", "upload_id", "upload__file_name", "upload__state"),
            *("upload__uploaded_at", "upload__uploaded_by__name"),
            "upload__uploaded_by__username",
        )
    )


def _changes(customer: Customer) -> Any:
    return BatchChange.objects.filter(offer__customer=customer).values(
        *("change", "row_after_id", "row_after__row_no", "row_after__amount"),
        *("offer__product__name", "batch_id", "batch__undoes", "batch__in_force_at"),
        *("batch__in_force_by__name", "batch__in_force_by__username", "batch__approval_no"),
        *("batch__model_version", "batch__upload_id", "batch__upload__file_name"),
    )


def _rows_without_change(rows: list[dict[str, Any]]) -> Iterator[Event]:
    """续留 without anything new, and files that did not take effect (yet)."""
    uploads = {row["upload_id"] for row in rows}
    in_force = WhitelistBatch.objects.filter(upload__in=uploads, undoes=None)
    batches = {batch.upload_id: batch for batch in in_force.select_related("in_force_by")}
    for row in rows:
        said = [_place_in(row["upload__file_name"], row["row_no"])]
        batch = batches.get(row["upload_id"])
        if batch is None:
            state = UploadState(row["upload__state"]).label
            what = _("名单文件里有这位客户（%(state)s）") % {"state": state}
            who = _reviewer(row, "upload__uploaded_by")
            yield Event(row["upload__uploaded_at"], Kind.LIST, what, who, said, row["upload_id"])
        elif row["change"]:
            by = batch.in_force_by
            numbers = {"approval_no": batch.approval_no, "model_version": batch.model_version}
            yield Event(
                batch.in_force_at,
                Kind.LIST,
                str(Change(row["change"]).label),
                f"{by.name} {by.username}" if by else _("系统"),
                said + _approval({**numbers, "batch_id": batch.pk}, ""),
                row["upload_id"],
            )


def _reviewer(row: Mapping[str, Any], prefix: str) -> str:
    name = row[f"{prefix}__name"]
    return f"{name} {row[f'{prefix}__username']}" if name else _("系统")


def _place_in(file_name: str, row_no: int | None) -> str:
    if row_no is None:
        return _("%(file)s（不在文件里）") % {"file": file_name}
    return _("%(file)s 第 %(row)d 行") % {"file": file_name, "row": row_no}


def _approval(row: Mapping[str, Any], prefix: str) -> list[str]:
    return [
        _("批次 %(n)d") % {"n": row["batch_id"]},
        _("审批单号 %(no)s") % {"no": row[f"{prefix}approval_no"] or "—"},
        _("模型版本 %(version)s") % {"version": row[f"{prefix}model_version"] or "—"},
    ]
