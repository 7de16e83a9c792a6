"""How long personal data is kept: declared on the models, checked at start-up, carried out.

A model says it in its attribute `retention`, a tuple of `Kept`. Every sealed and every
indexed column must be in one; the application does not start otherwise. What is due is
done in chunks (`carry_out`), each a transaction with its audit event; the page
docs/retention.md is written from the same declarations (docs/adr/0036).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Field, Model, Q, QuerySet
from django.utils import timezone

from trust import audit
from trust.stray_files import delete_stray_files
from trust.wall import whole_bank

CHUNK = 1_000


class Then(StrEnum):
    """What happens to the fields when their time is over."""

    EMPTIED = "emptied"
    DELETED = "row deleted"
    FILE = "file deleted"
    WITH = "goes with another"  # with the row or person `after` names; nothing of its own is due
    KEPT = "kept"  # for as long as `after` says; no clock


@dataclass(frozen=True)
class Kept:
    """Some fields of a model, how long they are kept and what happens then.

    Args:
        fields: names of the model's fields.
        then: see `Then`.
        after: from when the days count, or until when it is kept, for people.
        days: name of the setting with the number of days; empty where there is no clock.
        since: the field the days count from (``"upload__uploaded_at"``).
        only: which rows this is about; all by default.
        by: name of a `Rule` that decides and does it, where a field and a day are not enough.
    """

    fields: tuple[str, ...]
    then: Then
    after: str
    days: str = ""
    since: str = ""
    only: Q = field(default_factory=Q)
    by: str = ""


@dataclass(frozen=True)
class Rule:
    """For what takes more than one table to know or to do."""

    due: Callable[[datetime], QuerySet[Any]]  # given the moment before which it ended
    # Given keys of rows that were due, and the same moment; returns how many rows it touched.
    carry_out: Callable[[list[int], datetime], int]


@dataclass(frozen=True)
class Declared:
    """One declaration, and the model it stands on."""

    model: type[Model]
    kept: Kept

    @property
    def name(self) -> str:
        return self.model._meta.label

    @property
    def days(self) -> int:
        return int(getattr(settings, self.kept.days))

    @property
    def has_a_clock(self) -> bool:
        return bool(self.kept.days)

    def due(self, now: datetime) -> QuerySet[Any]:
        """The rows whose time is over and that still hold something."""
        before = now - timedelta(days=self.days)
        if self.kept.by:
            return _rules[self.kept.by].due(before)
        rows = self.model._base_manager.filter(self.kept.only, **{f"{self.kept.since}__lt": before})
        return rows if self.kept.then == Then.DELETED else rows.filter(self._holds_something())

    def _holds_something(self) -> Q:
        return Q.create([_is_filled(each) for each in self._fields()], connector=Q.OR)

    def _fields(self) -> "list[Field[Any, Any]]":
        return [self.model._meta.get_field(name) for name in self.kept.fields]  # type: ignore[misc]

    @transaction.atomic
    def carry_out(self, now: datetime, chunk: int = CHUNK, after: Any = None) -> list[Any]:
        """Do it for the next rows that are due, in the order of their keys; returns these.

        Args:
            after: the last key of the chunk before: what was looked at is not read again.
        """
        rows = self.due(now).order_by("pk")
        if after is not None:
            rows = rows.filter(pk__gt=after)
        due = list(rows.values_list("pk", flat=True)[:chunk])
        if not due:
            return []
        count = self._do(due, now)
        audit.record(
            "retention.carry_out",
            by=None,
            target=f"table:{self.name}",
            then=self.kept.then.value,
            fields=list(self.kept.fields),
            days=self.days,
            rows=count,
        )
        return due

    def _do(self, due: list[Any], now: datetime) -> int:
        if self.kept.by:
            return _rules[self.kept.by].carry_out(due, now - timedelta(days=self.days))
        rows = self.due(now).filter(pk__in=due)  # as it is by now
        if self.kept.then == Then.DELETED:
            return rows.delete()[0]
        if self.kept.then == Then.FILE:
            for name in self.kept.fields:
                _delete_files(rows.values_list(name, flat=True))
        return rows.update(**nothing_in(self.model, self.kept.fields))


def nothing_in(model: type[Model], names: Iterable[str]) -> dict[str, Any]:
    """These columns as they are when nothing was ever said, for an UPDATE."""
    return {name: model._meta.get_field(name).get_default() for name in names}  # type: ignore[union-attr]


def _is_filled(each: "Field[Any, Any]") -> Q:
    empty = each.get_default()
    return Q(**{f"{each.name}__isnull": False}) if empty is None else ~Q(**{each.name: empty})


def _delete_files(names: Any) -> None:
    """Before the rows say so: after a death the next run deletes what is gone already."""
    for name in filter(None, names):
        default_storage.delete(name)


# --- the declarations -----------------------------------------------------------------

_rules: dict[str, Rule] = {}
_elsewhere: dict[str, tuple[Kept, ...]] = {}


def register_rule(name: str, rule: Rule) -> None:
    """What a `Kept` calls by name, from a floor that knows enough."""
    _rules[name] = rule


def knows_rule(name: str) -> bool:
    return name in _rules


def declare(label: str, *kept: Kept) -> None:
    """For a model that is not ours, as ``"sessions.Session"``."""
    _elsewhere[label] = kept


def declared() -> Iterator[Declared]:
    """Every declaration of the project, by model."""
    for model in sorted(apps.get_models(), key=lambda each: each._meta.label):
        if not model._meta.proxy:
            for kept in kept_of(model):
                yield Declared(model, kept)


def kept_of(model: type[Model]) -> tuple[Kept, ...]:
    """What a model declares."""
    return getattr(model, "retention", ()) or _elsewhere.get(model._meta.label, ())


@whole_bank("days are counted in every branch")
def carry_out_all(
    *, now: datetime | None = None, chunk: int = CHUNK, tell: Callable[[Declared, int], None]
) -> int:
    """Everything that is due, chunk by chunk, and files that no row names any more.

    Goes on from what it finds. Returns how many rows and files.

    Args:
        tell: called before each chunk, with the rows done so far under that declaration.
    """
    now, total = now or timezone.now(), 0
    for each in declared():
        done: list[Any] = []
        count = 0
        while each.has_a_clock:
            tell(each, count)
            done = each.carry_out(now, chunk, done[-1] if done else None)
            if not done:
                break
            count += len(done)
        total += count
    return total + delete_stray_files()
