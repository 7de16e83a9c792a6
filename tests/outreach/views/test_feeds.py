"""总行数据 on screen: who sees what, handing in, progress, problems, the report."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from branches.models import Role
from jobs.models import Job
from outreach.models import Feed, FeedKind, FeedProblem
from tests.cast import Cast, make_lead, make_staff
from tests.outreach.feeds.conftest import work
from trust.models import AuditEvent

TOTALS = {"rows": 10, "added": 5, "known": 2, "unknown": 1, "rejected": 2}


@pytest.fixture
def feed(cast: Cast) -> Feed:
    """A finished file of the province with three problems."""
    feed = Feed.objects.create(
        kind=FeedKind.CONTACTS, branch=cast.province, file_name="触达.csv", size=10,
        sha256="0" * 64, state="done", totals=TOTALS, by=cast.qian,
    )  # fmt: skip
    for row_no, column, code, shown in (
        (3, "客户号", "customer_unknown", "C00***001"),
        (5, "时间", "moment_invalid", "=1+1"),
        (7, "时间", "future", "2099-01-01"),
    ):
        FeedProblem.objects.create(feed=feed, row_no=row_no, column=column, code=code, shown=shown)
    return feed


def csv(*rows: str, name: str = "触达.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\n".join(["客户号,渠道,时间,结果", *rows]).encode())


def test_clerk_and_reviewer_see_the_files_of_their_branch(cast: Cast, as_: Any, feed: Feed) -> None:
    for staff, may_upload in ((cast.qian, True), (cast.feng, False)):
        page = as_(staff).get(reverse("feeds")).content.decode()
        assert "触达.csv" in page and "总行触达" in page
        assert ("上传数据" in page) is may_upload
    elsewhere = make_staff("henan", "郑经办", Role.CLERK, cast.other_province)
    page = as_(elsewhere).get(reverse("feeds")).content.decode()
    assert "触达.csv" not in page and "上传第一份" in page
    for name in ("feed", "feed_report"):
        assert as_(elsewhere).get(reverse(name, args=[feed.pk])).status_code == 404
    assert as_(elsewhere).post(reverse("feed_retry", args=[feed.pk])).status_code == 404


@pytest.mark.parametrize("name", ["feeds", "feed", "feed_report"])
def test_nobody_else_gets_in(cast: Cast, as_: Any, feed: Feed, name: str) -> None:
    url = reverse(name, args=[] if name == "feeds" else [feed.pk])
    for staff in (cast.wang, cast.zhao, cast.zhou):
        assert as_(staff).get(url).status_code == 403
    assert as_(cast.qian).post(url).status_code == 405


def test_the_list_is_filtered(cast: Cast, as_: Any, feed: Feed) -> None:
    client = as_(cast.qian)
    assert "触达.csv" in client.get(reverse("feeds"), {"kind": "contacts"}).content.decode()
    for asked in ({"kind": "results"}, {"state": "failed"}):
        assert "没有符合条件的文件" in client.get(reverse("feeds"), asked).content.decode()
    for asked in ({"kind": "\0"}, {"page": "x"}, {"state": "nonsense"}):
        assert client.get(reverse("feeds"), asked).status_code == 200


def test_only_the_clerk_hands_in(cast: Cast, as_: Any) -> None:
    for staff in (cast.feng, cast.wang, cast.zhou):
        assert as_(staff).get(reverse("feed_new")).status_code == 403
        answer = as_(staff).post(reverse("feed_new"), {"kind": "contacts", "file": csv("a")})
        assert answer.status_code == 403
    assert not Feed.objects.unscoped("test").exists()


def test_a_file_without_script_leads_to_its_page(cast: Cast, as_: Any) -> None:
    lead = make_lead(cast, holder=cast.wang)
    client = as_(cast.qian)
    assert "data-drop-zone" in client.get(reverse("feed_new")).content.decode()
    rows = (
        f"{lead.customer.customer_no},短信,2026-03-01,已送达",
        "C999999999,短信,2026-03-01,已送达",
    )
    answer = client.post(reverse("feed_new"), {"kind": "contacts", "file": csv(*rows)})
    feed = Feed.objects.unscoped("test").get()
    assert answer.headers["Location"] == reverse("feed", args=[feed.pk])
    assert (feed.branch, feed.by, feed.file_name) == (cast.hq, cast.qian, "触达.csv")
    page = client.get(answer.headers["Location"]).content.decode()
    assert "排队中，马上开始…" in page
    work()
    page = client.get(answer.headers["Location"]).content.decode()
    assert "所选机构范围的名单里没有这个客户号" in page and "C99****999" in page
    assert "C999999999" not in page


def test_the_script_is_answered_in_json(cast: Cast, as_: Any) -> None:
    client = as_(cast.qian)
    sent = {"kind": "contacts", "file": csv("a")}
    answer = client.post(reverse("feed_new"), sent, headers={"accept": "application/json"})
    assert answer.status_code == 201 and answer.json()["location"].startswith("/lists/feeds/")
    answer = client.post(reverse("feed_new"), {}, headers={"accept": "application/json"})
    assert answer.status_code == 422 and set(answer.json()["errors"]) == {"file", "kind"}


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("contacts", "旧.xls", "另存为 .xlsx"),
        ("contacts", "图.png", "CSV 或 XLSX"),
        ("nonsense", "触达.csv", "请选择文件的内容"),
        ("\0", "触达.csv", "请选择文件的内容"),
    ],
)
def test_what_is_wrong_is_said(cast: Cast, as_: Any, kind: str, name: str, said: str) -> None:
    sent = {"kind": kind, "file": csv("a", name=name)}
    answer = as_(cast.qian).post(reverse("feed_new"), sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Feed.objects.unscoped("test").exists() and not Job.objects.exists()


def test_a_file_over_the_limit_is_refused(cast: Cast, as_: Any, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 3
    answer = as_(cast.qian).post(reverse("feed_new"), {"kind": "contacts", "file": csv("a")})
    assert answer.status_code == 422
    assert not Feed.objects.unscoped("test").exists()


def test_the_page_shows_five_numbers_and_filters_problems(cast: Cast, as_: Any, feed: Feed) -> None:
    client, url = as_(cast.feng), reverse("feed", args=[feed.pk])
    page = client.get(url).content.decode()
    assert page.count("figure-tile") == 5
    assert "重试" not in page and "重新上传" not in page
    assert page.index("C00***001") < page.index("2099-01-01")
    for asked, shown in (
        ({"code": "future"}, "2099-01-01"),
        ({"column": "客户号"}, "C00***001"),
        ({"row": "7"}, "2099-01-01"),
    ):
        rows = client.get(url, asked, headers={"HX-Request": "true", "HX-Target": "problems"})
        text = rows.content.decode()
        assert shown in text and text.count("<code>") == 1 and "<html" not in text
    for asked in ({"row": "9" * 40}, {"row": "x"}, {"code": "\0"}, {"page": "-3"}):
        assert client.get(url, asked).status_code == 200


def test_progress_follows_the_job_and_ends_with_the_page(cast: Cast, as_: Any, feed: Feed) -> None:
    job = Job.objects.create(
        kind="x", state="running", step="导入", done=4, total=8, run_at=timezone.now()
    )
    Feed.objects.unscoped("test").update(state="running", job=job)
    client, url = as_(cast.qian), reverse("feed", args=[feed.pk])
    asks = {"HX-Request": "true", "HX-Target": "progress"}
    bar = client.get(url, headers=asks)
    assert "4 / 8" in bar.content.decode() and "HX-Retarget" not in bar.headers
    Feed.objects.unscoped("test").update(state="done")
    ended = client.get(url, headers=asks)
    assert ended.headers["HX-Retarget"] == "#feed" and "导入结果" in ended.content.decode()


def test_an_import_that_stopped_can_be_tried_again(cast: Cast, as_: Any, feed: Feed) -> None:
    job = Job.objects.create(kind="x", state="failed", run_at=timezone.now(), attempts=6)
    Feed.objects.unscoped("test").update(state="running", job=job)
    url, retry = reverse("feed", args=[feed.pk]), reverse("feed_retry", args=[feed.pk])
    assert "请名单经办在这一页上重试" in as_(cast.feng).get(url).content.decode()
    assert as_(cast.feng).post(retry).status_code == 403
    assert retry in as_(cast.qian).get(url).content.decode()
    assert as_(cast.qian).post(retry).status_code == 302
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)
    assert AuditEvent.objects.get(action="feed.retry").actor_id == cast.qian.pk


def test_the_report_is_a_table_no_spreadsheet_runs(cast: Cast, as_: Any, feed: Feed) -> None:
    for place, start in enumerate("+-@\t\r"):
        FeedProblem.objects.create(
            feed=feed, row_no=90 + place, column=f"{start}SUM(A1)", code="missing", shown=""
        )
    answer = as_(cast.feng).get(reverse("feed_report", args=[feed.pk]))
    text = b"".join(answer.streaming_content).decode()
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert text.startswith("\ufeff行号,列,代码,说明")
    assert "\r\n5,时间,moment_invalid," in text and ",'=1+1\r\n" in text
    for start in "+-@\t\r":
        assert f"'{start}SUM(A1)" in text
    assert AuditEvent.objects.get(action="feed.report").target == f"feed:{feed.pk}"
