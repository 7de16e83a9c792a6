"""The working row the map runs on: one per customer, narrow, without personal data."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from outreach.priority import IN_A_TURN, UnscoredLast
from outreach.querysets import LeadQuerySet
from outreach.stages import IN_PROCESS, Stage, StageBasis
from trust.retention import Kept, Then
from whitelist.models import Precision


class Eligibility(models.TextChoices):
    """May they be marketed to (可营销), and if not, why not."""

    YES = "yes", _("可营销")
    WITHDRAWN = "withdrawn", _("移出")
    EXPIRED = "expired", _("过期")
    REFUSED = "refused", _("拒绝营销")
    CONTROL = "control", _("对照组")


_COUNTED = (
    "eligibility", "valid_to", "holder", "stage", "stage_basis", "product", "segment",
    "amount_band", "precision",
)  # fmt: skip


class AmountBand(models.IntegerChoices):
    """Bands of the pre-approved amount; the value is the lower bound in 万元."""

    UNDER_5 = 0, _("5万以下")
    FROM_5 = 5, _("5–10万")
    FROM_10 = 10, _("10–20万")
    FROM_20 = 20, _("20–50万")
    FROM_50 = 50, _("50万以上")

    @classmethod
    def of(cls, amount: int) -> "AmountBand":
        """The band of an amount in 元."""
        return max((band for band in cls if amount >= band.value * 10_000), default=cls.UNDER_5)


class Lead(models.Model):
    """A customer as work: where, whose, how far, still allowed.

    `branch_number` copies the branch's number, so that any scope is one range.
    `tile_key` is the position: the Web-Mercator tile at zoom 24 with the bits of
    x and y interleaved (`outreach.tilekey`); NULL when not located. Product,
    amount and expiry are those of the offer in force that ends first.
    """

    customer = models.OneToOneField("whitelist.Customer", models.PROTECT, related_name="lead")
    branch = models.ForeignKey(
        "branches.Branch", models.PROTECT, related_name="leads", verbose_name="管户机构"
    )
    branch_number = models.PositiveIntegerField()
    holder = models.ForeignKey(
        "branches.Staff",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name="持有人",
        db_index=False,  # lead_holder_tile
    )
    stage = models.CharField("阶段", max_length=16, choices=Stage, default=Stage.TO_CONTACT)
    stage_basis = models.CharField(max_length=10, choices=StageBasis, default=StageBasis.REPORTED)
    eligibility = models.CharField(
        "可营销", max_length=10, choices=Eligibility, default=Eligibility.YES
    )
    tile_key = models.BigIntegerField(null=True)
    precision = models.PositiveSmallIntegerField(
        "精度", choices=Precision, default=Precision.UNLOCATED
    )
    village = models.ForeignKey(
        "whitelist.Place",
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="行政村",
        db_index=False,  # lead_village
    )
    product = models.ForeignKey(
        "whitelist.Product",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,  # a handful of them: an index finds a third of the table
    )
    segment = models.CharField("客群", max_length=40, blank=True)
    amount = models.PositiveBigIntegerField("预审批额度（元）", default=0)
    amount_band = models.PositiveSmallIntegerField(choices=AmountBand, default=AmountBand.UNDER_5)
    valid_to = models.DateField("失效日期", null=True)  # inclusive
    score = models.DecimalField("响应评分", max_digits=7, decimal_places=4, null=True)
    follow_up_at = models.DateTimeField("下次跟进", null=True, blank=True)
    last_attempt_at = models.DateTimeField("最近联系", null=True, blank=True)
    last_contact_at = models.DateTimeField("最近触达", null=True, blank=True)
    # HQ's latest contact found high intention, and no colleague has spoken to them since.
    hq_interest_at = models.DateTimeField("总行意向高", null=True, blank=True)
    # Confirmed as applied, but every application was refused: nothing is under way.
    application_refused = models.BooleanField("申请未通过", default=False, db_default=False)
    # The list moved the customer to another outlet while work was under way.
    branch_change_flagged = models.BooleanField("管户机构有变", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = LeadQuerySet.as_manager()
    retention = (
        Kept(
            ("tile_key", "precision", "village", "segment", "score", "follow_up_at"),
            Then.WITH,
            "with the customer's own data",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = "客户"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(precision=0, tile_key__isnull=True)
                | models.Q(precision__gt=0, tile_key__isnull=False),
                name="located_has_a_tile_key",
            ),
        ]
        indexes = [
            # By scope or by tile, with everything a count needs: read from the index alone.
            models.Index(fields=["branch_number", "tile_key", *_COUNTED], name="lead_scope_tile"),
            models.Index(
                fields=["tile_key", "branch_number", *_COUNTED, "id"], name="lead_tile_counts"
            ),
            # SQLite takes "nobody" for one holder among thousands: the pool has its own index.
            models.Index(
                fields=["holder", "tile_key"],
                condition=models.Q(holder__isnull=False),
                name="lead_holder_tile",
            ),
            models.Index(
                fields=["branch_number", "tile_key"],
                condition=models.Q(holder__isnull=True),
                name="lead_pool_tile",
            ),
            # A village's numbers and where its customers stand, from the index alone.
            models.Index(
                fields=[
                    *("village", "branch_number", "eligibility", "valid_to", "stage"),
                    *("precision", "tile_key"),
                ],
                name="lead_village",
            ),
            # Eligible though the offer ended: nearly always none, as the clock marks them
            # (`outreach.expiry.ENDED_UNMARKED`). `amount >= 0` is always so; it keeps
            # SQLite from taking this index for any question about days.
            models.Index(
                fields=["valid_to"],
                condition=models.Q(eligibility=Eligibility.YES, amount__gte=0),
                name="lead_ended_unmarked",
            ),
            # The list by priority is read along these two.
            UnscoredLast(
                *IN_A_TURN,
                *("stage", "branch_number", "tile_key"),
                condition=models.Q(eligibility=Eligibility.YES),
                name="lead_by_turn",
            ),
            UnscoredLast(
                *IN_A_TURN,
                *("follow_up_at", "branch_number", "tile_key"),
                condition=models.Q(follow_up_at__isnull=False),
                name="lead_follow_ups",
            ),
        ]

    def __str__(self) -> str:
        return f"客户 {self.pk}"

    @property
    def is_in_process(self) -> bool:
        """An application is under way or the loan is drawn: serve, do not market."""
        return self.stage in IN_PROCESS and not self.application_refused

    @property
    def is_confirmed_in_process(self) -> bool:
        """In process, and the bank's systems say so: this opens gates, 自报 does not."""
        return self.is_in_process and self.stage_basis == StageBasis.CONFIRMED

    @property
    def is_off_the_list(self) -> bool:
        """Withdrawn or expired: `LeadQuerySet.off_the_list`."""
        gone = self.valid_to is not None and self.valid_to < timezone.localdate()
        return gone or self.eligibility in {Eligibility.WITHDRAWN, Eligibility.EXPIRED}

    @property
    def is_placed(self) -> bool:
        """Known to the village or finer: `LeadQuerySet.placed`."""
        return self.precision >= Precision.VILLAGE

    @property
    def point(self) -> tuple[float, float] | None:
        """(lon, lat) in WGS-84, to about two metres; None when not located."""
        from outreach.tilekey import lonlat_of_key

        return None if self.tile_key is None else lonlat_of_key(self.tile_key)
