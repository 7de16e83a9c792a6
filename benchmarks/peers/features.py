"""Every lead as a feature: DRF-GIS GeoJSON, ST_AsMVT by hand, django-vectortiles."""

from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from rest_framework.generics import ListAPIView
from rest_framework_gis.filters import InBBoxFilter
from rest_framework_gis.serializers import GeoFeatureModelSerializer
from vectortiles import VectorLayer
from vectortiles.views import MVTView

from benchmarks.peers.asked import leads_of, scope_of
from benchmarks.peers.models import PeerLead

FIELDS = ("id", "stage", "holder", "precision", "valid_to")
MVT = """
    SELECT ST_AsMVT(rows, 'leads', 4096, 'at', 'id') FROM (
        SELECT id, stage, holder, precision, valid_to::text,
            ST_AsMVTGeom(mercator, ST_TileEnvelope(%s, %s, %s), 4096, 0) AS at
        FROM peer_lead WHERE mercator && ST_TileEnvelope(%s, %s, %s) AND {scope}) rows
"""
NEAREST = """
    SELECT id, stage, ST_X(point), ST_Y(point),
        ST_Distance(point::geography, ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography)
    FROM peer_lead WHERE {scope} ORDER BY point <-> ST_SetSRID(ST_MakePoint(%s, %s), 4326) LIMIT 20
"""


class FeatureSerializer(GeoFeatureModelSerializer):
    class Meta:
        model = PeerLead
        geo_field = "point"
        fields = FIELDS


class GeoJson(ListAPIView):
    """All leads in ``in_bbox=west,south,east,north``, as the manual shows it."""

    serializer_class = FeatureSerializer
    bbox_filter_field = "point"
    filter_backends = (InBBoxFilter,)
    pagination_class = None

    def get_queryset(self) -> QuerySet[PeerLead]:
        return leads_of(self.request)


class LeadLayer(VectorLayer):
    model = PeerLead
    id = "leads"
    geom_field = "point"
    tile_fields = FIELDS
    min_zoom = 0
    max_zoom = 24

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        super().__init__()

    def get_queryset(self) -> QuerySet[PeerLead]:
        return leads_of(self.request)


class VectorTile(MVTView):
    layer_classes = [LeadLayer]

    def get_layer_class_kwargs(self) -> dict[str, Any]:
        return {"request": self.request}


def mvt(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """ST_AsMVT in one statement, as the PostGIS manual shows it."""
    scope, values = scope_of(request)
    with connection.cursor() as cursor:
        cursor.execute(MVT.format(scope=scope), [z, x, y, z, x, y, *values])
        row = cursor.fetchone()
    content = bytes(row[0]) if row and row[0] else b""
    return HttpResponse(content, content_type="application/vnd.mapbox-vector-tile")


def nearest(request: HttpRequest) -> HttpResponse:
    """Twenty by PostGIS's ``<->``."""
    scope, values = scope_of(request)
    at = Point(float(request.GET["lon"]), float(request.GET["lat"]))
    with connection.cursor() as cursor:
        cursor.execute(NEAREST.format(scope=scope), [at.x, at.y, *values, at.x, at.y])
        rows = cursor.fetchall()
    return HttpResponse(repr(rows), content_type="text/plain")
