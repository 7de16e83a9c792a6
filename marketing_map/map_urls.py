from django.urls import path

from marketing_map.map_views import (
    lead_rows,
    page,
    search,
    tiles,
    village,
    village_print,
    village_profile,
    visits,
)

urlpatterns = [
    path("", page.map_page, name="map"),
    path("tiles/", tiles.map_tiles, name="map_tiles"),
    path("tiles/<int:z>/<int:x>/<int:y>/", tiles.map_tile, name="map_tile"),
    path("labels/", tiles.map_base, name="map_base"),
    path("outlines/", tiles.map_outlines, name="map_outlines"),
    path("list/", lead_rows.map_list, name="map_list"),
    path("nearby/", lead_rows.map_nearby, name="map_nearby"),
    path("search/", search.map_search, name="map_search"),
    path("villages/<str:code>/", village.village, name="village"),
    path("villages/<str:code>/print/", village_print.village_print, name="village_print"),
    path("villages/<str:code>/profile/", village_profile.village_profile, name="village_profile"),
    path("villages/<str:code>/helper/", village_profile.helper_call, name="helper_call"),
    path("visits/<int:pk>/", visits.nobody_home, name="nobody_home"),
    path("visits/<uuid:log_uuid>/take-back/", visits.take_back, name="take_back_visit"),
]
