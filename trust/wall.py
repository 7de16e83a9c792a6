"""Which rows this process asks the database for: the context of the second wall (ADR 31).

On PostgreSQL every table of customers has a policy of row-level security that
shows the application's role only rows within the reach named in the setting
``marketing_map.reach``: "first,last,staff", two branch numbers, both inclusive,
and the id of somebody whose own rows are theirs wherever they belong. Without it
there are no rows, and none are taken.

The setting travels with each statement, in the same message and for that
transaction alone. So it costs no round trip, and no connection
ever carries it on: not to the next request, not to another client of a
PgBouncer in transaction mode. SQLite has no policies; there nothing is sent.

Who opens what: `marketing_map.middleware.within_their_branches` for requests,
`branches.tokens` for systems, `marketing_map.apps` for background work and
`manage.py` for commands. Everywhere else: `whole_bank("reason")`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.db import transaction
from django.db.backends.signals import connection_created
from django.http.response import HttpResponseBase


class Reach(NamedTuple):
    """Branch numbers from `first` to `last`; and what `staff` (an id) holds or wrote, anywhere."""

    first: int
    last: int
    staff: int = 0

    def __str__(self) -> str:
        return "" if self == NOTHING else f"{self.first:d},{self.last:d},{self.staff:d}"


WHOLE_BANK = Reach(0, 2**31 - 1)
NOTHING = Reach(0, -1)
SETTING = "marketing_map.reach"
# What touches rows. Outside of a transaction nothing else says its reach, and finds nothing; in
# one everything does, or it would have the reach of whatever went before it.
_TOUCHES_ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "EXPLAIN", "MERGE", "CREATE TEMP")
_ENDS_OR_MARKS = ("SAVEPOINT", "RELEASE", "ROLLBACK")  # must also run in a failed transaction

_reach: ContextVar[Reach] = ContextVar("reach", default=NOTHING)


@contextmanager
def within(reach: Reach) -> Iterator[None]:
    """Rows within this reach alone, until the block ends."""
    before = _reach.set(reach)
    try:
        yield
    finally:
        _reach.reset(before)


@contextmanager
def whole_bank(reason: str) -> Iterator[None]:
    """Rows of every branch; `reason` says, to whoever reads the code, why that is right here.

    Also a decorator. A queryset made inside must be read inside.
    """
    if not reason:
        raise ValueError("whole_bank() needs a reason")
    with within(WHOLE_BANK):
        yield


def from_here_on(reach: Reach) -> None:
    """This reach until the block around (`within`) ends: who asks became known inside."""
    _reach.set(reach)


def reach_now() -> Reach:
    """The reach of what is asked at this moment; `NOTHING` where nobody said."""
    return _reach.get()


def keep_while_sent(response: HttpResponseBase) -> None:
    """An answer that is made while it is sent reads its rows within the reach of now."""
    if response.streaming and not hasattr(response, "file_to_stream"):
        parts = response.streaming_content  # type: ignore[attr-defined]
        response.streaming_content = _read_within(_reach.get(), parts)  # type: ignore[attr-defined]


def _read_within(reach: Reach, parts: Iterable[bytes]) -> Iterator[bytes]:
    remaining = iter(parts)
    while True:
        with within(reach):
            part = next(remaining, None)
        if part is None:
            return
        yield part


def _carry(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Django's way around each statement: the setting goes before it, in one message.

    A message of several statements is one transaction, and the setting ends with
    it; inside of a longer one it is said anew with each statement, so that
    neither savepoints nor who asked before matter.
    """
    connection, cursor = context["connection"], context["cursor"]
    reach = _reach.get()
    if reach == NOTHING and not connection.in_atomic_block:
        return execute(sql, params, many, context)
    if not isinstance(sql, str):
        sql = sql.as_string(cursor.cursor)
    start = sql[:99].lstrip(" \t\r\n(").upper()
    in_one = connection.in_atomic_block and not start.startswith(_ENDS_OR_MARKS)
    if not in_one and not start.startswith(_TOUCHES_ROWS):
        return execute(sql, params, many, context)
    # (Not SET: pg_stat_statements would keep one of them for each person.)
    setting = f"SELECT set_config('{SETTING}', '{reach}', true)"
    if many or hasattr(cursor.cursor, "scrollable"):  # no message can hold both: a cursor there
        with transaction.atomic(using=connection.alias, savepoint=False):
            connection.connection.execute(setting)
            return execute(sql, params, many, context)
    result = execute(f"{setting};{sql}", params, many, context)
    cursor.nextset()  # past what set_config answered
    return result


def _on_connection(connection: Any, **kwargs: Any) -> None:
    if connection.vendor == "postgresql" and _carry not in connection.execute_wrappers:
        connection.execute_wrappers.append(_carry)


connection_created.connect(_on_connection)
