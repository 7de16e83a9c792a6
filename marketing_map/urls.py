"""Addresses. Each room has its own; the project's are the map and the doors."""

from django.contrib import admin
from django.urls import include, path

from marketing_map import audit_page, display, trace_page, views
from marketing_map.sso import views as sso

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.login, name="login"),
    path("login/pin/", views.login_by_pin, name="login_by_pin"),
    path("login/code/", views.login_code, name="login_code"),
    path("login/sso/", sso.sso_login, name="sso_login"),
    path("login/sso/back/", sso.sso_back, name="sso_back"),
    path("logout/", views.logout, name="logout"),
    path("language/", views.set_language, name="set_language"),
    path("display/", display.display, name="display"),
    path("healthz", views.health, name="health"),
    path("audit/", audit_page.audit, name="audit"),
    path("lists/customers/", trace_page.find_customer, name="find_customer"),
    path("lists/customers/<int:pk>/", trace_page.customer_trace, name="customer_trace"),
    path("lists/customers/of-lead/<int:pk>/", trace_page.lead_trace, name="lead_trace"),
    path("map/", include("marketing_map.map_urls")),
    path("", include("outreach.urls")),
    path("", include("branches.urls")),
    path("lists/", include("whitelist.urls")),
    path("api/", include("marketing_map.api_urls")),
    path("admin/login/", views.admin_login),
    path("admin/password_change/", views.admin_password),
    path("admin/", admin.site.urls),
]

handler500 = "marketing_map.full_disk.page_of_errors"
