"""Where a customer is, how surely, and who says so."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from trust.retention import Kept, Then
from whitelist.models.customer import Customer


class Precision(models.IntegerChoices):
    """The ladder, coarsest first, so that a higher number is a better position."""

    UNLOCATED = 0, _("未定位")
    COUNTY = 1, _("区县")
    TOWNSHIP = 2, _("乡镇")
    VILLAGE = 3, _("行政村")
    HAMLET = 4, _("自然村")
    HOUSE = 5, _("门址")
    ON_SITE = 6, _("现场核实")


class Datum(models.TextChoices):
    WGS84 = "wgs84", "WGS-84"
    GCJ02 = "gcj02", "GCJ-02"
    BD09 = "bd09", "BD-09"


class LocationSource(models.TextChoices):
    GAZETTEER = "gazetteer", _("地名库")
    NOMINATIM = "nominatim", "Nominatim"
    BAIDU = "baidu", _("百度")
    BY_HAND = "by_hand", _("人工标注")
    ON_SITE = "on_site", _("现场校正")


class AddressKind(models.TextChoices):
    BUSINESS = "business", _("经营地址")
    HOME = "home", _("居住地址")
    REGISTERED = "registered", _("户籍地址")
    DIVISION = "division", _("区划代码")


class Location(models.Model):
    """One statement of where a customer is. The former ones are kept, not current."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="locations")
    lon = models.FloatField("经度 (WGS-84)", null=True)
    lat = models.FloatField("纬度 (WGS-84)", null=True)
    precision = models.PositiveSmallIntegerField("精度", choices=Precision)
    source = models.CharField("来源", max_length=12, choices=LocationSource)
    source_datum = models.CharField(max_length=6, choices=Datum, default=Datum.WGS84)
    address_kind = models.CharField(max_length=12, choices=AddressKind, blank=True)
    place = models.ForeignKey(
        "whitelist.Place",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    note = models.CharField("说明", max_length=120, blank=True)  # what matched, or why not finer
    is_current = models.BooleanField(default=True)
    stated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    stated_at = models.DateTimeField(auto_now_add=True)

    retention = (
        Kept(
            ("lon", "lat", "place", "note"), Then.WITH, "with the customer's own data: row deleted"
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = "位置"
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(is_current=True),
                name="one_current_location",
            ),
            models.CheckConstraint(
                condition=models.Q(precision=0, lon__isnull=True, lat__isnull=True)
                | models.Q(precision__gt=0, lon__range=(-180, 180), lat__range=(-90, 90)),
                name="located_has_a_point",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_precision_display()} ({self.get_source_display()})"
