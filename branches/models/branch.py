"""The branch tree: 总行 → 一级分行 → 二级分行 → 支行 → 网点."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from branches.scope import NumberRange


class BranchLevel(models.TextChoices):
    HEADQUARTERS = "hq", _("总行")
    PROVINCE = "province", _("一级分行")
    PREFECTURE = "prefecture", _("二级分行")
    COUNTY = "county", _("支行")
    OUTLET = "outlet", _("网点")


class BranchQuerySet(models.QuerySet["Branch"]):
    def within(self, branch: "Branch") -> "BranchQuerySet":
        """The branch itself and everything below it."""
        return self.filter(number__range=branch.number_range)

    def outlets(self) -> "BranchQuerySet":
        return self.filter(level=BranchLevel.OUTLET)

    def by_pinyin(self) -> "BranchQuerySet":
        return self.order_by("sort_key", "code")


class Branch(models.Model):
    """A node of the tree.

    `number` is its place in a preorder walk, with gaps; `last_number` the end
    of its subtree. So any scope is one contiguous range of numbers, and every
    hot key begins with one. The tree (`parent`) is the authority: see
    `branches.actions.renumber_branches`.
    """

    code = models.CharField(_("机构号"), max_length=20, unique=True)
    name = models.CharField(_("机构名称"), max_length=80)
    level = models.CharField(_("层级"), max_length=12, choices=BranchLevel)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级"),
    )
    number = models.PositiveIntegerField(_("树序号"), default=0, db_index=True, editable=False)
    last_number = models.PositiveIntegerField(default=0, editable=False)
    sort_key = models.CharField(max_length=160, blank=True, editable=False)  # pinyin of the name
    lon = models.FloatField(_("经度 (WGS-84)"), null=True, blank=True)
    lat = models.FloatField(_("纬度 (WGS-84)"), null=True, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    division_code = models.CharField(_("所在区划代码"), max_length=12, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BranchQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("机构")
        ordering = ["number", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lon__isnull=True, lat__isnull=True)
                | models.Q(lon__range=(-180, 180), lat__range=(-90, 90)),
                name="branch_point_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def number_range(self) -> NumberRange:
        """First and last branch number of the subtree, both inclusive."""
        return self.number, self.last_number

    def contains(self, other: "Branch") -> bool:
        """Whether `other` is this branch or stands below it."""
        return self.number <= other.number <= self.last_number
