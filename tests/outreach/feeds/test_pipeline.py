"""Files as they really arrive, workers that die, totals that add up."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from jobs.models import Job, JobState
from jobs.queue import claim_next, run
from outreach.actions.feeds import retry_feed
from outreach.feeds import pipeline
from outreach.models import ContactLog, Feed, FeedKind, FeedProblem, Lead
from tests.cast import Cast, make_lead
from tests.outreach.feeds.conftest import numbers, work
from tests.retention import keep_no_longer
from tests.whitelist.imports.spreadsheets import build
from trust.models import AuditEvent

pytestmark = pytest.mark.django_db
HEAD = "客户号,渠道,时间,结果,意向"


def rows_for(lead: Lead, count: int = 40) -> list[list[str]]:
    """Calls on as many days, the last of them keen."""
    keen = {count - 1: "高"}
    return [
        [lead.customer.customer_no or "", "智能外呼", f"2026-01-{day % 28 + 1:02d} {9 + day // 28}:30",
         "已接通本人", keen.get(day, "")]
        for day in range(count)
    ]  # fmt: skip


def as_csv(rows: list[list[str]], delimiter: str = ",") -> str:
    return "\n".join(delimiter.join(row) for row in [HEAD.split(","), *rows]) + "\n"


def logs() -> list[Any]:
    rows = ContactLog.objects.unscoped("test").order_by("uuid")
    return list(rows.values_list("uuid", "lead_id", "started_at", "intention", "is_contact"))


@pytest.fixture
def lead(cast: Cast) -> Lead:
    return make_lead(cast, holder=cast.wang)


def test_the_same_in_every_coat(lead: Lead, tell: Any) -> None:
    rows = rows_for(lead)
    assert numbers(tell(FeedKind.CONTACTS, as_csv(rows))) == (40, 40, 0, 0, 0)
    before, standing = logs(), Lead.objects.unscoped("test").values().get()
    serial = 46_023 + (9 * 60 + 30) / 1440  # 2026-01-01 09:30 as a spreadsheet has it
    sheet = build(
        {"sheets": [{"name": "触达", "rows": [
            ["总行触达明细（内部资料）"], HEAD.split(","),
            *([no, channel, {"number": repr(serial + day)}, result, intention]
              for day, (no, channel, _at, result, intention) in enumerate(rows[:28])),
        ]}]}
    )  # fmt: skip
    for coat, count in (
        (as_csv(rows[::-1]), 40),
        (as_csv(rows, "\t").encode("gb18030"), 40),
        (as_csv(rows, ";").encode("utf-8-sig"), 40),
        (as_csv(rows[5:20] + rows[10:30]), 35),
        (sheet, 28),
    ):
        feed = tell(FeedKind.CONTACTS, coat)
        assert numbers(feed) == (count, 0, count, 0, 0), feed.failure
    assert logs() == before
    assert Lead.objects.unscoped("test").values().get() == standing


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of 500 rows: what the reader hands over at once."""
    monkeypatch.setattr(pipeline, "CHUNK", 500)


def many(lead: Lead) -> str:
    """1,201 rows, a tenth of them broken, a tenth of a stranger."""
    start = timezone.make_aware(timezone.datetime(2026, 1, 1))  # type: ignore[attr-defined]
    return as_csv([
        [(lead.customer.customer_no or "") if i % 10 != 5 else "C9876543210", "短信",
         f"{start + timedelta(minutes=i):%Y-%m-%d %H:%M}", "已送达" if i % 10 else "？", ""]
        for i in range(1201)
    ])  # fmt: skip


WHOLE = (1201, 960, 0, 120, 121)


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_worker_that_dies_leaves_whole_chunks_and_the_next_goes_on(
    lead: Lead, hand_in: Any, small_chunks: None, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    feed = hand_in(FeedKind.CONTACTS, many(lead))
    real, calls = pipeline.apply_chunk, []

    def dies(*args: Any, **options: Any) -> Any:
        calls.append(1)
        if len(calls) == fails_at:
            raise OSError("killed")
        return real(*args, **options)

    monkeypatch.setattr(pipeline, "apply_chunk", dies)
    with pytest.raises(OSError):
        run(claim_next())  # type: ignore[arg-type]
    halfway = Feed.objects.unscoped("test").get(pk=feed.pk)
    assert halfway.state == "running"
    assert halfway.totals.get("rows", 0) == 500 * (fails_at - 1)
    assert len(logs()) == halfway.totals.get("added", 0)
    Job.objects.update(run_at=timezone.now() - timedelta(seconds=1))
    work()
    done = Feed.objects.unscoped("test").get(pk=feed.pk)
    assert (done.state, numbers(done)) == ("done", WHOLE)
    assert len(logs()) == 960
    assert FeedProblem.objects.count() == 241
    assert AuditEvent.objects.filter(action="feed.applied").count() == 1


def test_a_worker_that_slept_writes_nothing_more(
    lead: Lead, hand_in: Any, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = hand_in(FeedKind.CONTACTS, many(lead))
    real = pipeline.apply_chunk

    def sleeps(*args: Any, **options: Any) -> Any:
        totals = real(*args, **options)
        Job.objects.update(lease_no=99)  # another worker has claimed it
        return totals

    monkeypatch.setattr(pipeline, "apply_chunk", sleeps)
    run(claim_next())  # type: ignore[arg-type]
    halfway = Feed.objects.unscoped("test").get(pk=feed.pk)
    assert halfway.totals["rows"] == 500
    assert len(logs()) == halfway.totals["added"]
    monkeypatch.setattr(pipeline, "apply_chunk", real)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    work()
    assert numbers(Feed.objects.unscoped("test").get(pk=feed.pk)) == WHOLE


def test_progress_is_true_to_the_row(
    lead: Lead, hand_in: Any, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(FeedKind.CONTACTS, many(lead))
    shown = []
    real = pipeline.Lease.progress

    def progress(self: Any, step: str, done: int = 0, total: int = 0) -> None:
        shown.append((step, done, total))
        real(self, step, done, total)

    monkeypatch.setattr(pipeline.Lease, "progress", progress)
    work()
    assert shown[0] == ("读取", 0, 0)
    assert [done for step, done, _total in shown if step == "导入"] == [500, 1000, 1201]
    assert shown[-1][2] == 1201


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "没有内容"),
        (HEAD, "只有表头"),
        ("姓名,年龄\n甲,3\n", "没有找到表头"),
        ("客户号,渠道,时间\nC1,短信,2026-01-01\n", "缺少这些列：结果"),
        (HEAD + ",触达时间\nC1,短信,2026-01-01,已送达,高,2026-01-01\n", "时间"),
        (b"%PDF-1.4 \xff\xfe\x00", "不是表格"),
        (b"PK\x03\x04 not a zip", "损坏"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    cast: Cast, tell: Any, content: str | bytes, said: str
) -> None:
    feed = tell(FeedKind.CONTACTS, content)
    assert feed.state == "failed"
    assert said in feed.failure
    assert AuditEvent.objects.get(action="feed.applied").result != "ok"


def test_what_was_read_before_a_file_broke_off_stays(
    lead: Lead, tell: Any, small_chunks: None, settings: Any
) -> None:
    settings.UPLOAD_MAX_ROWS_CSV = 700
    feed = tell(FeedKind.CONTACTS, many(lead))
    assert (feed.state, feed.totals["rows"]) == ("failed", 500)
    assert "700" in feed.failure
    settings.UPLOAD_MAX_ROWS_CSV = 2000
    again = tell(FeedKind.CONTACTS, many(lead))
    assert numbers(again) == (1201, 960 - 400, 400, 120, 121)


def test_the_stored_file_is_sealed_and_goes_in_time(lead: Lead, tell: Any, settings: Any) -> None:
    feed = tell(FeedKind.CONTACTS, as_csv(rows_for(lead)))
    with default_storage.open(feed.stored_as, "rb") as file:
        assert "智能外呼".encode() not in file.read()
    keep_no_longer()
    assert default_storage.exists(feed.stored_as)
    Feed.objects.unscoped("test").update(
        received_at=timezone.now() - timedelta(days=settings.UPLOAD_KEEP_DAYS + 1)
    )
    keep_no_longer()
    assert not default_storage.exists(feed.stored_as)
    assert Feed.objects.unscoped("test").get().stored_as == ""


def test_a_file_that_is_gone_is_told_and_a_failed_job_can_be_tried_again(
    cast: Cast, lead: Lead, hand_in: Any
) -> None:
    feed = hand_in(FeedKind.CONTACTS, as_csv(rows_for(lead)))
    Job.objects.update(state=JobState.FAILED, attempts=6)
    assert retry_feed(feed=feed, by=cast.qian) is True
    assert retry_feed(feed=feed, by=cast.qian) is False
    default_storage.delete(feed.stored_as)
    work()
    feed = Feed.objects.unscoped("test").get()
    assert (feed.state, "已删除" in feed.failure) == ("failed", True)
    assert retry_feed(feed=feed, by=cast.qian) is False
