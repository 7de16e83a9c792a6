"""The gazetteer."""

from math import cos, radians

from django.db import models
from django.utils.translation import gettext_lazy as _

from whitelist.geocoding.names import short_name


class PlaceLevel(models.TextChoices):
    PROVINCE = "province", _("省")
    PREFECTURE = "prefecture", _("市")
    COUNTY = "county", _("区县")
    TOWNSHIP = "township", _("乡镇")
    VILLAGE = "village", _("行政村")
    HAMLET = "hamlet", _("自然村")


class PointSource(models.TextChoices):
    BANK = "bank", _("本行")
    PACKAGE = "package", _("公开数据")
    INDICATIVE = "indicative", _("示意")
    NONE = "none", _("无坐标")


class PlaceQuerySet(models.QuerySet["Place"]):
    def located(self) -> "PlaceQuerySet":
        return self.filter(lon__isnull=False)

    def villages(self) -> "PlaceQuerySet":
        return self.filter(level=PlaceLevel.VILLAGE)

    def under(self, code: str) -> "PlaceQuerySet":
        """Places whose code begins with the significant digits of `code`."""
        return self.filter(code__startswith=code.rstrip("0") if len(code) == 12 else code)

    def nearest_village(self, lon: float, lat: float, within: float = 0.03) -> "Place | None":
        """The village nearest a WGS-84 point, at most `within` degrees (0.03: about 3 km) away."""
        around = self.villages().filter(
            lon__range=(lon - within, lon + within), lat__range=(lat - within, lat + within)
        )
        shorter = cos(radians(lat))  # a degree of longitude, beside one of latitude
        return min(
            around,
            key=lambda p: (((p.lon or 0) - lon) * shorter) ** 2 + ((p.lat or 0) - lat) ** 2,
            default=None,
        )

    def by_pinyin(self) -> "PlaceQuerySet":
        return self.order_by("sort_key", "code")


class Place(models.Model):
    """地名: a division or village.

    `code` has 12 digits (GB/T 2260 + 统计用区划代码: 2+2+2+3+3), 0-padded for
    the levels above the village. A hamlet (自然村) has none of its own: its code
    is its village's with a suffix (``370783101201-01``). Points are WGS-84.
    """

    code = models.CharField(_("代码"), max_length=16, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("层级"), max_length=12, choices=PlaceLevel)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    # The name as the ladder compares it: without 村民委员会 and its like.
    match_name = models.CharField(max_length=60, db_index=True)
    sort_key = models.CharField(max_length=120, blank=True)
    lon = models.FloatField(_("经度 (WGS-84)"), null=True, blank=True)
    lat = models.FloatField(_("纬度 (WGS-84)"), null=True, blank=True)
    point_source = models.CharField(max_length=12, choices=PointSource, default=PointSource.NONE)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("地名")
        ordering = ["code"]
        indexes = [
            models.Index(fields=["parent", "match_name"], name="place_in_parent"),
            models.Index(fields=["level", "lat", "lon"], name="place_by_point"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """The name as every screen writes it: 刘庄村, not 刘庄村民委员会."""
        return short_name(self.name)
