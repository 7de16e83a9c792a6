"""The questions asked of leads, as a vocabulary."""

from collections.abc import Iterable
from copy import copy
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import F, Q, Value
from django.db.models.expressions import Col, CombinedExpression
from django.utils import timezone

from branches.models import Branch, Role, Staff
from branches.scope import ScopedQuerySet
from outreach import tilekey
from outreach.local_day import midnight
from outreach.priority import IN_A_TURN, turn
from outreach.stages import IN_PROCESS
from whitelist.models.location import Precision

if TYPE_CHECKING:
    from whitelist.models import Place


class LeadQuerySet(ScopedQuerySet):
    def visible_to(self, user: Staff) -> "LeadQuerySet":
        """Whose leads a user may see.

        A manager: those they hold, and the unassigned pool of their outlet. A
        supervisor, list staff and systems: everything in their subtree. An
        auditor: none.
        """
        scoped = self._scoped()
        if user.role == Role.AUDITOR:
            return scoped.none()
        if user.role == Role.MANAGER:
            pool = Q(holder=None, branch_number__range=user.branch.number_range)
            return scoped.filter(Q(holder=user) | pool)
        return scoped.filter(branch_number__range=user.branch.number_range)

    def workable(self) -> "LeadQuerySet":
        """Those that may be marketed to today: what maps and lists show.

        Expiry is looked at here too, so that a customer is gone at midnight
        and not when the clock job comes by.
        """
        return self.filter(eligibility="yes", valid_to__gte=timezone.localdate())

    def served_by(self, user: Staff) -> "LeadQuerySet":
        """Business in process that the user holds, on the list or not.

        Not who asked to be left alone, nor the control group: nobody contacts those.
        """
        under_way = self.filter(holder=user, stage__in=IN_PROCESS, application_refused=False)
        return under_way.exclude(eligibility__in=("refused", "control"))

    def worked_on_by(self, user: Staff) -> "LeadQuerySet":
        """What a member of staff finds on map, list and search.

        Those that may be marketed to; a manager's own business in process too,
        which is served on after it left the list.
        """
        on_the_list = self.workable()
        return on_the_list | self.served_by(user) if user.is_manager else on_the_list

    def off_the_list(self) -> "LeadQuerySet":
        """Withdrawn or expired: no marketing any more."""
        gone = Q(eligibility__in=("withdrawn", "expired")) | Q(valid_to__lt=timezone.localdate())
        return self.filter(gone)

    def in_branch(self, branch: Branch) -> "LeadQuerySet":
        return self.filter(branch_number__range=branch.number_range)

    def held_by(self, staff: Staff) -> "LeadQuerySet":
        return self.filter(holder=staff)

    def unassigned(self) -> "LeadQuerySet":
        return self.filter(holder=None)

    def located(self) -> "LeadQuerySet":
        return self.filter(tile_key__isnull=False)

    def placed(self) -> "LeadQuerySet":
        """Known to the village or finer: how far away they are can be said.

        Who is known to the township only stands at a point of it, kilometres from home.
        """
        return self.filter(precision__gte=Precision.VILLAGE)

    def unlocated(self) -> "LeadQuerySet":
        return self.filter(tile_key=None)

    def in_tile(self, z: int, x: int, y: int) -> "LeadQuerySet":
        """Those in one map tile of any zoom. ValueError when there is no such tile."""
        return self.filter(tile_key__range=tilekey.tile_range(z, x, y))

    def in_tile_by_scope(self, z: int, x: int, y: int) -> "LeadQuerySet":
        """The same leads; the sum of nothing tells both engines not to look them up by key."""
        keyed = self.alias(key_unindexed=F("tile_key") + 0)
        return keyed.filter(key_unindexed__range=tilekey.tile_range(z, x, y))

    def in_key_ranges(self, ranges: Iterable[tuple[int, int]]) -> "LeadQuerySet":
        """Those whose key lies in one of the inclusive ranges."""
        anywhere = Q(pk__in=[])
        for first, last in tilekey.merge_ranges(ranges):
            anywhere |= Q(tile_key__range=(first, last))
        return self.filter(anywhere)

    def looked_up_by_key(self) -> "LeadQuerySet":
        """The same, never looked up by branch number where that is left to chance.

        SQLite knows no statistics: in the scope of a province it reads the province to find
        a tile. (A sum with nothing is no column that an index has.)
        """
        found = self.all()
        if connection.vendor == "sqlite":
            _take_index_from("branch_number", found.query.where)
        return found

    def in_rectangle(self, first: int, last: int) -> "LeadQuerySet":
        """Those east and south of one key and west and north of another, these included.

        Bits of x keep their order whatever lies between them, and so do bits of y: two
        comparisons instead of a range for every row of cells. No index answers them;
        the range of the keys themselves is given for one.
        """
        x, y = tilekey.X_BITS, tilekey.Y_BITS
        return self.alias(x_bits=F("tile_key").bitand(x), y_bits=F("tile_key").bitand(y)).filter(
            tile_key__range=(first, last),
            x_bits__range=(first & x, last & x),
            y_bits__range=(first & y, last & y),
        )

    def in_village(self, village: "Place") -> "LeadQuerySet":
        return self.filter(village=village)

    def expiring(self, days: int) -> "LeadQuerySet":
        """Whose offer ends within so many days, today included."""
        today = timezone.localdate()
        return self.filter(valid_to__range=(today, today + timedelta(days=days)))

    def due(self) -> "LeadQuerySet":
        """Whose agreed follow-up is today or overdue."""
        end_of_today = timezone.localtime().replace(hour=23, minute=59, second=59)
        return self.filter(follow_up_at__lte=end_of_today)

    def overdue(self) -> "LeadQuerySet":
        """Whose agreed follow-up was yesterday or before."""
        return self.filter(follow_up_at__lt=midnight())

    def by_priority(self) -> "LeadQuerySet":
        """Whose turn it is first, first (`outreach.priority`)."""
        return self.annotate(turn=turn()).order_by("turn", *IN_A_TURN)

    def first_in_rectangle(
        self, first: int, last: int, most: int, *, reading: int
    ) -> list[int] | None:
        """Ids of the first `most` in a rectangle (`in_rectangle`), in this queryset's order.

        For an order that an index has: leads are read along it until there are enough,
        `reading` of them at the most; None when that was too few to tell. Otherwise both
        engines would read the whole rectangle, or the whole scope, and sort.
        """
        self._require_scope()
        x, y = tilekey.X_BITS, tilekey.Y_BITS
        inner = self.filter(tile_key__range=(first, last)).values_list("id", "tile_key")
        sql, params = inner[:reading].query.sql_with_params()
        if connection.vendor == "sqlite":
            # It knows no statistics, and takes any range for a better find than an order.
            for column in ("branch_number", "tile_key"):
                named = f'"{self.model._meta.db_table}"."{column}" BETWEEN'
                sql = sql.replace(named, f"+{named}")
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id FROM ({sql}) walked WHERE (tile_key & %s) BETWEEN %s AND %s"  # noqa: S608
                " AND (tile_key & %s) BETWEEN %s AND %s LIMIT %s",
                (*params, x, first & x, last & x, y, first & y, last & y, most),
            )
            ids = [pk for (pk,) in cursor.fetchall()]
            if len(ids) < most:
                cursor.execute(f"SELECT COUNT(*) FROM ({sql}) walked", params)  # noqa: S608
                if cursor.fetchone()[0] >= reading:
                    return None
        return ids


def _take_index_from(column: str, where: Any) -> None:
    for place, child in enumerate(where.children):
        if hasattr(child, "children"):
            _take_index_from(column, child)
        elif isinstance(getattr(child, "lhs", None), Col) and child.lhs.target.column == column:
            where.children[place] = copy(child)
            where.children[place].lhs = CombinedExpression(
                child.lhs, "+", Value(0), output_field=child.lhs.output_field
            )
