"""What a supervisor has chosen: a drawn line, a village, an outlet, a filter, or ticks.

A selection is carried by the form as it was made and evaluated anew each time,
inside the scope of whoever asks; it holds no personal data.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from branches.models import Branch, Staff
from outreach import lasso
from outreach.filters import LeadFilter
from outreach.models import Eligibility, Lead, OperationKind
from outreach.querysets import LeadQuerySet
from outreach.stages import IN_PROCESS
from trust.wall import whole_bank
from whitelist.models import Place

MAX_LEADS = 50_000
MAX_TICKED = 500  # pages hold 50; Django itself stops at 1,000 fields
QUERY_BYTES = 2_000


class SelectionError(ValueError):
    """The selection cannot be evaluated; the message is for the person who made it."""


class Row(NamedTuple):
    """A chosen lead, as much of it as counting and assigning need."""

    pk: int
    holder_id: int | None
    stage: str
    eligibility: str
    valid_to: date | None
    branch_id: int
    application_refused: bool = False

    @property
    def is_in_process(self) -> bool:
        """As `Lead.is_in_process` has it."""
        return self.stage in IN_PROCESS and not self.application_refused

    @property
    def is_in_process_held(self) -> bool:
        return self.holder_id is not None and self.is_in_process

    def is_workable(self, today: date) -> bool:
        """As `LeadQuerySet.workable` has it."""
        alive = self.valid_to is not None and self.valid_to >= today
        return self.eligibility == Eligibility.YES and alive


@dataclass(frozen=True)
class Selection:
    """How the leads were chosen. `query` is the filter of the page, which narrows every kind."""

    kind: OperationKind
    polygon: str = ""
    village: str = ""
    outlet: str = ""
    query: str = ""
    ticked: tuple[int, ...] = ()

    @classmethod
    def of(cls, form: QueryDict) -> "Selection":
        """The selection that a form or an address carries.

        Raises:
            SelectionError: none, too many, or not to be understood.
        """
        query = form.get("filter", "")
        if len(query.encode()) > QUERY_BYTES:
            raise SelectionError(_("筛选条件太长，请减少条件。"))
        if form.get("polygon", ""):
            return cls(OperationKind.LASSO, polygon=form.get("polygon", ""), query=query)
        if form.get("village", ""):
            return cls(OperationKind.VILLAGE, village=form.get("village", ""), query=query)
        if form.get("outlet", ""):
            return cls(OperationKind.OUTLET, outlet=form.get("outlet", ""), query=query)
        if form.getlist("lead"):
            return cls(OperationKind.TICKED, ticked=_ids(form.getlist("lead")))
        if form.get("kind", "") == OperationKind.FILTER:
            return cls(OperationKind.FILTER, query=query)
        raise SelectionError(_("还没有选择客户。"))

    def fields(self) -> list[tuple[str, str | int]]:
        """Names and values that carry the selection on in a form."""
        single = {
            "polygon": self.polygon,
            "village": self.village,
            "outlet": self.outlet,
            "filter": self.query,
            "kind": self.kind if self.kind == OperationKind.FILTER else "",
        }
        return [(name, value) for name, value in single.items() if value] + [
            ("lead", pk) for pk in self.ticked
        ]

    def title(self, user: Staff) -> str:
        """What was chosen, for the panel's head."""
        if self.kind == OperationKind.VILLAGE:
            return get_object_or_404(Place, code=self.village).short_name
        if self.kind == OperationKind.OUTLET:
            return str(get_object_or_404(Branch.objects.within(user.branch), code=self.outlet))
        if self.kind == OperationKind.LASSO:
            return _("地图上圈选的范围")
        if self.kind == OperationKind.FILTER:
            holder = self._one_holder(user)
            if holder is not None:
                return _("%(name)s名下的客户") % {"name": holder.name}
            return _("符合当前筛选的客户")
        return _("勾选的客户")

    def _one_holder(self, user: Staff) -> Staff | None:
        """The colleague whose customers the filter asks for, and nothing else."""
        asked = QueryDict(self.query)
        text = asked.get("holder", "")
        if set(asked) != {"holder"} or not (text.isascii() and text.isdecimal() and len(text) < 10):
            return None
        return Staff.objects.visible_to(user).filter(pk=int(text)).first()

    def evaluated_for(self, user: Staff) -> "Chosen":
        """The leads chosen now, in this user's scope. The control group is never among them.

        Raises:
            SelectionError: too many, or the drawn line is none.
            Http404: no such village, or no such outlet in the scope.
        """
        self.title(user)  # 404 for what the user has not
        leads = Lead.objects.visible_to(user).exclude(eligibility=Eligibility.CONTROL)
        if self.query:
            leads = LeadFilter(QueryDict(self.query), queryset=leads, user=user).qs
        if self.kind == OperationKind.LASSO:
            return Chosen(_inside(self.polygon, leads))
        if self.kind == OperationKind.VILLAGE:
            leads = leads.filter(village__code=self.village)
        elif self.kind == OperationKind.OUTLET:
            leads = leads.in_branch(Branch.objects.get(code=self.outlet))
        elif self.kind == OperationKind.TICKED:
            leads = leads.filter(pk__in=self.ticked)
        return Chosen(
            _limited(Row(*row) for row in leads.values_list(*Row._fields)[: MAX_LEADS + 1])
        )


@dataclass(frozen=True)
class Chosen:
    """The leads of a selection at one moment, and what a panel says about them."""

    rows: list[Row]

    @cached_property
    def workable(self) -> list[Row]:
        """Those that may be assigned: on the list, not expired, not refused."""
        today = timezone.localdate()
        return [row for row in self.rows if row.is_workable(today)]

    @property
    def closed(self) -> int:
        """How many are withdrawn, expired or refused, and are not assigned."""
        return len(self.rows) - len(self.workable)

    @cached_property
    def unassigned(self) -> list[Row]:
        return [row for row in self.workable if row.holder_id is None]

    @property
    def held(self) -> int:
        return len(self.workable) - len(self.unassigned)

    @cached_property
    def in_process(self) -> int:
        """How many have an application or a loan under way."""
        return sum(row.stage in IN_PROCESS for row in self.workable)

    @cached_property
    def by_stage(self) -> Counter[str]:
        return Counter(row.stage for row in self.workable)

    @cached_property
    def by_holder(self) -> Counter[int | None]:
        return Counter(row.holder_id for row in self.workable)

    @cached_property
    def branch_ids(self) -> set[int]:
        return {row.branch_id for row in self.workable}

    def to_assign(
        self, *, to: int, include_held: bool, include_in_process: bool = False
    ) -> dict[int, int | None]:
        """Lead id → holder now, of those an assignment to `to` would move.

        Business in process stays with its holder unless it is asked for.
        """
        rows = self.workable if include_held else self.unassigned
        return {
            row.pk: row.holder_id
            for row in rows
            if row.holder_id != to and (include_in_process or not row.is_in_process_held)
        }

    @property
    def movable(self) -> int:
        """How many may change hands without business in process losing its holder."""
        return sum(not row.is_in_process_held for row in self.workable)

    @cached_property
    def in_process_by_holder(self) -> Counter[int | None]:
        """How many of each holder's are 办理中."""
        return Counter(row.holder_id for row in self.workable if row.is_in_process_held)

    def to_take_back(
        self, *, include_in_process: bool, holder: int | None = None
    ) -> dict[int, int | None]:
        """Lead id → holder now, of those a taking back would free; of one holder if given."""
        return {
            row.pk: row.holder_id
            for row in self.workable
            if row.holder_id is not None
            and (holder is None or row.holder_id == holder)
            and (include_in_process or not row.is_in_process)
        }

    def digest(self) -> str:
        """Changes when a lead joins, leaves, or changes hands: what the panel showed."""
        shown = ",".join(f"{row.pk}:{row.holder_id or ''}" for row in sorted(self.workable))
        return hashlib.sha256(shown.encode()).hexdigest()


@whole_bank("only counts, of managers in the asker's subtree")
def load_of(managers: Iterable[Staff]) -> Mapping[int, "Load"]:
    """How much each manager has in hand, by id. Scope: the managers were chosen by the caller."""
    from django.db.models import Count, Q

    due = timezone.localtime().replace(hour=23, minute=59, second=59)
    counted = (
        Lead.objects.unscoped("only counts, of managers in the asker's subtree")
        .workable()
        .filter(holder__in=[manager.pk for manager in managers])
        .values("holder")
        .annotate(
            held=Count("pk"),
            to_contact=Count("pk", filter=Q(stage="to_contact")),
            due=Count("pk", filter=Q(follow_up_at__lte=due)),
        )
    )
    return {each["holder"]: Load(each["held"], each["to_contact"], each["due"]) for each in counted}


class Load(NamedTuple):
    """持有, 待触达, 到期跟进 of one manager."""

    held: int = 0
    to_contact: int = 0
    due: int = 0


def _ids(texts: list[str]) -> tuple[int, ...]:
    if len(texts) > MAX_TICKED:
        raise SelectionError(_("一次最多勾选 500 位，请改用筛选。"))
    try:
        ids = sorted({int(text) for text in texts})
    except ValueError as error:
        raise SelectionError(_("勾选的客户无效，请刷新页面。")) from error
    return tuple(pk for pk in ids if 0 < pk < 2**63)


def _inside(polygon: str, leads: LeadQuerySet) -> list[Row]:
    """The rows inside a drawn line."""
    try:
        area = lasso.parse_polygon(polygon)
    except lasso.BadPolygon as error:
        raise SelectionError(str(error)) from error
    covering = lasso.cover(area)
    found = list(
        leads.in_key_ranges(covering.ranges).values_list("tile_key", *Row._fields)[: 2 * MAX_LEADS]
    )
    inside = lasso.keys_inside(area, covering, [row[0] for row in found])
    if len(found) == 2 * MAX_LEADS:
        raise SelectionError(too_many())
    return _limited(Row(*row[1:]) for row, is_in in zip(found, inside, strict=True) if is_in)


def _limited(rows: Iterable[Row]) -> list[Row]:
    listed = list(rows)
    if len(listed) > MAX_LEADS:
        raise SelectionError(too_many())
    return listed


def too_many() -> str:
    """What to do when the selection is larger than one act may be."""
    return _("范围内超过 50,000 位客户，一次分不完。请缩小范围，或加上筛选条件。")
