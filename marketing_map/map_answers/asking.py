"""Leads somebody asks about on the map, in the two forms that answers come from."""

from dataclasses import dataclass

from branches.models import Staff
from outreach.pyramid.question import CellQuestion, is_far_down
from outreach.querysets import LeadQuerySet

LARGE = 9  # tiles of this zoom are some sixty kilometres wide


@dataclass(frozen=True)
class Asked:
    """One question: as a query over leads, and for the cells when they can answer it.

    Both are of the viewer's scope and mean the same leads.

    Args:
        few: an index leads straight to them: a manager's own, one colleague's, one village's.
        filtered: a filter may keep fewer than the viewer works on.
    """

    viewer: Staff
    leads: LeadQuerySet
    question: CellQuestion | None = None
    few: bool = False
    filtered: bool = False

    @property
    def by_key(self) -> LeadQuerySet:
        """The leads, to be looked up by key where the scope is too large to be read."""
        return self.leads.looked_up_by_key() if self.question else self.leads

    def in_tile(self, z: int, x: int, y: int) -> LeadQuerySet:
        """The leads in one tile, found by what is fewer: the tile's, or the scope's.

        A manager has hundreds, a branch far down the tree some ten thousand: where a
        tile covers counties, walking it to find them would be the long way.

        Raises:
            ValueError: no such tile.
        """
        if self.viewer.is_manager or (z <= LARGE and is_far_down(self.viewer.branch)):
            return self.leads.in_tile_by_scope(z, x, y)
        return self.leads.in_tile(z, x, y)
