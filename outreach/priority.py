"""优先: whose turn it is. Agreed follow-ups first, then what expires soon, then who is
likeliest to answer."""

from copy import copy
from typing import Any

from django.db.models import Case, F, Index, IntegerField, Q, Value, When
from django.db.models.functions import Greatest
from django.utils import timezone

from outreach.local_day import soon
from outreach.stages import Stage

_EARLY = (Stage.TO_CONTACT, Stage.CONTACTED, Stage.INTERESTED)
# The last day, written so that only the order of a turn is read along the indexes that
# begin with it: SQLite would take them for every question about days. (Not COALESCE: behind
# row-level security PostgreSQL looks nothing up by an expression that it does not know to be
# leakproof, and that is one; ADR 31.)
ENDS = Greatest("valid_to", "valid_to")
# Within a turn: whose offer ends first, then who is likeliest to answer.
IN_A_TURN = (ENDS.asc(), F("score").desc(nulls_last=True), F("id").asc())


def turn() -> Case:
    """The turn of a lead, 0 first."""
    return Case(
        When(_due(), then=Value(0)),
        When(Q(stage__in=_EARLY, valid_to__lte=soon()), then=Value(1)),
        When(stage=Stage.TO_CONTACT, then=Value(2)),
        When(stage__in=_EARLY, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )


def turns() -> list[Q]:
    """The same turns, one condition each, so that each can be read along an index.

    For leads that have a last day, as all have that may be marketed to. ``ends`` is
    `ENDS`, annotated.
    """
    last_day = soon()
    waits = ~_due()
    return [
        _due(),
        waits & Q(stage__in=_EARLY, ends__lte=last_day),
        waits & Q(stage=Stage.TO_CONTACT, ends__gt=last_day),
        waits & Q(stage__in=_EARLY[1:], ends__gt=last_day),
        waits & Q(stage__in=[stage for stage in Stage if stage not in _EARLY]),
    ]


class UnscoredLast(Index):
    """An index of expressions, some of which are in descending order with NULL at the end.

    SQLite has NULL there anyhow, and refuses to be told.
    """

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        index = self
        if schema_editor.connection.vendor == "sqlite":
            index = copy(self)
            index.expressions = tuple(_untold(each) for each in self.expressions)
        return super(UnscoredLast, index).create_sql(model, schema_editor, using, **kwargs)


def _untold(expression: Any) -> Any:
    if not getattr(expression, "nulls_last", None):
        return expression
    untold = expression.copy()
    untold.nulls_last = None
    return untold


def _due() -> Q:
    return Q(follow_up_at__lte=timezone.now())
