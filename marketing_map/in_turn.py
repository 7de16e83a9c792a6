"""The first leads in view by priority, in time that does not grow with the view.

Few are fetched and sorted. Of many, each turn (`outreach.priority`) is read along
an index in its own order until the page is full; what is out of view is passed over.
"""

from marketing_map.window import Window, in_window
from outreach.models import Lead
from outreach.priority import ENDS, IN_A_TURN, turns
from outreach.querysets import LeadQuerySet

FEW = 1_000  # so many are sorted without a thought


def first_in_turn(
    leads: LeadQuerySet, window: Window, wanted: int, *, n: int, scope: LeadQuerySet
) -> list[int]:
    """Ids of the first `wanted` leads in the window, as `by_priority` orders them.

    Args:
        leads: those that may be marketed to, all of whom have a last day.
        n: how many of them lie in the window.
        scope: the same before a filter: so many are read to find them.
    """
    passed_over = wanted * _highest_id() // max(n, 1)
    if n > max(wanted, FEW) and _are_more(in_window(scope, window), than=passed_over):
        return read_in_turn(leads, window, wanted)
    return list(in_window(leads, window).by_priority().values_list("pk", flat=True)[:wanted])


def read_in_turn(leads: LeadQuerySet, window: Window, wanted: int) -> list[int]:
    """The same, turn by turn along ``lead_by_turn``."""
    ids: list[int] = []
    for turn in turns():
        ordered = leads.alias(ends=ENDS).filter(turn).order_by(*IN_A_TURN)
        ids += ordered.first_in_rectangle(*window.corners, wanted - len(ids))
        if len(ids) >= wanted:
            break
    return ids


def _are_more(leads: LeadQuerySet, *, than: int) -> bool:
    return leads.order_by()[: than + 1].count() > than


def _highest_id() -> int:
    """At most so many leads are passed over along an index of all of them."""
    leads = Lead.objects.unscoped("how many there are, at the most")
    return leads.order_by("-pk").values_list("pk", flat=True).first() or 0
