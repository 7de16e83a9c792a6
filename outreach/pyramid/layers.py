"""What is counted beforehand: which cells, under which branches, what told apart.

The parts of SQL here read the same on SQLite and PostgreSQL; ``{0}`` in them
stands for the name of a row of outreach_lead.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from outreach import tilekey
from outreach.models import Stage, StageBasis

PART_BITS = 2  # the middle of a cell is weighed from 4 × 4 parts of it


class Kind(StrEnum):
    """What a layer tells apart beside the state; a question needs one that tells all it asks."""

    PLAIN = ""
    DAY = "valid_to"
    OFFER = "product_id segment amount_band"
    PRECISION = "precision"
    DAY_AND_OFFER = "valid_to product_id segment amount_band"

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(self.split())


@dataclass(frozen=True)
class Layer:
    """Cells of one zoom, counted under the branches of one depth of the tree."""

    number: int
    zoom: int
    depth: int
    kind: Kind

    @property
    def shift(self) -> int:
        """Bits between a tile key and a cell of this layer."""
        return 2 * (tilekey.ZOOM - self.zoom)


# Coarse cells under the branches right below the root, finer ones further down: a
# branch of the third step has few cells even of the finest. A tile shows 8 × 8
# cells, so one of each zoom that is asked for would be best; zoom 8 is read from 9,
# as few cells are there to be read. How fine it is worth going depends on how much a
# layer tells apart: where a cell holds hardly more leads than kinds, the leads
# themselves are as quick.
_COARSE = ((7, 1), (9, 1), (10, 1), (11, 2))
_GRIDS = {
    Kind.PLAIN: (*_COARSE, (12, 2), (13, 3)),
    Kind.DAY: (*_COARSE, (12, 2), (13, 3)),
    Kind.OFFER: (*_COARSE, (12, 2), (13, 3)),
    Kind.PRECISION: (*_COARSE, (12, 2)),
    Kind.DAY_AND_OFFER: _COARSE,
}
LAYERS = tuple(
    Layer(number, zoom, depth, kind)
    for number, (zoom, depth, kind) in enumerate(
        (zoom, depth, kind) for kind in Kind for zoom, depth in _GRIDS[kind]
    )
)
FINEST = max(layer.zoom for layer in LAYERS)


def layer_for(kind: Kind, zoom: int, depth: int) -> Layer | None:
    """The coarsest layer whose cells are at least as fine as `zoom`, for a branch at `depth`."""
    fitting = [
        layer
        for layer in LAYERS
        if layer.kind == kind and layer.zoom >= zoom and layer.depth >= depth
    ]
    return min(fitting, key=lambda layer: layer.zoom, default=None)


def finest_zoom(kind: Kind, depth: int) -> int:
    """Of the cells counted for a branch at `depth`."""
    return max(layer.zoom for layer in LAYERS if layer.kind == kind and layer.depth >= depth)


# --- a lead as the cells see it ----------------------------------------------
STAGES = tuple(Stage.values)
COUNTED = "{0}.eligibility = 'yes' AND {0}.tile_key IS NOT NULL AND {0}.valid_to IS NOT NULL"
_STAGE = " ".join(f"WHEN '{stage}' THEN {4 * place}" for place, stage in enumerate(STAGES))
STATE = (
    f"(CASE {{0}}.stage {_STAGE} END"
    " + CASE WHEN {0}.holder_id IS NULL THEN 0 ELSE 2 END"
    f" + CASE {{0}}.stage_basis WHEN '{StageBasis.CONFIRMED}' THEN 1 ELSE 0 END)"
)
# Columns of outreach_leadchange in their order, as they follow from a lead.
OF_LEAD = {
    "branch_number": "{0}.branch_number",
    "tile_key": "{0}.tile_key",
    "state": STATE,
    "product_id": "COALESCE({0}.product_id, 0)",
    "segment": "{0}.segment",
    "amount_band": "{0}.amount_band",
    "precision": "{0}.precision",
    "valid_to": "{0}.valid_to",
}
# Columns of outreach_lead whose change the cells must hear of.
WATCHED = (
    "branch_number", "tile_key", "stage", "holder_id", "stage_basis", "product_id",
    "segment", "amount_band", "precision", "valid_to", "eligibility",
)  # fmt: skip


def state_of(stage: str, *, held: bool, confirmed: bool) -> int:
    """`STATE` in Python."""
    return 4 * STAGES.index(stage) + 2 * held + confirmed


def of_lead(row: str) -> str:
    """The columns of `OF_LEAD`, of a lead called `row`, named for a SELECT."""
    return ", ".join(f"{told.format(row)} AS {column}" for column, told in OF_LEAD.items())


def part(layer: Layer, axis: int, key: str = "tile_key") -> str:
    """Which of the cell's 4 parts along an axis (0: x, 1: y) a key falls in, as SQL."""
    below = f"({key} >> {layer.shift - 2 * PART_BITS + axis})"
    return f"(({below} & 1) + (({below} >> 1) & 2))"


def no_day() -> str:
    """`lead_cell.NO_DAY` as a literal of the column's type."""
    return "DATE '1970-01-01'" if connection.vendor == "postgresql" else "'1970-01-01'"


def columns_told(layer: Layer, row: str) -> dict[str, str]:
    """What a layer stores in the columns that only some kinds tell apart, as SQL by column."""
    untold = {
        "product_id": "0",
        "segment": "''",
        "amount_band": "0",
        "precision": "0",
        "valid_to": no_day(),
    }
    return {
        column: f"{row}.{column}" if column in layer.kind.columns else blank
        for column, blank in untold.items()
    }
