"""What online providers have answered, so that no address is paid for twice."""

from django.db import models

from trust.fields import KeyedIndexField
from trust.retention import Kept, Then
from whitelist.models.location import Datum, LocationSource, Precision


class GeocodeAnswer(models.Model):
    """One answer, under the keyed index (kind ``address``) of what was sent.

    Precision 未定位 means: asked, and nobody knew. The address itself is not kept.
    """

    address_index = KeyedIndexField(unique=True, null=False, blank=False)
    lon = models.FloatField("经度 (WGS-84)", null=True)
    lat = models.FloatField("纬度 (WGS-84)", null=True)
    precision = models.PositiveSmallIntegerField("精度", choices=Precision)
    source = models.CharField("来源", max_length=12, choices=LocationSource, blank=True)
    source_datum = models.CharField(max_length=6, choices=Datum, blank=True)
    answered_at = models.DateTimeField(auto_now_add=True)

    retention = (
        Kept(
            ("address_index", "lon", "lat"),
            Then.DELETED,
            "the answer",
            days="RETAIN_GEOCODE_DAYS",
            since="answered_at",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = "在线地址答复"

    def __str__(self) -> str:
        return f"{self.get_precision_display()} ({self.get_source_display()})"
