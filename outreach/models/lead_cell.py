"""Leads counted beforehand by cell, so that a map of any size is answered in milliseconds.

Three tables of one mechanism, `outreach.pyramid`: what is counted (`LeadCell`),
what has changed since (`LeadChange`), and under which branch numbers a lead
counts (`BranchGrain`). No other code writes them. Counted is who stands on the
map of a supervisor: eligible, with a position and a last day.
"""

from datetime import date

from django.db import models

NO_DAY = date(1970, 1, 1)  # in layers that do not tell days apart


class LeadCell(models.Model):
    """How many leads of one kind lie in one cell, and the sums that their middle comes from.

    `layer` is the place in `outreach.pyramid.layers.LAYERS`: it says the zoom of
    `cell` (a tile key shifted right), the depth of the branch `grain` stands for,
    and which of the columns that follow are told apart; the others hold 0, '' or
    `NO_DAY`. `state` is `layers.STATE`. `sum_x` and `sum_y` add up the leads' parts
    of the cell (`layers.PART_BITS` bits each, x to the east, y to the south).
    """

    pk = models.CompositePrimaryKey(
        "layer", "grain", "cell", "state",
        "product_id", "segment", "amount_band", "precision", "valid_to",
    )  # fmt: skip
    layer = models.PositiveSmallIntegerField()
    grain = models.PositiveIntegerField()
    cell = models.BigIntegerField()
    state = models.PositiveSmallIntegerField()
    product_id = models.BigIntegerField(default=0)
    segment = models.CharField(max_length=40, blank=True)
    amount_band = models.PositiveSmallIntegerField(default=0)
    precision = models.PositiveSmallIntegerField(default=0)
    valid_to = models.DateField(default=NO_DAY)
    n = models.IntegerField()
    sum_x = models.IntegerField()
    sum_y = models.IntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "地图汇总格"
        indexes = [
            models.Index(fields=["n"], condition=models.Q(n=0), name="lead_cell_emptied"),
        ]

    def __str__(self) -> str:
        return f"{self.layer}/{self.grain}/{self.cell}"


class LeadChange(models.Model):
    """So many leads more (or fewer, when negative) of one kind at one key, not yet in the cells.

    Written by the database itself, in the transaction that changes the lead
    (`outreach.pyramid.triggers`): rows are only ever added, so no writer waits for
    another. `outreach.pyramid.folding` moves them into the cells.
    """

    n = models.IntegerField()
    branch_number = models.PositiveIntegerField()
    tile_key = models.BigIntegerField(db_index=True)
    state = models.PositiveSmallIntegerField()
    product_id = models.BigIntegerField()
    segment = models.CharField(max_length=40, blank=True)
    amount_band = models.PositiveSmallIntegerField()
    precision = models.PositiveSmallIntegerField()
    valid_to = models.DateField()

    class Meta:
        verbose_name = verbose_name_plural = "地图汇总变动"

    def __str__(self) -> str:
        return f"{self.n:+d} @ {self.tile_key}"


class BranchGrain(models.Model):
    """Under which branch numbers leads of one branch number are counted.

    `depth_1` to `depth_3` are the numbers of its ancestors one to three steps below
    the root; a branch that stands higher up counts under its own.
    """

    branch_number = models.PositiveIntegerField(primary_key=True)
    depth_1 = models.PositiveIntegerField()
    depth_2 = models.PositiveIntegerField()
    depth_3 = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "地图汇总机构"

    def __str__(self) -> str:
        return f"{self.branch_number}: {self.depth_1}, {self.depth_2}, {self.depth_3}"
