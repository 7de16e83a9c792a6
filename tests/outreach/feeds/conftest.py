"""Files of headquarters through the whole job, as the worker does it."""

import io
from typing import Any

import pytest

from branches.models import Branch, Staff
from jobs.models import Job
from jobs.queue import claim_next, run
from outreach.actions.feeds import receive_feed
from outreach.models import Feed, FeedKind
from tests.cast import Cast


def work() -> None:
    """Do every job that is due."""
    while (lease := claim_next()) is not None:
        run(lease)


def hand_in_as(by: Staff, kind: str, content: str | bytes, branch: Branch) -> Feed:
    """Hand a file in; text is encoded. Nothing is imported yet."""
    data = content.encode() if isinstance(content, str) else content
    return receive_feed(
        file=io.BytesIO(data), kind=kind, branch=branch, by=by, file_name="总行数据.csv"
    )


@pytest.fixture
def hand_in(cast: Cast) -> Any:
    """``hand_in(kind, content)`` hands a file in as 钱经办, for the whole bank."""

    def do(kind: str, content: str | bytes, *, branch: Branch | None = None) -> Feed:
        return hand_in_as(cast.qian, kind, content, branch or cast.hq)

    return do


@pytest.fixture
def tell(hand_in: Any) -> Any:
    """``tell(kind, content)`` hands a file in, lets the worker do it, and returns the feed."""

    def do(kind: str, content: str | bytes, **options: Any) -> Feed:
        feed = hand_in(kind, content, **options)
        work()
        assert not Job.objects.exclude(state="done").exists()
        return Feed.objects.unscoped("test").get(pk=feed.pk)

    return do


@pytest.fixture
def contacts(tell: Any) -> Any:
    """``contacts(*rows)`` imports rows of 客户号, 渠道, 时间, 结果, 意向 under their headings."""

    def do(*rows: str, head: str = "客户号,渠道,时间,结果,意向", **options: Any) -> Feed:
        return tell(FeedKind.CONTACTS, "\n".join([head, *rows]) + "\n", **options)

    return do


@pytest.fixture
def results(tell: Any) -> Any:
    """``results(*rows)`` imports rows of 客户号, 产品代码, 结果, 日期, 金额, 拒绝原因."""

    def do(
        *rows: str, head: str = "客户号,产品代码,结果,日期,金额,拒绝原因", **options: Any
    ) -> Feed:
        return tell(FeedKind.RESULTS, "\n".join([head, *rows]) + "\n", **options)

    return do


def numbers(feed: Feed) -> tuple[int, ...]:
    """rows, added, known, unknown, rejected."""
    assert feed.totals["rows"] == sum(feed.totals.values()) - feed.totals["rows"]
    return tuple(feed.totals[name] for name in ("rows", "added", "known", "unknown", "rejected"))


def said(feed: Feed) -> list[tuple[int, str, str, str]]:
    """Row, column, code and what is shown of each problem."""
    return list(feed.problems.values_list("row_no", "column", "code", "shown"))
