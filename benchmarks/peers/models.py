"""The same leads as a GeoDjango project keeps them: a row with a point and its index."""

from django.contrib.gis.db import models


class PeerLead(models.Model):
    """Leads that may be marketed to and have a position; filled by `fill.py`."""

    branch_number = models.IntegerField()
    holder = models.BigIntegerField(null=True)
    stage = models.CharField(max_length=16)
    product = models.BigIntegerField(null=True)
    segment = models.CharField(max_length=40)
    amount_band = models.SmallIntegerField()
    valid_to = models.DateField()
    precision = models.SmallIntegerField()
    point = models.PointField(srid=4326)
    mercator = models.PointField(srid=3857)

    class Meta:
        app_label = "peers"
        db_table = "peer_lead"
        managed = False


class PeerRow(models.Model):
    """A row of a list as text, 22 columns ``c0`` …; made by `import_rows.py`."""

    for _number in range(22):
        vars()[f"c{_number}"] = models.TextField(blank=True)

    class Meta:
        app_label = "peers"
        db_table = "peer_row"
        managed = False
