"""Checking by several processes says what one says, in the file's order; a dead one is an error."""

import pickle
from typing import Any

import pytest

from jobs.models import Job
from jobs.queue import claim_next, run
from tests.cast import Cast
from tests.whitelist.imports.test_pipeline import HEADER
from whitelist.imports import checkers, staging
from whitelist.imports.statements import fetch
from whitelist.models import UploadRow, WhitelistUpload

pytestmark = pytest.mark.django_db

ROWS = "".join(
    f"K{i:04d},甲一,身份证,,1690000{i:04d},寿光市稻田镇刘庄村{i}组,"
    f"H37078301,{'JSD' if i % 7 else 'XXX'},50,2026-01-01,2099-12-31\n"
    for i in range(1, 1702)
)
CONTENT = (HEADER + ROWS).encode()
# What is not drawn anew for each row.
PLAIN = ("row_no", "customer_no", "name", "phone", "phone_index", "home_address", "amount",
         "valid_to", "details_digest", "place_id", "lon", "precision", "match_note", "change")  # fmt: skip


def staged(upload: WhitelistUpload) -> list[Any]:
    rows = UploadRow.objects.filter(upload=upload).order_by("row_no")
    return [tuple(getattr(row, name) for name in PLAIN) for row in rows]


def problems(upload: WhitelistUpload) -> list[Any]:
    return list(upload.problems.order_by("row_no", "pk").values_list("row_no", "code", "shown"))


def test_many_say_what_one_says(import_file, settings, monkeypatch) -> None:
    settings.CHECK_PROCESSES = 3
    alone = import_file(CONTENT)
    monkeypatch.setattr(checkers, "BIG", 1)
    started: list[Any] = []
    real = checkers.Checker.__init__
    monkeypatch.setattr(
        checkers.Checker, "__init__", lambda self, task: (started.append(self), real(self, task))[1]
    )
    together = import_file(CONTENT)
    assert len(started) == 3
    assert all(checker._process.poll() is not None for checker in started), "they have ended"
    assert len(staged(alone)) == 1458
    assert staged(together) == staged(alone)
    assert problems(together) == problems(alone)
    assert together.totals == alone.totals | {"new": 1458}


def test_a_checker_that_dies_is_an_error_and_the_job_starts_over(
    import_file, settings, monkeypatch, cast: Cast
) -> None:
    settings.CHECK_PROCESSES = 2
    monkeypatch.setattr(checkers, "BIG", 1)
    monkeypatch.setattr(checkers, "COMMAND", ("false",))
    with pytest.raises(checkers.CheckerFailed):
        import_file(CONTENT)
    job = Job.objects.get()
    assert (job.state, job.error.splitlines()[-1]) == (
        "queued",
        "whitelist.imports.checkers.CheckerFailed",
    )
    assert not UploadRow.objects.exists()
    monkeypatch.undo()
    Job.objects.update(run_at=job.created_at)
    lease = claim_next()
    assert lease is not None
    run(lease)
    assert UploadRow.objects.count() == 1458


def test_what_a_checker_says_of_its_error_has_no_values(cast: Cast) -> None:
    task = pickle.dumps({"plan": None, "places": [], "for_copy": False})
    with checkers.Checker(task) as checker, pytest.raises(checkers.CheckerFailed) as failed:
        checker.check("吕建国".encode())
    assert "吕建国" not in str(failed.value)


@pytest.mark.parametrize(
    "note", ["刘庄", "tab\tin", "line\nend\r", "back\\slash", "\\N", "\\.", "“引号”'", "䶮𠮷"]
)
def test_text_goes_through_copy_unharmed(import_file, note: str) -> None:
    upload = import_file((HEADER + ROWS.splitlines(keepends=True)[0]).encode())
    row = UploadRow.objects.get(upload=upload)
    names = ", ".join(f'"{name}"' for name in staging.ROW_COLUMNS)
    (raw,) = fetch(f"SELECT {names} FROM whitelist_uploadrow WHERE id = %(id)s", id=row.pk)
    again = [bytes(v) if isinstance(v, memoryview) else v for v in raw]
    again[staging.ROW_COLUMNS.index("row_no")] = 999
    again[staging.ROW_COLUMNS.index("match_note")] = note
    staging.insert_rows([again])
    copied = UploadRow.objects.get(upload=upload, row_no=999)
    assert copied.match_note == note
    same = ("name", "phone", "amount", "lon", "score", "is_merchant", "details_digest")
    assert [getattr(copied, name) for name in same] == [getattr(row, name) for name in same]


def test_checkers_do_not_learn_where_the_database_is(monkeypatch) -> None:
    for name in ("DATABASE_URL", "PGPASSWORD", "BAIDU_KEY", "CALL_GATEWAY_URL"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("FIELD_KEYS", "needed")
    told = checkers._environment()
    assert "secret" not in told.values()
    assert told["FIELD_KEYS"] == "needed"
