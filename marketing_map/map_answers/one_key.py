"""The leads that share one position, counted by the database."""

from dataclasses import dataclass, field

from django.db.models import Count, Min, Q

from branches.models import Staff
from marketing_map.map_answers.states import STATES, place_of
from outreach.local_day import soon
from outreach.models import Stage
from outreach.querysets import LeadQuerySet

Counts = tuple[int, int, int]


@dataclass
class OneKey:
    """The leads at one key. `lead` is one of them: the first by number."""

    lead: int
    precision: int
    states: list[int] = field(default_factory=lambda: [0] * len(STATES))
    expiring: int = 0
    mine: int = 0

    @property
    def n(self) -> int:
        return sum(self.states)

    @property
    def counts(self) -> Counts:
        """Total, done and expiring."""
        to_contact = self.states[place_of(Stage.TO_CONTACT, held=True)]
        return self.n, self.n - to_contact - self.states[0], self.expiring

    @property
    def look(self) -> int:
        """Of a single lead: ``state + 8·precision + 64·expiring + 128·mine``."""
        return self.states.index(1) + 8 * self.precision + 64 * self.expiring + 128 * self.mine


def by_key(leads: LeadQuerySet, viewer: Staff) -> dict[int, OneKey]:
    """These leads by their key; `OneKey.precision` is the coarsest among them."""
    rows = (
        leads.order_by()
        .values_list("tile_key", "stage")
        .annotate(
            n=Count("*"),
            held=Count("holder"),
            lead=Min("pk"),
            coarsest=Min("precision"),
            expiring=Count("tile_key", filter=Q(valid_to__lte=soon())),
            mine=Count("tile_key", filter=Q(holder=viewer)),
        )
    )
    found: dict[int, OneKey] = {}
    for key, stage, n, held, lead, precision, expiring, mine in rows:
        at = found.setdefault(key, OneKey(lead, precision))
        at.lead, at.precision = min(at.lead, lead), min(at.precision, precision)
        at.states[place_of(stage, held=False)] += n - held
        at.states[place_of(stage, held=True)] += held
        at.expiring += expiring
        at.mine += mine
    return found
