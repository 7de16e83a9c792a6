"""Addresses. Each room has its own; the project's are the map and the doors."""

from django.contrib import admin
from django.urls import include, path

from marketing_map import audit_page, display, views

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.login, name="login"),
    path("login/pin/", views.login_by_pin, name="login_by_pin"),
    path("logout/", views.logout, name="logout"),
    path("language/", views.set_language, name="set_language"),
    path("display/", display.display, name="display"),
    path("healthz", views.health, name="health"),
    path("audit/", audit_page.audit, name="audit"),
    path("map/", include("marketing_map.map_urls")),
    path("", include("outreach.urls")),
    path("", include("branches.urls")),
    path("lists/", include("whitelist.urls")),
    path("api/", include("marketing_map.api_urls")),
    path("admin/login/", views.admin_login),
    path("admin/", admin.site.urls),
]
