"""The audit log as a chain: what was sealed cannot be changed, cut or added to unseen.

Events are written in the transactions of their acts, at once and out of order, and
must not wait for each other. So they are chained a few seconds later (`seal_new`),
by whoever keeps the clock: link n is an HMAC under the first key of AUDIT_KEYS over
link n - 1, n, and the number and MAC of its event. From then on any edit, deletion, insertion
or new order shows in `faults`, and the cutting of an end shows against a head
kept elsewhere (`Head`). What was not yet sealed is proven by its MAC only. A former
key makes nothing new: whoever has come by it cannot write history with it.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db import IntegrityError
from django.db.models import Exists, OuterRef, QuerySet

from trust.audit import UnknownKey, key_in_use, mac_of, mac_under
from trust.models import AuditArchive, AuditEvent, AuditLink

# An event is seen when its transaction commits; none of ours takes longer than this.
LONGEST_ACT = timedelta(hours=6)
CHUNK = 5_000
BEGINNING = "0" * 64


class Head(NamedTuple):
    """How far the chain went at some moment: a link's number and value."""

    number: int
    chain: str


Rows = Iterator[tuple[AuditLink, AuditEvent | None]]


class Fault(NamedTuple):
    """What is wrong, and with which link (or, where there is none, which event)."""

    # changed, event_missing, link_missing, broken, cut, rewritten, unsealed, unknown_key, old_key
    kind: str
    number: int
    event_id: int | None = None


def head() -> Head:
    """The last link; of the archive when the database holds none; (0, zeros) before the first."""
    link = AuditLink.objects.order_by("-number").first()
    return Head(link.number, link.chain) if link else archived()


def archived() -> Head:
    """Where the chain of the database begins: the end of what was moved to files."""
    last = AuditArchive.objects.order_by("-last").first()
    return Head(last.last, last.chain) if last else Head(0, BEGINNING)


def unsealed() -> QuerySet[AuditEvent]:
    """Events that have no link yet, oldest first."""
    linked = AuditLink.objects.filter(event_id=OuterRef("pk"))
    return AuditEvent.objects.filter(~Exists(linked)).order_by("pk")


def seal_new(*, chunk: int = CHUNK) -> int:
    """Chain what was written since; returns how many events. Two at once: one of them does it.

    Raises:
        UnknownKey: the last link is under a key this process does not have: an old ring.
    """
    sealed = 0
    last = AuditLink.objects.order_by("-number").first()
    if last is not None:
        mac_under(last.key_id, "")
    while True:
        try:
            count = _seal_chunk(chunk)
        except IntegrityError:  # another has just taken the next number
            return sealed
        sealed += count
        if count < chunk:
            return sealed


def _seal_chunk(chunk: int) -> int:
    """Read without a lock, written at once: of two with the same numbers one fails whole."""
    last = head()
    waiting, since = unsealed(), _looked_back_to()
    if since is not None:
        waiting = waiting.filter(at__gte=since)
    links = []
    key_id = key_in_use()
    number, chain = last
    for pk, mac in waiting.values_list("pk", "mac")[:chunk]:
        number, chain = number + 1, _next(chain, number + 1, pk, mac, key_id)
        links.append(AuditLink(number=number, event_id=pk, chain=chain, key_id=key_id))
    if links:
        AuditLink.objects.bulk_create(links)
    return len(links)


def _looked_back_to() -> datetime | None:
    """Events from before this moment are chained by now, or never will be; None at the beginning."""
    last = AuditLink.objects.order_by("-number").values_list("event_id", flat=True).first()
    newest = AuditEvent.objects.filter(pk=last).first() if last else None
    return newest.at - LONGEST_ACT if newest else None


def _next(chain: str, number: int, event_id: int, mac: str, key_id: int) -> str:
    return mac_under(key_id, f"{chain}|{number}|{event_id}|{mac}")


def faults(heads: Iterable[Head] = ()) -> Iterator[Fault]:
    """Everything that is wrong with the log; reads all of it.

    Args:
        heads: kept elsewhere at earlier moments; each must still be in the chain.
    """
    begins, ends = archived(), head()
    yield from faults_between(begins, ends.number)
    for each in heads:
        if each.number > ends.number:
            yield Fault("cut", each.number)
        elif each.number >= begins.number and not _stands(each, begins):
            yield Fault("rewritten", each.number)
    yield from _faults_of_the_tail()


def _stands(noted: Head, begins: Head) -> bool:
    if noted.number == begins.number:
        return noted == begins
    return AuditLink.objects.filter(number=noted.number, chain=noted.chain).exists()


def faults_between(before: Head, last: int, rows: Rows | None = None) -> Iterator[Fault]:
    """What is wrong with the links after one, up to another.

    Args:
        rows: links with their events (None where one is gone); by default the database's.
    """
    keys = _Keys()
    for link, event in linked(before.number) if rows is None else rows:
        if link.number > last:
            break
        if link.number != before.number + 1:
            yield Fault("link_missing", before.number + 1)
        if event is None:
            yield Fault("event_missing", link.number, link.event_id)
        else:
            kind = _fault_of(before, link, event) or keys.fault_of(link, event)
            if kind:
                yield Fault(kind, link.number, event.pk)
        before = Head(link.number, link.chain)
    if before.number < last:
        yield Fault("link_missing", before.number + 1)


def _fault_of(before: Head, link: AuditLink, event: AuditEvent) -> str:
    """What is wrong with one link and its event, taken for themselves; empty when nothing is."""
    try:
        if mac_of(event) != event.mac:
            return "changed"
        value = _next(before.chain, link.number, event.pk, event.mac, link.key_id)
    except UnknownKey:
        return "unknown_key"
    return "" if value == link.chain else "broken"


class _Keys:
    """Keys follow one another; one whose successor has begun makes nothing more."""

    def __init__(self) -> None:
        self._now = 0
        self._former: set[int] = set()
        self._since = datetime.min.replace(tzinfo=UTC)

    def fault_of(self, link: AuditLink, event: AuditEvent) -> str:
        """``old_key`` for a link under a former key, or an event made so long after its end."""
        if link.key_id != self._now:
            if link.key_id in self._former:
                return "old_key"
            self._former.add(self._now)
            self._now, self._since = link.key_id, event.at
        late = event.key_id != self._now and event.at > self._since + LONGEST_ACT
        return "old_key" if late else ""


def linked(after: int) -> Rows:
    """Links after a number, each with its event, in the chain's order."""
    while True:
        links = list(AuditLink.objects.filter(number__gt=after).order_by("number")[:CHUNK])
        if not links:
            return
        events = AuditEvent.objects.in_bulk([link.event_id for link in links])
        for link in links:
            yield link, events.get(link.event_id)
        after = links[-1].number


def _faults_of_the_tail() -> Iterator[Fault]:
    """Events without a link: new ones must fit their MAC, older ones should have one."""
    since = _looked_back_to()
    for event in unsealed().iterator():
        try:
            fits = mac_of(event) == event.mac
        except UnknownKey:
            yield Fault("unknown_key", 0, event.pk)
            continue
        if not fits:
            yield Fault("changed", 0, event.pk)
        elif since is not None and event.at < since:
            yield Fault("unsealed", 0, event.pk)
