from django.http import HttpRequest, HttpResponse
from django.urls import path

from benchmarks.peers import clusters, features


def ready(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ready")


urlpatterns = [
    path("ready/", ready),
    path("geojson/", features.GeoJson.as_view()),
    path("mvt/<int:z>/<int:x>/<int:y>/", features.mvt),
    path("vectortiles/<int:z>/<int:x>/<int:y>/", features.VectorTile.as_view()),
    path("nearest/", features.nearest),
    path("snap/", clusters.snap),
    path("prefix/", clusters.key_prefix),
]
