"""Old audit events move to files; the chain goes on from where a file ends.

A file is gzipped JSON lines, a link and its event a line, in the chain's order.
On PostgreSQL only the tables' owner may take rows out of the log.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from trust import audit
from trust.chain import BEGINNING, Fault, Head, Rows, archived, faults_between, linked
from trust.models import AuditArchive, AuditEvent, AuditLink

KEPT = timedelta(days=180)  # at least so long at hand (网络安全法, article 21)
_FIELDS = (
    *("id", "actor_id", "actor_no", "action", "target", "result", "address", "detail"),
    *("mac", "key_id"),
)


class NotArchived(Exception):
    """Why nothing was moved, in a sentence."""


@transaction.atomic
def archive_before(moment: datetime, folder: Path) -> AuditArchive | None:
    """Move the links of events before `moment` to a file; None when there are none.

    The chain is moved up to the first event that is newer: what was chained
    after it stays. The file is whole on the disk before a row is deleted.

    Raises:
        NotArchived: too young to be moved, the stretch is not whole, or the file exists.
    """
    if moment > timezone.now() - KEPT:
        raise NotArchived(f"Events are kept at hand for {KEPT.days} days.")
    begins = archived()
    last = _last_before(moment)
    if last is None or last.number <= begins.number:
        return None
    wrong = next(faults_between(begins, last.number), None)
    if wrong is not None:
        raise NotArchived(f"Link {wrong.number} is not as it was sealed ({wrong.kind}).")
    path = folder / f"audit-{begins.number + 1:010d}-{last.number:010d}.jsonl.gz"
    if path.exists():
        raise NotArchived(f"{path.name} exists already.")
    folder.mkdir(parents=True, exist_ok=True)
    _write(path, begins.number, last.number)
    made = AuditArchive.objects.create(
        first=begins.number + 1,
        last=last.number,
        chain=last.chain,
        file_name=path.name,
        sha256=_sha256(path),
        at=timezone.now(),
    )
    links = AuditLink.objects.filter(number__lte=last.number)
    AuditEvent.objects.filter(pk__in=links.values("event_id"))._raw_delete(using="default")
    links._raw_delete(using="default")
    audit.record("audit.archived", by=None, first=made.first, last=made.last, file=made.file_name)
    return made


def faults_of_file(archive: AuditArchive, folder: Path) -> Iterator[Fault]:
    """What is wrong with an archived file: its bytes, or the chain in it."""
    path = folder / archive.file_name
    if not path.exists() or _sha256(path) != archive.sha256:
        yield Fault("file_missing" if not path.exists() else "file_changed", archive.first)
        return
    before = AuditArchive.objects.filter(last=archive.first - 1).first()
    chain = Head(archive.first - 1, before.chain) if before else Head(0, BEGINNING)
    yield from faults_between(chain, archive.last, _read(path))


def _last_before(moment: datetime) -> AuditLink | None:
    newer = AuditEvent.objects.filter(at__gte=moment)
    stays = AuditLink.objects.filter(event_id__in=newer.values("pk")).order_by("number").first()
    links = AuditLink.objects.order_by("-number")
    return (links.filter(number__lt=stays.number) if stays else links).first()


def _write(path: Path, after: int, last: int) -> None:
    part = path.with_suffix(".part")
    with gzip.open(part, "wt", encoding="utf-8") as lines:
        for link, event in linked(after):
            if event is None or link.number > last:
                break  # the stretch was found whole
            told = {name: getattr(event, name) for name in _FIELDS}
            told |= {"number": link.number, "chain": link.chain, "link_key": link.key_id}
            told["at"] = event.at.isoformat()
            lines.write(json.dumps(told, ensure_ascii=False) + "\n")
    part.rename(path)


def _read(path: Path) -> Rows:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            told: dict[str, Any] = json.loads(line)
            key_id = told.pop("link_key", 1)  # files of before there were several say none
            link = AuditLink(number=told.pop("number"), chain=told.pop("chain"), key_id=key_id)
            event = AuditEvent(at=datetime.fromisoformat(told.pop("at")), **told)
            link.event_id = event.pk
            yield link, event


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
