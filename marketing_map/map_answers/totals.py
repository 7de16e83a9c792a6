"""The four numbers above a list of leads, and on the chips of the map.

Counted from the cells of the pyramid where they answer, what they do not hold whole
(the rim of a window, leads without a position) from the leads themselves.
"""

from collections import Counter
from dataclasses import replace

from django.db.models import Count, Q

from marketing_map.map_answers.asking import Asked
from marketing_map.map_answers.window import CELLS_A_SIDE, Window, in_window
from outreach import tilekey
from outreach.local_day import soon
from outreach.models import Stage
from outreach.pyramid.counting import EVERYWHERE, counts_of
from outreach.pyramid.layers import finest_zoom
from outreach.pyramid.question import CellQuestion, states_where
from outreach.querysets import LeadQuerySet

Totals = dict[str, int]  # all, to_contact, unassigned, expiring; unlocated of all there are
_TO_CONTACT = states_where(stages=[Stage.TO_CONTACT])
_UNASSIGNED = states_where(held=False)
RIM = 1  # cells may be so many zooms coarser than a window's: beyond, its rim is most of it


def totals(asked: Asked, window: Window | None = None) -> Totals:
    """How many, how many of them to contact, unassigned, expiring; in the window, or in all.

    Of all, how many no window holds is told too: ``unlocated``.
    ``expiring`` is missing where neither cells nor few leads tell.
    """
    question = asked.question
    if question is None:
        if window is None:
            return counted(asked.leads, unlocated=Count("stage", filter=Q(tile_key=None)))
        return counted(in_window(asked.by_key, window))
    if window is None:
        unlocated = counted(asked.leads.unlocated())
        found = _add(_of_cells(question, 0, EVERYWHERE), unlocated)
        return found | {"unlocated": unlocated["all"]}
    ending = _ending(question)
    kinds = [each.kind for each in (question, ending) if each.kind is not None]
    finest = min(finest_zoom(kind, question.depth) for kind in kinds)
    zoom, cells = window.cells(CELLS_A_SIDE)
    if zoom > finest + RIM:
        return counted(in_window(asked.by_key, window))
    inner = window.whole_cells(min(zoom, finest))
    if inner is None:
        return counted(in_window(asked.by_key, window))
    found = _of_cells(question, min(zoom, finest), inner)
    rim = [at for at in cells if not _holds(inner, at << 2 * (tilekey.ZOOM - zoom))]
    if not rim:
        return found
    shift = 2 * (tilekey.ZOOM - zoom)
    ranges = [(at << shift, ((at + 1) << shift) - 1) for at in rim]
    return _add(found, counted(asked.by_key.in_key_ranges(ranges)))


def counted(leads: LeadQuerySet, **more: Count) -> Totals:
    """The same of these leads, one by one, and what else is to be counted of them.

    All that is asked of a lead stands in the index that finds it (``lead_tile_counts``), so
    that no row is fetched to be counted: not even its id, which that index lacks.
    """
    return leads.order_by().aggregate(
        all=Count("*"),
        to_contact=Count("stage", filter=Q(stage=Stage.TO_CONTACT)),
        unassigned=Count("stage", filter=Q(holder=None)),
        expiring=Count("stage", filter=Q(valid_to__lte=soon())),
        **more,
    )


def _of_cells(question: CellQuestion, zoom: int, keys: tuple[int, int]) -> Totals:
    """The same from cells of this zoom, in the rectangle from the first key to the last."""
    by_state = Counter(counts_of(question, zoom, keys, rectangle=keys != EVERYWHERE))
    found = {
        "all": by_state.total(),
        "to_contact": sum(by_state[state] for state in _TO_CONTACT),
        "unassigned": sum(by_state[state] for state in _UNASSIGNED),
    }
    ending = _ending(question)
    if ending.kind is not None:
        ends = counts_of(ending, zoom, keys, rectangle=keys != EVERYWHERE)
        found["expiring"] = sum(ends.values())
    return found


def _ending(question: CellQuestion) -> CellQuestion:
    return replace(question, until=min(question.until or soon(), soon()))


def _add(some: Totals, more: Totals) -> Totals:
    """Both together; what only one of them tells is left out."""
    return {name: some[name] + more[name] for name in some if name in more}


def _holds(keys: tuple[int, int], key: int) -> bool:
    first, last = keys
    return all(
        first & bits <= key & bits <= last & bits for bits in (tilekey.X_BITS, tilekey.Y_BITS)
    )
