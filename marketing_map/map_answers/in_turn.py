"""The first leads in view by priority, in time that does not grow with the view.

Few are fetched and sorted. Of many, each turn (`outreach.priority`) is read along
an index in its own order until the page is full; what is out of view is passed over.
"""

from marketing_map.map_answers.asking import Asked
from marketing_map.map_answers.nearest import FINE, counts_from
from marketing_map.map_answers.reach import ranges_of
from marketing_map.map_answers.window import Window, in_window
from outreach.models import Lead
from outreach.priority import ENDS, IN_A_TURN, turns
from outreach.querysets import LeadQuerySet
from trust.wall import whole_bank

FEW = 1_000  # so many are sorted without a thought
# Passing over more than these, PostgreSQL would rather sort all of them; and where a
# window's leads are not spread evenly over the order, so many more are read at the most.
MOST_PASSED_OVER, LONGER = 3_000, 2
SPARSE = 300  # so few stand in few of the cells of a wide window


def first_in_turn(asked: Asked, window: Window, wanted: int, *, n: int) -> list[int]:
    """Ids of the first `wanted` leads in the window, as `by_priority` orders them.

    Args:
        n: how many of them lie in the window.
    """
    passed_over = wanted * _highest_id() // max(n, 1)
    can_be_read = n > max(wanted, FEW) and passed_over <= MOST_PASSED_OVER
    if can_be_read and _more_are_read(asked, window, n, than=passed_over):
        reading = max(FEW, LONGER * passed_over)
        ids = read_in_turn(asked.leads, window, wanted, reading=reading)
        if ids is not None:
            return ids
    inside = in_window(asked.by_key, window)
    if asked.filtered and asked.question and n <= SPARSE:
        at, cells = counts_from(asked.question)(window.corners, FINE)
        inside = inside.in_key_ranges(ranges_of((at, cell) for cell in cells))
    return list(inside.by_priority().values_list("pk", flat=True)[:wanted])


def read_in_turn(
    leads: LeadQuerySet, window: Window, wanted: int, *, reading: int
) -> list[int] | None:
    """The same, turn by turn along ``lead_by_turn``, no more than `reading` leads of each;
    None when that was too few."""
    ids: list[int] = []
    for turn in turns():
        ordered = leads.alias(ends=ENDS).filter(turn).order_by(*IN_A_TURN)
        found = ordered.first_in_rectangle(*window.corners, wanted - len(ids), reading=reading)
        if found is None:
            return None
        ids += found
        if len(ids) >= wanted:
            break
    return ids


def _more_are_read(asked: Asked, window: Window, n: int, *, than: int) -> bool:
    """Whether more are read when all in the window are sorted: of those that a filter keeps,
    all that the viewer works on there."""
    if n > than or not asked.filtered:
        return n > than
    viewer = asked.viewer
    scope = Lead.objects.visible_to(viewer).worked_on_by(viewer)
    return in_window(scope, window).order_by()[: than + 1].count() > than


@whole_bank("how many there are, at the most")
def _highest_id() -> int:
    """At most so many leads are passed over along an index of all of them."""
    leads = Lead.objects.unscoped("how many there are, at the most")
    return leads.order_by("-pk").values_list("pk", flat=True).first() or 0
