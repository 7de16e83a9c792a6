"""From the stored file to what is on record: what the worker does.

Each chunk is a transaction of its own, with its part of the totals. A worker
that dies leaves whole chunks; the next one reads the file again from the
beginning and goes on behind the rows that `Feed.totals` counts.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from jobs.queue import Lease
from outreach.feeds.applying import TOTALS, Chunk, Kind, apply_chunk, mine
from outreach.feeds.checking import Reading, row_of
from outreach.feeds.columns import Layout, layout_of
from outreach.feeds.kinds import KINDS
from outreach.feeds.sentences import file_sentence
from outreach.models import Feed, FeedState
from trust import audit
from trust.cipher import Unreadable
from whitelist.imports.pipeline import reading_task, require_file, stored_chunks
from whitelist.imports.reading import sandbox
from whitelist.imports.reading.problems import FileProblem

CHUNK = 2_000


def run(feed: Feed, lease: Lease) -> None:
    """Read one file and put what it tells on record; goes on where another worker stopped.

    A file that cannot be read (any further) is an end like any other: it is
    written down in the feed, and what was told before that stays.
    """
    if not mine(feed).update(state=FeedState.RUNNING):
        return
    try:
        require_file(feed)
        lease.progress(gettext_noop("读取"))
        kind = KINDS[feed.kind]
        layout = layout_of(sandbox.peek(lambda: stored_chunks(feed)), kind.columns)
        _import(feed, lease, kind, layout)
        _finish(feed, lease)
    except FileProblem as problem:
        _fail(feed, lease, problem.code, problem.params)
    except Unreadable:
        _fail(feed, lease, "file_sealed", {})


def _import(feed: Feed, lease: Lease, kind: Kind, layout: Layout) -> None:
    """Read the rows and apply them in chunks."""
    indexes = sorted(layout.found)
    names = [layout.found[index] for index in indexes]
    task = reading_task(dict(layout.task), feed.size, indexes)
    reading = Reading.of(feed, layout)
    column = layout.heading_of("customer_no")
    seen, gone_before = 0, feed.totals.get("rows", 0)
    chunk = Chunk()
    for batch in sandbox.rows(lambda: stored_chunks(feed), task, {}):
        for row_no, cells, extra in batch.rows:
            seen += 1
            if seen > gone_before:
                row = row_of(row_no, cells, extra, names, reading)
                chunk.add(row, None if row.problems else kind.read(row))
        if chunk.rows >= CHUNK:
            feed.totals = apply_chunk(
                feed, kind, chunk, lease, share=batch.share, customer_column=column
            )
            chunk = Chunk()
    if not seen:
        raise FileProblem("no_rows")
    if chunk.rows:
        feed.totals = apply_chunk(feed, kind, chunk, lease, share=1.0, customer_column=column)


@transaction.atomic
def _finish(feed: Feed, lease: Lease) -> None:
    lease.fence()
    if mine(feed).update(state=FeedState.DONE, done_at=timezone.now()):
        _record(feed, "ok")


@transaction.atomic
def _fail(feed: Feed, lease: Lease, code: str, params: Mapping[str, Any]) -> None:
    """Write down that the file cannot be used, or not any further, and why."""
    lease.fence()
    reason = file_sentence(code, params)[:300]
    if mine(feed).update(state=FeedState.FAILED, failure=reason, done_at=timezone.now()):
        _record(feed, code)


def _record(feed: Feed, result: str) -> None:
    """One event a file: its counts and its digest, no row of it."""
    audit.record(
        "feed.applied", by=feed.by, target=f"feed:{feed.pk}", result=result, kind=feed.kind,
        branch=feed.branch.code, sha256=feed.sha256,
        **{name: feed.totals.get(name, 0) for name in TOTALS},
    )  # fmt: skip
