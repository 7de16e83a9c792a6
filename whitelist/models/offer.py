"""预审批额度: what a programme offers a customer."""

from typing import TYPE_CHECKING

from django.db import models

from branches.scope import ScopedQuerySet
from trust.fields import KeyedIndexField
from trust.retention import Kept, Then
from whitelist.models.customer import Customer

if TYPE_CHECKING:
    from branches.models import Staff


class OfferQuerySet(ScopedQuerySet):
    def visible_to(self, user: "Staff") -> "OfferQuerySet":
        return self._scoped().filter(branch__number__range=user.branch.number_range)

    def in_force(self) -> "OfferQuerySet":
        return self.filter(is_in_force=True)


class Offer(models.Model):
    """One per customer, programme and product. Never a decision: 以最终审批为准.

    `row` is the row of the list it stands on; it changes when a later list
    changes the offer, and says where the customer's data came from.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="offers", db_index=False
    )  # the unique constraint below begins with it
    # Programme, product and branch are not checked by the database a million times
    # over: Django refuses to delete one that an offer names (ADR 24).
    programme = models.ForeignKey(
        "whitelist.Programme",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    product = models.ForeignKey(
        "whitelist.Product",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    branch = models.ForeignKey(
        "branches.Branch", models.PROTECT, related_name="+", db_constraint=False
    )
    amount = models.PositiveBigIntegerField("预审批额度（元）")
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期")  # inclusive
    score = models.DecimalField("响应评分", max_digits=7, decimal_places=4, null=True)
    segment = models.CharField("客群", max_length=40, blank=True)
    details_digest = KeyedIndexField()
    is_in_force = models.BooleanField("在名单内", default=True)
    is_control = models.BooleanField("对照组", default=False)
    # How far the loan system says this offer came: a `LoanStep`, or empty (`LoanResult`).
    loan_step = models.CharField("业务进度", max_length=10, blank=True, db_default="")
    row = models.ForeignKey("whitelist.UploadRow", models.PROTECT, null=True, related_name="+")
    batch = models.ForeignKey(
        "whitelist.WhitelistBatch", models.PROTECT, null=True, related_name="offers"
    )  # the last batch that listed, changed or withdrew it

    objects = OfferQuerySet.as_manager()
    retention = (
        Kept(("details_digest", "segment", "score"), Then.WITH, "with the customer's own data"),
    )

    class Meta:
        verbose_name = verbose_name_plural = "预审批额度"
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "programme", "product"], name="one_offer_a_programme_product"
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "branch", "is_in_force"], name="offer_list"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.amount}"
