"""What people do with a list file before it is submitted: hand it in, name its columns, give it up."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from branches.models import Branch, Staff
from jobs.queue import enqueue
from trust import audit
from trust.files import sealed
from whitelist.imports.mapping import FIELDS, MappingProblem, key_of, problems_of
from whitelist.imports.pipeline import has_one_product
from whitelist.imports.reading.problems import FileProblem
from whitelist.models import ColumnMapping, Programme, UploadState, WhitelistUpload
from whitelist.models.upload import ABANDONABLE

CHECK_JOB = "whitelist.check"
DISCARD_JOB = "whitelist.discard"


class MappingRefused(Exception):
    """The mapping cannot be used; `problems` say why, each with a sentence."""

    def __init__(self, problems: list[MappingProblem]) -> None:
        super().__init__(" ".join(problem.sentence for problem in problems))
        self.problems = problems


class NotPossibleNow(Exception):
    """The upload is in another state by now: look at it again."""


class _Arriving:
    """The file on its way to the store: measured and hashed as it is sealed."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.size = 0
        self.hash = hashlib.sha256()

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield from sealed(self._plain())

    def _plain(self) -> Iterator[bytes]:
        for chunk in _pieces(self.file):
            self.size += len(chunk)
            if self.size > settings.UPLOAD_MAX_BYTES:
                raise FileProblem("too_large", limit=settings.UPLOAD_MAX_BYTES // 1024**2)
            self.hash.update(chunk)
            yield chunk


def _pieces(file: Any) -> Iterator[bytes]:
    if hasattr(file, "chunks"):
        yield from file.chunks(1024 * 1024)
        return
    while piece := file.read(1024 * 1024):
        yield piece


@dataclass(frozen=True)
class Stored:
    """A file as it lies in the store, sealed. `size` and `sha256` are of the plain bytes."""

    stored_as: str
    size: int
    sha256: str


@contextmanager
def stored_sealed(file: "UploadedFile | Any") -> Iterator[Stored]:
    """Store a file sealed; it is removed again when the block fails.

    Written before any transaction begins, so that a slow disk keeps no lock.
    `file`: anything with `read` or `chunks`.

    Raises:
        FileProblem: too_large.
    """
    arriving = _Arriving(file)
    name = f"uploads/{uuid4().hex}.sealed"
    try:
        stored_as = default_storage.save(name, arriving)  # type: ignore[arg-type]
        yield Stored(stored_as, arriving.size, arriving.hash.hexdigest())
    except BaseException:
        default_storage.delete(name)
        raise


def receive(
    *,
    file: "UploadedFile | Any",
    programme: Programme,
    scope: Branch,
    mode: str,
    by: Staff,
    file_name: str,
) -> WhitelistUpload:
    """Store a list file sealed and queue its check.

    Raises:
        FileProblem: too_large.
    """
    with stored_sealed(file) as stored:
        return _register(
            stored, programme=programme, scope=scope, mode=mode, by=by, file_name=file_name
        )


@transaction.atomic
def _register(
    stored: Stored,
    *,
    programme: Programme,
    scope: Branch,
    mode: str,
    by: Staff,
    file_name: str,
) -> WhitelistUpload:
    upload = WhitelistUpload.objects.create(
        programme=programme,
        scope=scope,
        mode=mode,
        file_name=file_name[-200:],
        size=stored.size,
        sha256=stored.sha256,
        stored_as=stored.stored_as,
        uploaded_by=by,
    )
    _queue_check(upload, by=by)
    audit.record(
        "upload.receive", by=by, target=f"upload:{upload.pk}", programme=programme.code,
        scope=scope.code, mode=mode, size=upload.size, sha256=upload.sha256,
    )  # fmt: skip
    return upload


def _queue_check(upload: WhitelistUpload, *, by: Staff) -> None:
    upload.job = enqueue(CHECK_JOB, {"upload": upload.pk}, by=by)
    upload.save(update_fields=["job"])


@transaction.atomic
def confirm_mapping(
    *, upload: WhitelistUpload, mapping: Mapping[str, str], by: Staff
) -> WhitelistUpload:
    """Take over what a clerk says the columns are, remember it, and go on checking.

    `mapping`: column index (as text) → field name, ``""`` for a column that is
    not used. Columns left out are not used.

    Raises:
        MappingRefused: a required field is missing, or claimed twice.
        NotPossibleNow: the upload does not wait for a mapping (any more).
    """
    columns = upload.layout.get("columns", [])
    chosen = {str(column["index"]): mapping.get(str(column["index"]), "") for column in columns}
    used = {index: field for index, field in chosen.items() if field}
    problems = problems_of(used.values(), mode=upload.mode, one_product=has_one_product(upload))
    unknown = tuple(field for field in used.values() if field not in FIELDS)
    if unknown:
        problems = [MappingProblem("unknown", unknown)]
    if problems:
        raise MappingRefused(problems)
    for column in columns:
        column["field"] = chosen[str(column["index"])]
    layout = {**upload.layout, "columns": columns, "unsure": []}
    waiting = _unscoped().filter(pk=upload.pk, state=UploadState.MAPPING)
    if not waiting.update(state=UploadState.RECEIVED, mapping=used, layout=layout):
        raise NotPossibleNow
    upload.refresh_from_db()
    _remember(upload, chosen)
    _queue_check(upload, by=by)
    audit.record(
        "upload.confirm_mapping", by=by, target=f"upload:{upload.pk}", fields=sorted(used.values())
    )
    return upload


def _remember(upload: WhitelistUpload, chosen: Mapping[str, str]) -> None:
    for column in upload.layout["columns"]:
        heading = key_of(column["heading"])[:120]
        if heading:
            ColumnMapping.objects.update_or_create(
                programme_id=upload.programme_id,
                heading=heading,
                defaults={"field": chosen[str(column["index"])]},
            )


@transaction.atomic
def abandon(*, upload: WhitelistUpload, by: Staff) -> WhitelistUpload:
    """Give the file up: it will change nothing. Its data are deleted; the report stays.

    Raises:
        NotPossibleNow: it is in force or being put in force.
    """
    possible = _unscoped().filter(pk=upload.pk, state__in=ABANDONABLE)
    if not possible.update(state=UploadState.ABANDONED):
        raise NotPossibleNow
    upload.refresh_from_db()
    enqueue(DISCARD_JOB, {"upload": upload.pk}, by=by)
    audit.record("upload.abandon", by=by, target=f"upload:{upload.pk}")
    return upload


def _unscoped() -> Any:
    return WhitelistUpload.objects.unscoped(
        "the view has fetched this upload within the user's scope"
    )
