"""Rows that say something become what is on record, a chunk at a time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from jobs.queue import Lease
from outreach.actions.deadlock import again_on_deadlock
from outreach.feeds.checking import Problem, Row, Told, shown_of
from outreach.feeds.columns import Column
from outreach.models import Feed, FeedProblem, FeedState, Lead
from outreach.models.feed import FeedQuerySet
from outreach.standing import restate_standing
from whitelist.imports.statements import fetch

TOTALS = ("rows", "added", "known", "unknown", "rejected")
LOCK = 7_402_115  # of the advisory lock that keeps one file from another's chunk


@dataclass(frozen=True)
class LeadFound:
    """A customer of the file's scope."""

    pk: int
    customer_id: int


Leads = Mapping[str, LeadFound]  # by 客户号


@dataclass
class Applied:
    """What became of the rows of a chunk; `leads` have to be restated."""

    added: int = 0
    known: int = 0
    refused: list[tuple[Told, str]] = field(default_factory=list)
    leads: set[int] = field(default_factory=set)

    def refuse(self, told: Told, code: str) -> None:
        """The row cannot be taken over, for this reason."""
        self.refused.append((told, code))


@dataclass(frozen=True)
class Kind:
    """One kind of file: its columns, how a row is read, what becomes of rows."""

    columns: Sequence[Column]
    read: Callable[[Row], Told | None]
    apply: Callable[[Feed, Sequence[Told], Leads], Applied]


@dataclass
class Chunk:
    """Some rows in the order of the file, read but not applied."""

    rows: int = 0
    told: list[Told] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, row: Row, told: Told | None) -> None:
        """Take a row in: what it says, or why it says nothing."""
        self.rows += 1
        if told is None:
            self.problems += row.problems
        else:
            self.told.append(told)


@again_on_deadlock
@transaction.atomic
def apply_chunk(
    feed: Feed, kind: Kind, chunk: Chunk, lease: Lease, *, share: float, customer_column: str
) -> dict[str, int]:
    """Put a chunk on record with its problems and its part of the totals: all of it, or nothing.

    Returns the totals up to here, from which another worker would go on.
    `share`: of the file, read so far.

    Raises:
        LeaseLost: another worker has taken over.
    """
    before = {name: feed.totals.get(name, 0) for name in TOTALS}
    done = before["rows"] + chunk.rows
    lease.progress(gettext_noop("导入"), done, max(done, round(done / max(share, 0.001))))
    one_file_at_a_time()
    leads = leads_of((each.customer_no for each in chunk.told), feed)
    here = [each for each in chunk.told if each.customer_no in leads]
    unknown = [each for each in chunk.told if each.customer_no not in leads]
    applied = kind.apply(feed, here, leads)
    restate_standing(applied.leads)
    problems = chunk.problems + [
        Problem(each.row_no, customer_column[:40], code, shown_of("customer_no", each.customer_no))
        for each, code in [(each, "customer_unknown") for each in unknown] + applied.refused
    ]
    FeedProblem.objects.bulk_create(
        (FeedProblem(feed=feed, **problem._asdict()) for problem in sorted(problems)),
        batch_size=2_000,
    )
    rejected = chunk.rows - len(chunk.told) + len(applied.refused)
    counts = (chunk.rows, applied.added, applied.known, len(unknown), rejected)
    totals = {name: before[name] + n for name, n in zip(TOTALS, counts, strict=True)}
    mine(feed).update(totals=totals)
    return totals


def mine(feed: Feed) -> FeedQuerySet:
    """The feed, if it is still to be worked on: one conditional UPDATE says so."""
    return Feed.objects.unscoped("the worker's own file").filter(
        pk=feed.pk, state__in=(FeedState.RECEIVED, FeedState.RUNNING)
    )


def leads_of(numbers: Iterable[str], feed: Feed) -> dict[str, LeadFound]:
    """The customers of the file's scope, by 客户号; on the list or not any more."""
    leads = Lead.objects.unscoped("customers of the file's own branch, whoever holds them")
    rows = leads.in_branch(feed.branch).filter(customer__customer_no__in=set(numbers))
    found = rows.values_list("customer__customer_no", "pk", "customer_id")
    return {number: LeadFound(pk, customer_id) for number, pk, customer_id in found}


def one_file_at_a_time() -> None:
    """Wait for any other file's chunk, until the transaction ends.

    Two files that overlap must see each other's rows, for their totals to be
    right. On SQLite the transaction itself is alone.
    """
    if connection.vendor == "postgresql":
        fetch("SELECT pg_advisory_xact_lock(%(lock)s)", lock=LOCK)
