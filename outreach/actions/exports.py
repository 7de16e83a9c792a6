"""导出: asked for by the head of a branch, agreed to or not by a reviewer, taken back."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branches.models import Role, Staff
from jobs.queue import enqueue
from outreach.exports.columns import in_order
from outreach.exports.rows import exportable
from outreach.models import Export, ExportedLead, ExportState
from outreach.models.export import ExportQuerySet
from trust import audit

MAKE_JOB = "outreach.make_export"
QUESTION_MOST = 2000  # characters of a filter that are kept


class ExportRefused(Exception):
    """It cannot be done (any more); the message says why, for the person who tried."""


def digest_of(question: str, ids: Sequence[int]) -> str:
    """What was shown: the filter and the customers it found. SHA-256 as hex."""
    return hashlib.sha256(f"{question}\n{audit.digest_of_ids(ids)}".encode()).hexdigest()


def ids_for(user: Staff, question: str) -> list[int]:
    """The customers who would be in it, one more than the limit at the most."""
    found = exportable(user, question).order_by("pk").values_list("pk", flat=True)
    return list(found[: settings.EXPORT_ROWS + 1])


@transaction.atomic
def ask_export(
    *,
    question: str,
    shown: str,
    columns: Sequence[str],
    clear: Sequence[str],
    purpose: str,
    words: str,
    by: Staff,
) -> Export:
    """Ask for the customers of a filter as a file. Who is in it is fixed now.

    Args:
        shown: `digest_of` what the asker saw before asking.

    Raises:
        ExportRefused: a filter too long, nobody, too many, or others than were shown.
    """
    if len(question) > QUESTION_MOST:
        raise ExportRefused(_("筛选条件太长，请减少几项后再申请。"))
    ids = ids_for(by, question)
    if not ids:
        raise ExportRefused(_("这个筛选下没有可以导出的客户。"))
    if len(ids) > settings.EXPORT_ROWS:
        said = _("一次最多导出 %(most)s 位客户，请先缩小筛选范围。")
        raise ExportRefused(said % {"most": settings.EXPORT_ROWS})
    if digest_of(question, ids) != shown:
        raise ExportRefused(_("名单刚才有变化，请核对新的人数后再提交。"))
    export = Export.objects.create(
        branch=by.branch,
        asked_by=by,
        question=question,
        columns=in_order([*columns, *clear]),
        clear=[key for key in in_order(clear) if key in clear],
        purpose=purpose,
        words=words,
        rows=len(ids),
        ids_digest=audit.digest_of_ids(ids),
        expires_at=_end(timezone.now()),
    )
    ExportedLead.objects.bulk_create(ExportedLead(export=export, lead_id=pk) for pk in ids)
    audit.record(
        "export.ask", by=by, target=f"export:{export.pk}", rows=len(ids), purpose=purpose,
        columns=export.columns, clear=export.clear, leads_digest=export.ids_digest,
    )  # fmt: skip
    return export


@transaction.atomic
def take_back_export(*, export: Export, by: Staff) -> None:
    """The asker needs it no more, and nobody has decided.

    Raises:
        PermissionDenied: it is another's.
        ExportRefused: decided meanwhile.
    """
    if export.asked_by_id != by.pk:
        raise PermissionDenied
    _decided(export, state=ExportState.TAKEN_BACK)
    export.leads.all().delete()
    audit.record("export.take_back", by=by, target=f"export:{export.pk}")


@transaction.atomic
def agree_to_export(*, export: Export, by: Staff) -> None:
    """Let it be made, and whoever asked fetch it for `EXPORT_DAYS`.

    Raises:
        PermissionDenied: not a reviewer, or their own request.
        ExportRefused: decided or over meanwhile.
    """
    _may_decide(export, by)
    job = enqueue(MAKE_JOB, {"export": export.pk}, by=by)
    _decided(
        export,
        state=ExportState.MAKING,
        decided_by=by,
        decided_at=timezone.now(),
        expires_at=_end(timezone.now()),
        job=job,
    )
    audit.record("export.agree", by=by, target=f"export:{export.pk}", rows=export.rows)


@transaction.atomic
def refuse_export(*, export: Export, by: Staff, reason: str) -> None:
    """Say no, and why. Who would have been in it is forgotten.

    Raises:
        PermissionDenied: not a reviewer, or their own request.
        ExportRefused: without a reason, decided or over meanwhile.
    """
    _may_decide(export, by)
    if not reason:
        raise ExportRefused(_("请写明不同意的原因。"))
    _decided(
        export,
        state=ExportState.REFUSED,
        decided_by=by,
        decided_at=timezone.now(),
        reason=reason,
    )
    export.leads.all().delete()
    audit.record("export.refuse", by=by, target=f"export:{export.pk}", rows=export.rows)


def _may_decide(export: Export, by: Staff) -> None:
    if by.role != Role.REVIEWER or export.asked_by_id == by.pk:
        raise PermissionDenied


def _decided(export: Export, **changes: object) -> None:
    """One winner: of two who decide at once, the second is told."""
    same = Export.objects.unscoped("fetched in scope by the caller").filter(pk=export.pk)
    if not _still_open(same).update(**changes):
        raise ExportRefused(_("这份导出申请已经处理过或已到期。"))


def _still_open(exports: ExportQuerySet) -> ExportQuerySet:
    return exports.waiting().filter(expires_at__gt=timezone.now())


def _end(at: datetime) -> datetime:
    return at + timedelta(days=settings.EXPORT_DAYS)
